"""Outside vendors that a firm chooses, orders and swaps: how a plugin offers one, and how anybody calls one.

A plugin offers adapters through ``register_vendors``. Who needs one names the Protocol, never the vendor::

    answered = await use(Vendors).call(TextRecogniser, lambda vendor: vendor.recognise(bitmap))
    answered.value, answered.vendor

The host asks the firm's vendors in the firm's order, with time-outs, repeats, a circuit breaker and metering.
:mod:`zhangfang_sdk.vendor_kinds` says which Protocol belongs to which kind, :mod:`zhangfang_sdk.testing.vendors` tests an adapter.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from zhangfang_sdk.acting import needs
from zhangfang_sdk.errors import Refusal

V = TypeVar("V")
A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

FieldKind = Literal["text", "secret", "number", "money", "switch", "choice", "url", "host"]
Settings = Mapping[str, str | int]
"""Values by the fields' keys, checked by the host: numbers as int, money as fen, switches as bool, all else as str.

Optional fields left empty are not there.
"""


class VendorKind(StrEnum):
    OCR = "ocr"
    INVOICE_CHECK = "invoice_check"
    BANK_FEED = "bank_feed"
    SMS = "sms"
    EMAIL = "email"
    PAYMENT = "payment"
    SIGNING = "signing"
    STORAGE = "storage"
    WECHAT_MESSAGE = "wechat_message"


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field of a vendor's form. ``title``, ``help`` and the texts of ``choices`` (value, text) are Chinese.

    ``secret`` is kept encrypted with the firm's key and never shown again. ``url`` takes https addresses of public hosts only,
    ``host`` their names or numbers.
    ``smallest`` and ``largest`` bound a number, or money in fen; ``longest`` bounds the characters of a text.
    """

    key: str
    title: str
    kind: FieldKind = "text"
    required: bool = True
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str | int = ""
    smallest: int | None = None
    largest: int | None = None
    longest: int = 400


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's adapter. ``open(settings)`` gives an object with the Protocol of its kind.

    ``open`` is cheap, touches no network and holds nothing open: it is called for each call. ``outside`` says that what is
    asked leaves the deployment: such a vendor is never asked unless the firm chose it. ``seconds`` is the time that one call
    may take. The opened object may be :class:`ConnectionTest`. ``repeatable``: what has an effect and is asked again with the same key is done
    once, or whoever receives it sees that it is the same (a Message-ID). Where it is False nothing that may have been done is ever asked again.
    """

    kind: VendorKind
    id: str
    title: str
    open: Callable[[Settings], object]
    settings: tuple[SettingField, ...] = ()
    summary: str = ""
    outside: bool = True
    seconds: float = 30.0
    repeatable: bool = False


@runtime_checkable
class ConnectionTest(Protocol):
    """What an opened object may have besides its kind's Protocol, behind the button *test connection*."""

    async def test(self) -> None:
        """Ask the vendor something that changes nothing and costs as little as can be; return when the settings work.

        Raises VendorMisset, VendorAway, VendorRefused.
        """
        ...


class VendorAway(OSError):
    """The vendor is not there just now: unreachable, too slow, too busy, broken inside, or its answer makes no sense.

    ``reason`` is a short English text for operators, with nothing in it that the vendor sent or a secret. ``maybe_done`` is False only when
    the vendor certainly did nothing. ``retry_after`` (seconds) is what the vendor asked for. Adapters may as well let
    TimeoutError and OSError through: both count as this.
    """

    def __init__(self, reason: str, *, maybe_done: bool = True, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.maybe_done = maybe_done
        self.retry_after = retry_after


class VendorMisset(Exception):
    """The vendor does not take these settings: wrong key, service not bought, money used up. Nothing was done.

    ``sentence`` is plain Chinese for the firm's admin, without a secret in it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class VendorRefused(Exception):
    """The vendor is well and refuses this one request. Nothing was done. ``sentence`` is plain Chinese, ``code`` stable and dotted."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class NoVendorAnswered(Refusal):
    """None of the firm's vendors answered (status 503). Codes: ``vendor.none_chosen``, ``vendor.none_answered``,
    ``vendor.maybe_done`` (a call with an effect broke off, and nobody knows whether it was done: ask for its state before doing it again).

    ``details["vendors"]`` maps each vendor asked to ``away``, ``timeout``, ``misset``, ``refused``, ``paused`` or ``failed``.
    """


@dataclass(frozen=True, slots=True)
class Answered(Generic[A_co]):
    """What was answered, and by whom: ``vendor`` is "plugin.vendor", ``seconds`` how long that vendor took."""

    value: A_co
    vendor: str
    title: str
    seconds: float


class Vendors(Protocol):
    """The firm's vendors. Call it where no transaction is open: in a job between two transactions."""

    @needs()
    async def call(
        self,
        protocol: type[V],
        ask: Callable[[V], Awaitable[A]],
        *,
        effect: bool = False,
        vendor: str | None = None,
        seconds: float | None = None,
    ) -> Answered[A]:
        """Ask the vendors of ``protocol`` that the firm in scope chose, in its order, until one answers.

        When the firm chose none of the kind: those of its plugins that need no settings and keep everything on this deployment, in
        plugin order. ``ask`` is called once for each attempt. Without ``effect`` the question changes nothing out there: an attempt that
        fails quickly is repeated with growing pauses, one that ran out of time (``seconds``, else the vendor's own) is not, and then
        the next vendor is asked. With ``effect`` (a message, a payment, a signature) a call that may have been done is
        never repeated and nobody else is asked. ``vendor`` names the only one to be asked: that of an earlier ``Answered``.
        A vendor that failed five times in a row is left out for a while.

        Raises NoVendorAnswered; VendorRefused when every vendor that answered refuses the request (with ``effect``: the first that does);
        RuntimeError inside a transaction; ValueError when ``protocol`` belongs to no kind.
        """
        ...

    @needs()
    async def is_available(self, protocol: type[object]) -> bool:
        """Whether :meth:`call` has anybody to ask, in the caller's transaction, of staff or of a job: who does not see the firm's choice
        is told no.

        Raises ValueError when ``protocol`` belongs to no kind.
        """
        ...
