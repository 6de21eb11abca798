"""The operator's page of all plugins: how far each has come, the switch for one firm or all, what lies ready and what was ordered (order_pages.py)."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from packaging.version import InvalidVersion, Version

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.modules.leaving import without_code
from zhangfang_core.modules.registry import registry
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.installing import version_of
from zhangfang_core.plugin_life.orders import Order, OrderBook, State, Wanted
from zhangfang_core.plugin_life.shelf import Offer, Shelf
from zhangfang_core.plugin_life.states import exported, firms_on
from zhangfang_core.plugin_life.steps import steps_taken
from zhangfang_core.plugin_life.switching import every_firm, switch_for
from zhangfang_core.plugin_life.wording import WANTED
from zhangfang_core.settings import read_settings
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import portal
from zhangfang_sdk.web import PORTAL, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
EVERY = "all"
TAKEN_UP_WITHIN = dt.timedelta(seconds=30)
"""An order that waits longer finds nobody who carries it out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """``version`` is what runs in this process, "" when none does; ``coming`` the version that its next start takes, when that is another one.

    ``leaving``: uninstalled, and still loaded here. ``waits``: nothing of it runs here before the next start.
    """

    plugin: str
    title: str
    summary: str
    version: str
    problem: str
    coming: str
    leaving: bool
    waits: bool
    is_third_party: bool
    firms_on: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Of the shelf: ``wanted`` is the order that fits, None where this very version is in force or the file is no plugin.

    ``is_older`` than the version in force, to which an upgrade would go back.
    """

    offer: Offer
    wanted: Wanted | None
    is_older: bool


@page("/operator/plugins", of=PORTAL, permission="operator.use")
async def plugins_page() -> Page:
    """Every plugin that runs here, does not fit, waits for a start, or was exported and is gone."""
    settings = read_settings()
    folders, shelf, book = PluginFolders(settings.data_dir), Shelf(settings.data_dir), OrderBook(settings.data_dir)
    orders = book.orders()
    on = await firms_on(connection())
    await show_scope(scope())  # that count went through every firm
    return Page(
        "plugin_life/plugins.html",
        title="模块的安装",
        active="operator-plugins",
        plugins=_shown(folders, on),
        firms=[(row["id"], row["name"]) for row in await connection().fetch("select id, name from core_firm order by name, id")],
        steps=await steps_taken(),
        exports=[(file.name, file.stat().st_size) for file in exported(folders)],
        shelf=shelf.folder,
        ready=_ready(await asyncio.to_thread(shelf.offers), folders),
        orders=orders,
        third_party=folders.in_force(),
        under_way=any(order.end is None for order in orders),
        nobody_comes=any(_nobody_came(order) for order in orders),
        wanted_names=WANTED,
    )


@action("/operator/plugins/{plugin:str}", of=PORTAL, permission="operator.use", stream=True, examples={"plugin": "none"})
async def switch_plugin(plugin: str, data: Form) -> Redirect:
    """Switch it for one firm or all, with what it needs or what needs it. Raises as :func:`switch_for`, and ``plugin.choose_firm``."""
    wanted = str(data.get("firm", ""))
    if wanted != EVERY and not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Refusal("plugin.choose_firm", "请选择对哪家代账公司启用或停用。", field="firm")
    firms = await every_firm() if wanted == EVERY else [int(wanted)]
    operator = scope()
    await switch_for(
        plugin, firms, on=data.get("on") == "1", with_others=True, user=operator.user, user_name=operator.user_name
    )
    return go(portal("/operator/plugins"))


def _shown(folders: PluginFolders, on: Mapping[str, int]) -> list[Shown]:
    running = registry().modules
    problems = {skipped.id: skipped.reason for skipped in registry().skipped}
    in_force = {id_: version_of(folder, id_) for id_, folder in folders.in_force().items()}
    found = []
    for id_ in sorted(running.keys() | problems.keys() | in_force.keys()):
        manifest = running[id_].manifest if id_ in running else None
        version = "" if manifest is None else manifest.version
        is_gone = id_ in without_code()
        comes = id_ in in_force and (is_gone or in_force[id_] != version)
        found.append(
            Shown(
                id_,
                id_ if manifest is None else manifest.title,
                "" if manifest is None else manifest.summary,
                version,
                problems.get(id_, ""),
                in_force[id_] if comes and id_ not in problems else "",
                is_gone and id_ not in in_force,
                not version or (is_gone and id_ in in_force),
                id_ in in_force,
                on.get(id_, 0),
            )
        )
    return found


def _ready(offers: Sequence[Offer], folders: PluginFolders) -> list[Ready]:
    in_force = {id_: version_of(folder, id_) for id_, folder in folders.in_force().items()}
    found = []
    for offer in offers:
        wanted = None if offer.problem else Wanted.INSTALL if offer.plugin not in in_force else Wanted.UPGRADE
        here = in_force.get(offer.plugin)
        found.append(Ready(offer, None if here == offer.version else wanted, _is_older(offer.version, here)))
    return found


def _is_older(version: str, here: str | None) -> bool:
    try:
        return here is not None and Version(version) < Version(here)
    except InvalidVersion:  # of a broken file, or of a package that an older installer took
        return False


def _nobody_came(order: Order) -> bool:
    return order.state is State.WAITING and dt.datetime.now(dt.UTC) - order.at > TAKEN_UP_WITHIN


HANDLERS = [plugins_page, switch_plugin]
