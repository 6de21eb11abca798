"""月末检查: in the order in which an accountant works, each line leading to where it is settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books import reading
from zhangfang_books.closing.findings import (
    CLEARING,
    FIXED,
    MONEY,
    OWED,
    RECEIVED,
    STOCK,
    WORN,
    Finding,
    abnormal,
    below_zero,
    cards_apart,
    wrong_sided_parties,
)
from zhangfang_books.statements.gathering import Books
from zhangfang_books.statements.statements import Statements
from zhangfang_sdk import use
from zhangfang_sdk.assets import Assets
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import MonthEnd, Proposal
from zhangfang_sdk.month_states import MonthStates
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import Address, at

MOST_DRAFTS = 200
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing to settle, and where."""

    title: str
    href: Address | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """``left`` is how many things are still to be done; ``blocks`` says whether the month can't close before."""

    title: str
    left: int
    sentence: str
    href: Address | None
    blocks: bool = False
    details: tuple[Detail, ...] = ()

    @property
    def done(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Checklist:
    steps: Sequence[Step]
    is_closed: bool
    is_last_closed: bool
    is_running: bool
    is_ahead: bool

    @property
    def blocked(self) -> bool:
        return any(step.blocks and not step.done for step in self.steps)


async def checklist(client: int, month: Period) -> Checklist:
    """Reads the month's statements and balances; the client's own alone."""
    closed = await use(Ledger).closed_through(client)
    books = await reading.books_of(client, month)
    found = await reading.statements(client, month)
    steps = [
        *await _papers(client, month),
        *await _vouchers(client, month),
        *await _proposed(client, month),
        *await _balances(client, month, books),
        *_statements(client, month, found),
    ]
    return Checklist(
        steps,
        closed is not None and month <= closed,
        closed == month,
        month == Period.current(),
        month > Period.current(),
    )


async def _papers(client: int, month: Period) -> list[Step]:
    ids = await use(MonthStates).unbooked(client, month)
    stored = await use(Documents).documents(ids[:MOST_SHOWN])
    details = tuple(Detail(d.name, at(client, f"/documents/{d.id}"), f"{d.stored_by} 上传") for d in stored)
    sentence = f"本月收到的单据里,有 {len(ids)} 份还没有凭证(任何月份的凭证都算)。"
    return [Step("收到的单据都已入账", len(ids), sentence, None, details=details)]


async def _vouchers(client: int, month: Period) -> list[Step]:
    drafts = await use(Ledger).vouchers(client, period=month, state=VoucherState.DRAFT, limit=MOST_DRAFTS)
    posted = await reading.posted_vouchers(client, month, month)
    ahead = [v for v in [*posted, *drafts] if v.date > today()]
    listed = at(client, f"/vouchers?period={month.key}&state=draft")
    return [
        Step("凭证全部审核记账", len(drafts), f"还有 {len(drafts)} 张凭证待审核。", listed, blocks=True),
        Step(
            "没有日期在今天以后的凭证",
            len(ahead),
            f"有 {len(ahead)} 张凭证的日期在今天以后,请核对。",
            at(client, f"/vouchers?period={month.key}"),
            details=tuple(
                Detail(f"{v.label} {v.summary}", at(client, f"/vouchers/{v.id}"), f"{v.date}")
                for v in ahead[:MOST_SHOWN]
            ),
        ),
    ]


async def _proposed(client: int, month: Period) -> list[Step]:
    proposals = await use(MonthEnd).proposals(client, month)
    page = _month_end_page(client, month)
    asking = [p for p in proposals if p.asks]
    making = [p for p in proposals if not p.asks]
    return [
        Step(
            "月末凭证需要的资料齐全",
            len(asking),
            f"还有 {len(asking)} 张凭证缺资料,算不出来。",
            page,
            details=tuple(Detail(a.sentence, at(client, a.path) if a.path else None) for p in asking for a in p.asks),
        ),
        Step(
            "折旧、摊销、计提和结转已完成",
            len(making),
            f"还有 {len(making)} 张月末凭证待生成。",
            page,
            details=tuple(Detail(p.title, page, yuan(_total(p))) for p in making),
        ),
    ]


async def _balances(client: int, month: Period, books: Books) -> list[Step]:
    standard = (await use(Clients).client(client)).standard
    balances = books.closing(month)
    accounts = books.accounts
    stock = STOCK.get(standard, ())
    parties = await use(Ledger).party_balances(client, [*RECEIVED, *OWED], (month,))
    cards = cards_apart(await use(Assets).months(client, month), balances)
    known = {a.code: a for a in accounts}
    open_results = [
        Finding(a, balances[a.code])
        for a in accounts
        if a.is_leaf and a.category == "profit_and_loss" and balances.get(a.code)
    ]
    clearing = [
        Finding(a, balances[a.code])
        for a in accounts
        if a.is_leaf and a.code.startswith(CLEARING) and balances.get(a.code)
    ]
    page = _month_end_page(client, month)
    return [
        Step(
            "损益已结转",
            len(open_results),
            f"还有 {len(open_results)} 个损益科目有余额。",
            page,
            blocks=True,
            details=_listed(client, month, open_results),
        ),
        _found(client, month, "现金和银行没有负数", "个资金科目出现贷方余额", below_zero(accounts, balances, MONEY)),
        _found(client, month, "存货没有负数", "个存货科目出现贷方余额", below_zero(accounts, balances, stock)),
        _found(
            client, month, "往来没有反方向余额", "个往来单位的余额在反方向(报表会列为预收或预付)",
            wrong_sided_parties(accounts, parties),
        ),
        _found(client, month, "其他科目余额方向正常", "个科目的余额在反方向", abnormal(accounts, balances, stock)),
        _depreciated(client, month, books, balances),
        _found(client, month, "固定资产清理已结清", "个清理科目还有余额", clearing),
        Step(
            "资产卡片与科目余额一致",
            len(cards),
            f"有 {len(cards)} 个科目的余额与资产卡片不同。",
            at(client, f"/assets?period={month.key}"),
            details=tuple(
                Detail(
                    known[code].full_name if code in known else code,
                    at(client, f"/assets?period={month.key}"),
                    f"账上 {yuan(abs(balance))},卡片 {yuan(abs(said))}",
                )
                for code, (balance, said) in cards.items()
            ),
        ),
    ]  # fmt: skip


def _depreciated(client: int, month: Period, books: Books, balances: Mapping[str, int]) -> Step:
    """Whether anything wrote fixed assets off in the month, cards or not."""
    left = sum(v for code, v in balances.items() if code.startswith((FIXED, WORN)))
    booked = any(b.credit for b in books.balances if b.period == month and b.account.startswith(WORN))
    return Step(
        "固定资产本月已计提折旧",
        int(left > 0 and not booked),
        f"固定资产净值 {yuan(left)},本月没有折旧凭证;没有资产卡片的请先登记。",
        at(client, f"/assets?period={month.key}"),
    )


def _statements(client: int, month: Period, found: Statements) -> list[Step]:
    broken = [c for c in found.checks if not c.holds]
    statements = f"/books/statements?period={month.key}"
    return [
        Step(
            "现金流量都已指定项目",
            len(found.unassigned),
            f"还有 {len(found.unassigned)} 笔没有指定。",
            at(client, f"{statements}&kind=cash_flow"),
        ),
        Step(
            "三张报表互相勾稽",
            len(broken),
            f"有 {len(broken)} 处不相等。",
            at(client, statements),
            details=tuple(Detail(c.title, at(client, statements), f"相差 {yuan(c.left - c.right)}") for c in broken),
        ),
    ]


def _month_end_page(client: int, month: Period) -> Address | None:
    """For who may make vouchers; others see what is left."""
    return at(client, f"/books/month-end?period={month.key}") if scope().may("ledger.draft") else None


def _found(client: int, month: Period, title: str, what: str, findings: Sequence[Finding]) -> Step:
    place = at(client, f"/accounts?period={month.key}")
    return Step(title, len(findings), f"有 {len(findings)} {what}。", place, details=_listed(client, month, findings))


def _listed(client: int, month: Period, findings: Sequence[Finding]) -> tuple[Detail, ...]:
    return tuple(
        Detail(
            f"{f.account.full_name} {f.party}".strip(),
            at(client, f"/accounts/{f.account.code}?period={month.key}"),
            f"{'借' if f.amount > 0 else '贷'} {yuan(abs(f.amount))}",
        )
        for f in findings[:MOST_SHOWN]
    )


def _total(proposal: Proposal) -> int:
    return sum(line.debit for line in proposal.draft.lines)
