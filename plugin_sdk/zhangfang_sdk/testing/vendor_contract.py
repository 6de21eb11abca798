"""What every adapter of an outside vendor must hold, of whatever kind."""

import asyncio
import inspect
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from zhangfang_sdk.vendor_kinds import PROTOCOLS
from zhangfang_sdk.vendors import ConnectionTest, Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

CHINESE = re.compile(r"[一-鿿]")
Check = Callable[[], Awaitable[None]]


class VendorContract:
    """``settings`` work; ``wrong`` are settings that the vendor does not take; ``unreachable`` is the same adapter where nobody answers.

    Subclasses, one for each kind, add what its Protocol promises. ``await XContract(...).check_all()`` in one test.
    """

    kind: VendorKind

    def __init__(
        self, vendor: Vendor, settings: Settings, *, wrong: Settings | None = None, unreachable: Vendor | None = None
    ) -> None:
        self.vendor = vendor
        self.settings = settings
        self.wrong = wrong
        self.unreachable = unreachable

    async def check_all(self) -> None:
        """Raises AssertionError with every problem, one a line."""
        found = await self.problems()
        if found:
            told = "\n".join(f"{check}: {problem}" for check, problem in found.items())
            raise AssertionError(f"vendor {self.vendor.id} does not keep its contract:\n{told}")

    async def problems(self) -> dict[str, str]:
        """What is wrong, by check. A check that raises has found that."""
        found: dict[str, str] = {}
        for name, check in self.checks().items():
            try:
                await check()
            except Exception as error:  # whatever a stranger's code raises is the finding
                found[name] = self._without_secrets(str(error) or type(error).__name__)
        return found

    def checks(self) -> dict[str, Check]:
        """All checks by name."""
        common: dict[str, Check] = {"declared": self._declared, "opens": self._opens, "connection": self._connection}
        if self.wrong is not None:
            common["wrong settings"] = self._wrong_settings
        if self.unreachable is not None:
            common["unreachable"] = self._unreachable
        return common | self.promises()

    def promises(self) -> dict[str, Check]:
        """What the kind's Protocol promises."""
        raise NotImplementedError

    async def ask(self, opened: Any) -> object:
        """One plain question of the kind."""
        raise NotImplementedError

    def opened(self) -> Any:
        return self.vendor.open(self.settings)

    async def _declared(self) -> None:
        vendor = self.vendor
        expect(vendor.kind is self.kind, f"is of the kind {vendor.kind}, not {self.kind}")
        expect(vendor.id.isidentifier() and vendor.id == vendor.id.lower(), f"id {vendor.id!r} is no lower-case word")
        expect(bool(vendor.title.strip()), "has no title")
        expect(bool(CHINESE.search(vendor.summary)), "does not say in Chinese what it is and what is sent out")
        expect(0 < vendor.seconds <= 300, f"{vendor.seconds} seconds are no sensible time-out")
        keys = [f.key for f in vendor.settings]
        expect(len(keys) == len(set(keys)), "two settings have the same key")
        for wanted in vendor.settings:
            expect(wanted.key.isidentifier(), f"setting {wanted.key!r} is no word")
            expect(
                bool(CHINESE.search(wanted.title + wanted.help)), f"setting {wanted.key} is not explained in Chinese"
            )
            expect(
                (wanted.kind == "choice") == bool(wanted.choices), f"setting {wanted.key}: choices do not fit its kind"
            )
            expect(wanted.kind != "secret" or wanted.default == "", f"setting {wanted.key}: a secret has a default")
        required = {f.key for f in vendor.settings if f.required}
        expect(required <= self.settings.keys(), f"these settings are required: {required - self.settings.keys()}")

    async def _opens(self) -> None:
        with _no_network():
            opened = self.opened()
        expect(not self._tells(repr(opened) + str(opened)), "its repr tells a secret")
        for name, promised in vars(PROTOCOLS[self.kind]).items():
            if name.startswith("_") or not callable(promised):
                continue
            given: Any = getattr(opened, name, None)
            expect(inspect.iscoroutinefunction(given), f"{name} is missing or no coroutine")
            wanted = list(inspect.signature(promised).parameters)[1:]
            expect(list(inspect.signature(given).parameters) == wanted, f"{name} takes other parameters than {wanted}")

    async def _connection(self) -> None:
        opened = self.opened()
        if isinstance(opened, ConnectionTest):
            await self._in_time(opened.test())
        else:
            expect(not self.vendor.outside, "an outside vendor needs a test of its connection")

    async def _wrong_settings(self) -> None:
        opened = self.vendor.open(self.wrong or {})
        asked: list[Callable[[], Awaitable[object]]] = [lambda: self.ask(opened)]
        if isinstance(opened, ConnectionTest):
            asked.append(opened.test)
        for question in asked:
            error = await self._raised(question())
            expect(isinstance(error, VendorMisset), f"wrong settings raise {type(error).__name__}, not VendorMisset")
            if isinstance(error, VendorMisset):
                expect(bool(CHINESE.search(error.sentence)), "does not say in Chinese what is wrong")

    async def _unreachable(self) -> None:
        if self.unreachable is None:
            return
        error = await self._raised(self.ask(self.unreachable.open(self.settings)))
        expect(
            isinstance(error, OSError),
            f"a vendor that is away raises {type(error).__name__}, not VendorAway or OSError",
        )
        if isinstance(error, VendorAway):
            expect(not error.maybe_done, "where nobody answers nothing was done")

    async def refuses(self, asked: Awaitable[object], code: str) -> None:
        """The question is refused with this code, in Chinese."""
        error = await self._raised(asked)
        expect(isinstance(error, VendorRefused), f"raises {type(error).__name__} where it should refuse with {code}")
        if isinstance(error, VendorRefused):
            expect(error.code == code, f"refuses with {error.code!r}, not {code!r}")
            expect(bool(CHINESE.search(error.sentence)), f"{code} has no Chinese sentence")

    async def _raised(self, asked: Awaitable[object]) -> Exception:
        try:
            answer = await self._in_time(asked)
        except Exception as error:  # the finding
            expect(not self._tells(f"{error} {error!r}"), "an error tells a secret")
            return error
        raise AssertionError(f"answers {type(answer).__name__} where it should raise")

    async def _in_time(self, asked: Awaitable[object]) -> object:
        return await asyncio.wait_for(asked, self.vendor.seconds)

    def _secrets(self) -> set[str]:
        keys = [f.key for f in self.vendor.settings if f.kind == "secret"]
        return {str(given[key]) for given in (self.settings, self.wrong or {}) for key in keys if key in given}

    def _tells(self, text: str) -> bool:
        return any(secret in text for secret in self._secrets() if secret)

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets():
            text = text.replace(secret, "***") if secret else text
        return text


def expect(held: bool, problem: str) -> None:
    """Raises AssertionError with ``problem``; not an assert statement, which Python may leave out."""
    if not held:
        raise AssertionError(problem)


@contextmanager
def _no_network() -> Iterator[None]:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("opening it touches the network")

    kept = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    try:
        for name in kept:
            setattr(socket.socket, name, refuse)
        yield
    finally:
        for name, method in kept.items():
            setattr(socket.socket, name, method)
