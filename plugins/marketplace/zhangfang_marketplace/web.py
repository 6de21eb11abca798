"""The page of services and prices."""

from zhangfang_marketplace import services
from zhangfang_sdk.web import CLIENT, FIRM, Page, page


@page("/services", of=(FIRM, CLIENT), permission="marketplace.read")
async def services_page() -> Page:
    """Published services with what they contain, how long they take and what they cost."""
    return Page("marketplace/list.html", title="增值服务", active="services", services=await services.offered())


PAGES = [services_page]
