"""What an operator asked for on the page, until a process that may do it has done it.

A web process owns no table and installs nothing: it writes an order, one file in ``<data folder>/plugin_orders``, and
``zhangfang plugin carry-out`` takes it up, which ``zhangfang run`` starts by itself. What an order has come to stands in the name of its file,
so that each change is one rename::

    20270105T093000-3f9a2c.waiting  .working  .ended
"""

import contextlib
import datetime as dt
import fcntl
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from zhangfang_sdk.errors import Refusal

KEPT = 30
"""Ended orders that stay for reading."""
_NAME = re.compile(r"([0-9]{8}T[0-9]{6}-[0-9a-f]{6})\.(waiting|working|ended)")


class Wanted(StrEnum):
    """REHEARSE changes nothing: it lists what uninstalling would take."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    RESTORE = "restore"
    REHEARSE = "rehearse"
    UNINSTALL = "uninstall"


class State(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    ENDED = "ended"


class End(StrEnum):
    """CUT_OFF: the process that was at it is gone, and whether it had done it is to be seen in the list of plugins."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Order:
    """``what`` is a name on the shelf, that of an export, or a plugin's id; ``digest`` the SHA-256 of what lay there when it was ordered, "" for an
    id. ``plugin`` is the id that it is about, ``by`` the operator's name, ``at`` UTC. ``end`` is None until it has ended; ``told`` are sentences."""

    id: str
    wanted: Wanted
    what: str
    plugin: str
    digest: str
    by: str
    at: dt.datetime
    state: State = State.WAITING
    end: End | None = None
    told: Sequence[str] = field(default=())

    @property
    def changed_something(self) -> bool:
        """Whether processes that run should be started anew."""
        return self.end in (End.DONE, End.CUT_OFF) and self.wanted is not Wanted.REHEARSE


class OrderBook:
    """The orders of one deployment; nothing is made until something is ordered."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.resolve() / "plugin_orders"

    def orders(self) -> list[Order]:
        """The newest first."""
        found = {match[1]: path for path in self._files() if (match := _NAME.fullmatch(path.name))}
        read = (self._read(path) for _, path in sorted(found.items(), reverse=True))
        return [order for order in read if order is not None]

    def waits(self) -> bool:
        """Whether one waits, without reading any: this is asked several times a second."""
        return any(path.suffix == f".{State.WAITING}" for path in self._files())

    def place(self, wanted: Wanted, what: str, *, plugin: str, digest: str, by: str) -> Order:
        """One order. The same that is under way already is that one: a button pressed twice orders once."""
        self.tell_cut_off()
        for order in self.orders():
            if order.end is None and (order.wanted, order.what, order.digest) == (wanted, what, digest):
                return order
        now = dt.datetime.now(dt.UTC)
        order = Order(f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", wanted, what, plugin, digest, by, now)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write(order)
        return order

    def withdraw(self, order_id: str) -> Order:
        """One that nobody has begun. Raises Refusal ``plugin.order_begun``, also for one that is not there."""
        path = self._path(order_id, State.WAITING)
        order = self._read(path)
        with contextlib.suppress(FileNotFoundError):
            if order is not None:
                path.unlink()
                return order
        raise Refusal("plugin.order_begun", "这一单已经开始办理或者不存在,撤不回了。请刷新页面看现在的状态。", status=409)

    @contextlib.contextmanager
    def carrying_out(self) -> Iterator[None]:
        """One process at a time. Whatever stands as being worked at when it begins was cut off. Raises Refusal ``plugin.busy``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refusal("plugin.busy", "另一个进程正在办理运维页上下的单。", status=409) from None
            for order in self.orders():
                if order.state is State.WORKING:
                    self.ended(order, End.CUT_OFF, ["办理时被打断。有没有办成,以模块列表为准。"])
            yield

    def tell_cut_off(self) -> None:
        """What stands as being worked at while no process is at it, has ended as such."""
        if any(path.suffix == f".{State.WORKING}" for path in self._files()):
            with contextlib.suppress(Refusal), self.carrying_out():
                pass

    def begun(self) -> Order | None:
        """The oldest that waits, from now on being worked at; inside :meth:`carrying_out`."""
        for order in reversed(self.orders()):
            if order.state is State.WAITING:
                try:
                    path = self._path(order.id, State.WAITING).rename(self._path(order.id, State.WORKING))
                except FileNotFoundError:  # withdrawn meanwhile
                    continue
                return self._read(path)
        return None

    def ended(self, order: Order, end: End, told: Sequence[str]) -> None:
        self._write(replace(order, state=State.ENDED, end=end, told=tuple(told)))
        self._path(order.id, State.WORKING).unlink(missing_ok=True)
        for old in sorted(self.folder.glob(f"*.{State.ENDED}"), reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []

    def _path(self, order_id: str, state: State) -> Path:
        name = f"{order_id}.{state}"
        # An id from an address may be anything.
        return self.folder / (name if _NAME.fullmatch(name) else f"none.{state}")

    def _write(self, order: Order) -> None:
        path = self._path(order.id, order.state)
        draft = path.with_name(f".{path.name}")
        draft.write_text(json.dumps(asdict(order), ensure_ascii=False, default=str), "utf-8")
        draft.replace(path)

    def _read(self, path: Path) -> Order | None:
        """None when it went on to another state meanwhile, or is none."""
        try:
            told = json.loads(path.read_text("utf-8"))
            return Order(
                told["id"],
                Wanted(told["wanted"]),
                told["what"],
                told["plugin"],
                told["digest"],
                told["by"],
                dt.datetime.fromisoformat(told["at"]),
                State(path.suffix.removeprefix(".")),
                None if told["end"] is None else End(told["end"]),
                tuple(told["told"]),
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
