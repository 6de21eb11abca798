"""The process that keeps web and worker has orders carried out by another one. Nothing here asks which plugins there are: it is loaded before
Python was told where they lie."""

import sys

from zhangfang_core.plugin_life.orders import OrderBook
from zhangfang_core.settings import Settings
from zhangfang_core.supervision.children import Child, RunningChild, spawn

COMMAND = (sys.executable, "-m", "zhangfang_core.cli", "plugin", "carry-out")
ONE = "--one"


class Carrier:
    """Starts the command when an order waits, and says when web and worker are to be started anew."""

    def __init__(self, settings: Settings) -> None:
        self._book = OrderBook(settings.data_dir)
        self._running: RunningChild | None = None
        self._known: frozenset[str] = frozenset()
        self._book.tell_cut_off()

    @property
    def child(self) -> int | None:
        """The process that is at an order."""
        return None if self._running is None else self._running.process.pid

    def changed(self) -> bool:
        """Asked several times a second; whether an order that changed what should run has ended since the last time."""
        if self._running is None:
            if self._book.waits():
                self._known = self._ended()
                self._running = spawn(Child("orders", COMMAND))
            return False
        if self._running.process.poll() is None:
            return False
        self._running.end_group()
        self._running = None
        self._book.tell_cut_off()
        return bool(self._ended() - self._known)

    def _ended(self) -> frozenset[str]:
        return frozenset(order.id for order in self._book.orders() if order.changed_something)
