"""What is offered."""

from collections.abc import Sequence

from zhangfang_marketplace.tables import Service


async def offered() -> Sequence[Service]:
    """Published services of the firm, cheapest first."""
    return await Service.objects().where(Service.published.eq(True)).order_by(Service.price, Service.id)
