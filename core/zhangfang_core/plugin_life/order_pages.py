"""Orders on the operator's page: each proves again who asks, names what lies on the machine, and is carried out by another process (orders.py)."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_core.identity.confirming import WRONG_PASSWORD, confirm_factor, confirm_password
from zhangfang_core.identity.forms import WRONG_PROOF, as_sent, password_in, proof_in, told_to_wait
from zhangfang_core.identity.passkeys.party import relying_party
from zhangfang_core.identity.second_factor import factors
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.orders import OrderBook, Wanted
from zhangfang_core.plugin_life.shelf import Shelf, digest_of, lying_in
from zhangfang_core.plugin_life.uninstalling import require_installed
from zhangfang_core.plugin_life.wheels import parcel_at
from zhangfang_core.plugin_life.wording import WANTED
from zhangfang_core.settings import read_settings
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import portal
from zhangfang_sdk.services import use
from zhangfang_sdk.web import PORTAL, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
PLUGINS = "/operator/plugins"


@page("/operator/plugin-orders/new", of=PORTAL, permission="operator.use")
async def order_page(wanted: str = "", what: str = "") -> Page | Redirect:
    """Asks for the password and the second factor; without an order, back to what can be ordered.

    Raises Refusal ``plugin.no_such_file``, ``plugin.not_installed``, ``plugin.no_such_order``.
    """
    if not wanted:
        return go(portal(PLUGINS))
    return await _order_page(_kind(wanted), what)


@action("/operator/plugin-orders", of=PORTAL, permission="operator.use")
async def order_form(data: Form) -> Page | Redirect:
    """Raises as :func:`order_page`, and ``plugin.not_named`` where the id of what is to be uninstalled is not typed."""
    kind, what = _kind(as_sent(data, "wanted")), as_sent(data, "what")
    plugin, path = await asyncio.to_thread(_meant, kind, what)
    if kind is not Wanted.REHEARSE:
        if kind is Wanted.UNINSTALL and as_sent(data, "named") != plugin:
            return await _order_page(kind, what, named_error=f"请原样输入模块编号 {plugin}。")
        try:
            if not await confirm_password(password_in(data)):
                return await _order_page(kind, what, password_error=WRONG_PASSWORD)
            if not await confirm_factor(proof_in(data)):
                return await _order_page(kind, what, proof_error=WRONG_PROOF)
        except Refusal as refusal:
            if refusal.code != "sign_in.wait":
                raise
            return told_to_wait(await _order_page(kind, what, password_error=refusal.sentence), refusal)
        await use(Audit).record("module.order", f"module:{plugin}", after={"order": WANTED[kind], "what": what})
    digest = "" if path is None else await asyncio.to_thread(digest_of, path)
    _book().place(kind, what, plugin=plugin, digest=digest, by=scope().user_name)
    return go(portal(f"{PLUGINS}#orders"))


@action("/operator/plugin-orders/{order:str}/withdraw", of=PORTAL, permission="operator.use", examples={"order": "none"})
async def withdraw_order(order: str) -> Redirect:
    """Raises Refusal ``plugin.order_begun``."""
    _book().withdraw(order)
    return go(portal(PLUGINS))


def _kind(wanted: str) -> Wanted:
    try:
        return Wanted(wanted)
    except ValueError:
        raise Refusal("plugin.no_such_order", "没有这种单子可以下。请从“模块的安装”页上选。", status=422, field="wanted") from None


def _book() -> OrderBook:
    return OrderBook(read_settings().data_dir)


def _meant(kind: Wanted, what: str) -> tuple[str, Path | None]:
    """The plugin's id, and the file that the order names."""
    settings = read_settings()
    folders = PluginFolders(settings.data_dir)
    match kind:
        case Wanted.INSTALL | Wanted.UPGRADE:
            path = Shelf(settings.data_dir).find(what)
            return parcel_at(path).wheel.plugin, path
        case Wanted.RESTORE:
            path = lying_in(folders.exports, what)
            return path.name.partition("-")[0], path
        case Wanted.REHEARSE | Wanted.UNINSTALL:
            if what not in folders.ids():
                raise not_found("模块")
            require_installed(folders, what)
            return what, None


async def _order_page(
    kind: Wanted, what: str, *, named_error: str = "", password_error: str = "", proof_error: str = ""
) -> Page:
    plugin, _ = await asyncio.to_thread(_meant, kind, what)
    user = scope().user
    if user is None:
        raise not_found("人员")
    return Page(
        "plugin_life/order.html",
        title=f"{WANTED[kind]}模块",
        active="operator-plugins",
        back=portal(PLUGINS),
        wanted=kind.value,
        wanted_name=WANTED[kind],
        what=what,
        plugin=plugin,
        had=await factors(user),
        keys_here=relying_party() is not None,
        named_error=named_error,
        password_error=password_error,
        proof_error=proof_error,
    )


HANDLERS = [order_page, order_form, withdraw_order]
