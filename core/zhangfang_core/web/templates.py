"""One Jinja environment over core's and every plugin's folder."""

from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext, ngettext
from zhangfang_core.web import charts, money_text
from zhangfang_core.web.assets_manifest import asset
from zhangfang_core.web.icons import icon
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.places import at, here, mine

HERE = Path(__file__).parents[1]


class Here:
    """``{{ here }}/tasks`` in a template: the place of the request that is answered."""

    def __str__(self) -> str:
        return here()

    __html__ = __str__


@cache
def environment() -> Environment:
    """Undefined names are errors; plugins' templates stand in a folder named after their id."""
    folders = [HERE / "templates", *(m.installed.folder / "templates" for m in registry().modules.values())]
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(f) for f in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
    made.globals.update(asset=asset, icon=icon, charts=charts, here=Here(), at=at, mine=mine())
    made.filters.update(
        fen=money_text.fen,
        thousand=money_text.thousand,
        wan=money_text.wan,
        change=money_text.change,
        shanghai=lambda moment, shape="%Y-%m-%d %H:%M": moment.astimezone(BUSINESS_TIME_ZONE).strftime(shape),
    )
    return made
