"""Orders of the operator's page, carried out one by one, each in a process of its own: what a step has loaded of a plugin is gone before the next."""

import logging
import subprocess

from zhangfang_core.database.roles import Addresses
from zhangfang_core.plugin_life.carrier import COMMAND, ONE
from zhangfang_core.plugin_life.doing import installed, rehearsed, restored, uninstalled, upgraded
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.orders import End, Order, OrderBook, Wanted
from zhangfang_core.plugin_life.shelf import Shelf, as_ordered, lying_in
from zhangfang_core.settings import Settings
from zhangfang_sdk.errors import Refusal

log = logging.getLogger("zhangfang.plugins")


async def carry_out_one(settings: Settings, at: Addresses) -> Order | None:
    """The oldest that waits, None when none does. Never raises for what the order itself comes to: that stands in it."""
    book = OrderBook(settings.data_dir)
    with book.carrying_out():
        order = book.begun()
        if order is None:
            return None
        try:
            end, told = End.DONE, await _told(order, settings, at)
        except Refusal as refusal:
            end, told = End.REFUSED, [refusal.sentence]
        except Exception as error:  # told to the operator, and the next order has its turn
            log.exception("order %s: %s %s", order.id, order.wanted, order.what)
            end, told = End.FAILED, [f"没有办成:{type(error).__name__}: {error}。详细原因在日志里。"]
        book.ended(order, end, told)
        return order


def carry_out_all(settings: Settings) -> int:
    """How many were taken up. Each by its own process, which may die of a plugin's code without the others."""
    book, taken = OrderBook(settings.data_dir), 0
    book.tell_cut_off()
    while book.waits():
        before = {order.id for order in book.orders() if order.end is None}
        subprocess.run([*COMMAND, ONE], check=False)  # noqa: S603  # this very program
        book.tell_cut_off()
        if before == {order.id for order in book.orders() if order.end is None}:
            break  # it could not even begin, and has said why
        taken += 1
    return taken


async def _told(order: Order, settings: Settings, at: Addresses) -> list[str]:
    folders, shelf = PluginFolders(settings.data_dir), Shelf(settings.data_dir)
    match order.wanted:
        case Wanted.INSTALL:
            with as_ordered(shelf.find(order.what), order.digest) as path:
                return [await installed(folders, path, at, by=order.by)]
        case Wanted.UPGRADE:
            with as_ordered(shelf.find(order.what), order.digest) as path:
                return [await upgraded(folders, path, at, by=order.by)]
        case Wanted.RESTORE:
            with as_ordered(lying_in(folders.exports, order.what), order.digest) as path:
                return [await restored(folders, path, at, by=order.by)]
        case Wanted.REHEARSE:
            return list(await rehearsed(folders, order.what, at))
        case Wanted.UNINSTALL:
            export = await uninstalled(folders, order.what, at, named=order.what, by=order.by)
            return [f"已卸载 {order.what}。导出是 {export.name},可以从它装回。"]
