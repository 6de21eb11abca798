"""Modules of a firm: what is there, what is on, and the switch."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules, switch
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/modules", of=FIRM, permission="modules.manage")
async def modules_page() -> Page:
    """All installed modules with their state and what depends on them."""
    on = await enabled_modules()
    known = registry().modules
    shown = [
        {
            "manifest": m.manifest,
            "on": m.manifest.id in on,
            "dependants": [known[d].manifest for d in registry().dependants(m.manifest.id) if d in on],
        }
        for m in known.values()
    ]
    return Page("modules/list.html", title="功能模块", active="modules", modules=shown)


@action("/modules/{module:str}", of=FIRM, permission="modules.manage", examples={"module": "marketplace"})
async def switch_module(module: str, data: Form) -> Redirect:
    """Switch one module on or off for the firm; takes effect with the next request."""
    named = str(data.get("dependants", "")).split(",")
    await switch(module, on=data.get("on") == "1", named_dependants=named)
    return go(here("/modules"))


HANDLERS = [modules_page, switch_module]
