"""One Jinja environment over core's and every plugin's folder."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup, escape

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


class OwnTemplates(BaseLoader):
    """Each plugin's ``templates/<id>/…``, by the first word of the name."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._loaders = {id_: FileSystemLoader(folder) for id_, folder in folders.items()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        loader = self._loaders.get(template.partition("/")[0])
        if loader is None:
            raise TemplateNotFound(template)
        return loader.get_source(environment, template)


@pass_context
def _gettext(context: Context, text: str, /, **values: object) -> Markup:
    """Jinja's own takes every text for HTML that somebody checked, and for a format: what a person wrote would be run, and fall over a "%"."""
    return _filled(gettext(text, _plugin_of(context)), values)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int, /, **values: object) -> Markup:
    return _filled(ngettext(one, many, number, _plugin_of(context)), {"num": number, **values})


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    """Escaped, and a format where the template gives values."""
    return escape(text) % values if values else escape(text)


def _plugin_of(context: Context) -> str:
    """Whose template it is, by its name; core's folders are no plugins'."""
    return (context.name or "").partition("/")[0]


@cache
def environment() -> Environment:
    """Undefined names are errors. Of a plugin's templates those are served that stand in the folder named after its id: no others' names."""
    own = {id_: m.installed.folder / "templates" for id_, m in registry().modules.items()}
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), OwnTemplates(own)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
    made.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)
    made.globals.update(asset=asset, icon=icon, charts=charts, here=Here(), at=at, mine=mine())
    made.filters.update(
        fen=money_text.fen,
        thousand=money_text.thousand,
        wan=money_text.wan,
        change=money_text.change,
        shanghai=lambda moment, shape="%Y-%m-%d %H:%M": moment.astimezone(BUSINESS_TIME_ZONE).strftime(shape),
    )
    return made
