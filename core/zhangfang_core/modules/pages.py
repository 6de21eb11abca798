"""Modules of a firm: what is there, what is on, and the switch."""

from collections.abc import Iterable
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import all_consequences, enabled_modules, switch
from zhangfang_core.modules.translations import gettext
from zhangfang_core.modules.troubles import troubles, try_again
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


def _example() -> dict[str, str]:
    """Nothing depends on the last one."""
    return {"module": next(reversed(list(registry().modules)), "none")}


@page("/modules", of=FIRM, permission="modules.manage")
async def modules_page() -> Page:
    """All installed modules with their state and what depends on them."""
    on = await enabled_modules()
    known = registry().modules
    failing = await troubles()
    leaving, coming = await all_consequences(on=False), await all_consequences(on=True)
    shown = [
        {
            "manifest": m.manifest,
            "on": m.manifest.id in on,
            "troubles": [t for t in failing if t.plugin == m.manifest.id and m.manifest.id in on],
            "dependants": leaving[m.manifest.id].off,
            "needed": coming[m.manifest.id].needed,
            "back": coming[m.manifest.id].back,
        }
        for m in known.values()
    ]
    return Page("modules/list.html", title="功能模块", active="modules", modules=shown, titles_of=_titles_said)


def _titles_said(modules: Iterable[str]) -> str:
    return "、".join(gettext(registry().modules[id_].manifest.title, id_) for id_ in modules)


@action("/modules/{module:str}", of=FIRM, permission="modules.manage", examples=_example)
async def switch_module(module: str, data: Form) -> Redirect:
    """Switch one module on or off for the firm; takes effect with the next request."""
    dependants, requirements = (str(data.get(name, "")).split(",") for name in ("dependants", "requirements"))
    await switch(module, on=data.get("on") == "1", named_dependants=dependants, named_requirements=requirements)
    return go(here("/modules"))


@action("/modules/{module:str}/again", of=FIRM, permission="modules.manage", examples=_example)
async def try_module_again(module: str) -> Redirect:
    """Forget what failed of a module: its cards and red dots come back. Raises Refusal ``common.not_found``."""
    if module not in registry().modules:
        raise not_found("模块")
    await try_again(module)
    await use(Audit).record("module.try_again", f"module:{module}")
    return go(here("/modules"))


HANDLERS = [modules_page, switch_module, try_module_again]
