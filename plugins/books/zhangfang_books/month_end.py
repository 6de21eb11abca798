"""月末检查: what still stands between a client's month and its closing; and all clients at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books import reading
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.month_states import MonthStates
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import Address, at
from zhangfang_sdk.services import ServiceMissing

MOST_DRAFTS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """``left`` is how many things are still to be done; ``href`` is where, None where there is no such page."""

    title: str
    left: int
    sentence: str
    href: Address | None

    @property
    def done(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class WallEntry:
    """``state``: "closed", "ready" (all posted), "drafts", or "empty" (nothing booked yet)."""

    client: Client
    state: str
    drafts: int
    posted: int


async def steps(client: int, month: Period) -> list[Step]:
    """In the order in which an accountant does them; the last is the closing itself."""
    ledger = use(Ledger)
    drafts = await ledger.vouchers(client, period=month, state=VoucherState.DRAFT, limit=MOST_DRAFTS)
    posted = await reading.posted_vouchers(client, month, month)
    booked = {v.document for v in [*posted, *drafts] if v.document is not None}
    stored = await use(Documents).stored_in(client, month)
    unbooked = [d for d in stored if d.id not in booked]
    found = await reading.statements(client, month)
    broken = [c for c in found.checks if not c.holds]
    closed = await ledger.closed_through(client)
    proposed = await _proposed(client, month)
    key = month.key
    result = [
        Step("收到的单据都已入账", len(unbooked), f"还有 {len(unbooked)} 份单据没有对应的凭证", None),
        Step(
            "凭证全部审核记账",
            len(drafts),
            f"还有 {len(drafts)} 张凭证待审核",
            at(client, f"/vouchers?period={key}&state=draft"),
        ),
    ]
    if proposed is not None:
        result.append(
            Step(
                "折旧、计提和结转已完成",
                proposed,
                f"还有 {proposed} 张月末凭证待生成",
                at(client, f"/accounts?period={key}"),
            )
        )
    result += [
        Step(
            "现金流量都已指定项目",
            len(found.unassigned),
            f"还有 {len(found.unassigned)} 笔没有指定",
            at(client, f"/books/statements?kind=cash_flow&period={key}"),
        ),
        Step(
            "三张报表互相勾稽",
            len(broken),
            "、".join(c.title for c in broken),
            at(client, f"/books/statements?period={key}"),
        ),
        Step(
            "结账",
            0 if closed and month <= closed else 1,
            "前面都完成后即可结账",
            at(client, f"/accounts?period={key}"),
        ),
    ]
    return result


async def wall(month: Period) -> list[WallEntry]:
    """All clients that the actor may see: those with most to do first."""
    states = {s.client: s for s in await use(MonthStates).month_states(month)}
    entries = []
    for client in await use(Clients).clients():
        state = states.get(client.id)
        drafts, posted = (state.drafts, state.posted) if state else (0, 0)
        closed = state is not None and state.closed_through is not None and month <= state.closed_through
        word = "closed" if closed else "drafts" if drafts else "ready" if posted else "empty"
        entries.append(WallEntry(client, word, drafts, posted))
    order = {"drafts": 0, "empty": 1, "ready": 2, "closed": 3}
    return sorted(entries, key=lambda e: (order[e.state], -e.drafts, e.client.name))


def counted(entries: Sequence[WallEntry]) -> dict[str, int]:
    return {state: sum(e.state == state for e in entries) for state in ("drafts", "empty", "ready", "closed")}


async def _proposed(client: int, month: Period) -> int | None:
    """None where nothing that is installed proposes vouchers."""
    try:
        return len(await use(MonthEnd).proposals(client, month))
    except ServiceMissing:
        return None
