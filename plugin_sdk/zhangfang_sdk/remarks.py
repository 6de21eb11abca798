"""Remarks on drafts: what a plugin knows of a voucher that waits for its reviewer, told before it is posted and no reason to refuse it.

What must not be posted is refused by ``check_voucher``. A remark keeps a draft from being posted with the others unseen, and a person
who has read it posts the draft all the same.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.ledger import Voucher


@dataclass(frozen=True, slots=True)
class VoucherRemark:
    """``title`` in a few words for a list (at most 40 characters), ``sentence`` for whoever reviews (at most 400), both in Chinese.

    ``path`` is the client's page where more is told ("/things/7"), "" where there is none.
    """

    title: str
    sentence: str
    path: str = ""


Remarking = Callable[[Sequence[Voucher]], Awaitable[Mapping[int, Sequence[VoucherRemark]]]]


@dataclass(frozen=True, slots=True)
class RemarkSource:
    """Where remarks come from. ``load`` answers by the id of a draft, of several clients at once; without a remark it leaves an id out.

    Called while a page is made, in its transaction, behind the walls, for drafts that the actor may read, within a second, for who has
    ``permission``: so it reads what was worked out before, on ``on_vouchers_drafted``. At most five remarks of a draft are shown. One that
    fails is named, by ``title``, on the drafts that it was asked about, and none of them counts as free of doubt. ``topics`` are announced
    (``Live.announce``) when its remarks change: an open page shows them.
    """

    id: str
    title: str
    permission: str
    load: Remarking
    topics: tuple[str, ...] = ()
