"""Whose statement a file is by its name, of which month, and how far into it: what ends before the month does closes nothing."""

import datetime as dt
from dataclasses import replace

import pytest

from zhangfang_collab import arrivals, facts_heard, listing, making, ticking
from zhangfang_collab.statement_names import is_statement, month_in, of_earlier_month, reach
from zhangfang_collab.tables import Task
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Arrival, AskedFor

DECEMBER, NOVEMBER = Period(2026, 12), Period(2026, 11)
STATEMENT = AskedFor.BANK_STATEMENT


def statement(firm: TestFirm) -> Arrival:
    return Arrival(firm.trading, STATEMENT, NOVEMBER, "import:1", "11月流水 42 笔")


async def month(firm: TestFirm, period: Period = DECEMBER) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await making.make([await use(Clients).client(firm.trading)], period)


async def the(template: str) -> Task:
    (row,) = await Task.objects().where(Task.template == template)
    return row


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("招商银行11月对账单.pdf", (2026, 11)),
        ("2026-10 银行流水.xlsx", (2026, 10)),
        ("对账单202609.pdf", (2026, 9)),
        ("2026年08月对账单.pdf", (2026, 8)),
        ("12月对账单.pdf", (2025, 12)),
        ("对账单.pdf", None),
        ("对账单20261131号.pdf", None),
    ],
)
def test_the_month_in_a_name(name: str, expected: tuple[int, int] | None) -> None:
    assert month_in(name, NOVEMBER) == (None if expected is None else Period(*expected))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("11月对账单.pdf", True),
        ("2026年11月电子对账单(副本).xlsx", True),
        ("禾木家居 11月对账单.pdf", True),
        ("建行基本户对账单202611.pdf", True),
        ("银行流水.xlsx", True),
        ("工行11月流水.csv", True),
        ("账户明细 2026-11.xls", True),
        ("statement 对账单.pdf", True),
        ("供应商对账单.pdf", False),
        ("安吉竹溪11月对账单.pdf", False),
        ("与金华乐家往来对账单.xlsx", False),
        ("客户对账单-11月.xls", False),
        ("支付宝交易明细11月.csv", False),
        ("美团对账单.xlsx", False),
        ("流水线照片.jpg", False),
        ("11月发票.pdf", False),
    ],
)
def test_a_bank_s_statement_and_not_anybody_s(name: str, expected: bool) -> None:
    assert is_statement(name, "杭州禾木家居用品有限公司") is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("10月对账单.pdf", True),
        ("2025年11月银行流水.xlsx", True),
        ("对账单20261001-20261031.pdf", True),
        ("11月对账单.pdf", False),
        ("对账单 12月3日导出.pdf", False),
        ("1月至11月对账单.pdf", False),
        ("对账单_6217202210.pdf", False),
        ("IMG_0010.jpg", False),
        ("10月.jpg", False),
    ],
)
def test_a_name_that_tells_an_earlier_month(name: str, expected: bool) -> None:
    assert (of_earlier_month(name, NOVEMBER, DECEMBER) is not None) is expected


async def test_last_month_s_statement_does_not_close_this_month_s_task(firm: TestFirm) -> None:
    """The wrong one of two files chosen on the phone: the accountant would have looked for November's lines in October's."""
    await month(firm)
    async with acting(firm, "boss", client=firm.trading):
        task = (await the("bank_statement")).id
        with pytest.raises(Refusal, match=r"collab\.other_month") as refused:
            await ticking.attach(task, "招商银行10月对账单.pdf", "application/pdf", b"%PDF october")
        assert "2026年10月" in refused.value.sentence
        assert (await the("bank_statement")).done_at is None


async def test_a_statement_of_a_month_that_runs_closes_nothing(firm: TestFirm) -> None:
    await month(firm)
    part = replace(statement(firm), until=dt.date(2026, 11, 20))
    async with acting(firm, "boss", client=firm.trading):
        for _ in range(2):
            assert await arrivals.arrived(part) == 0
        row = await the("bank_statement")
        assert (row.turn, row.until) == ("client", dt.date(2026, 11, 20))
        shown = listing.shown(row)
        assert shown.reach == "现在只到 11月20日,还差后面的"
        assert [e.words for e in await listing.trail(row.id)] == ["11月流水 42 笔(到 11月20日)"]
        assert await arrivals.arrived(replace(part, reference="b", until=dt.date(2026, 11, 30))) == 1
        row = await the("bank_statement")
        assert (row.turn, row.until) == ("", None)
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "b", "撤销") == 1
        assert (await the("bank_statement")).until == dt.date(2026, 11, 20), "what is left of it"
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "import:1", "撤销") == 0
        row = await the("bank_statement")
        assert (row.turn, row.until, row.reopened) == ("client", None, "撤销")


async def test_a_part_that_was_there_before_the_task_is_shown_on_it(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await arrivals.arrived(replace(statement(firm), until=dt.date(2026, 11, 20)))
    await month(firm)
    async with acting(firm, "accountant"):
        row = await the("bank_statement")
    assert (row.turn, row.until) == ("client", dt.date(2026, 11, 20))


async def test_what_was_whole_and_is_a_part_now_opens_it(firm: TestFirm) -> None:
    await month(firm)
    async with acting(firm, "accountant"):
        assert await arrivals.arrived(statement(firm)) == 1
        await arrivals.arrived(replace(statement(firm), until=dt.date(2026, 11, 20)))
        row = await the("bank_statement")
    assert (row.turn, row.reopened, row.until) == ("client", "现在只到 11月20日:11月流水 42 笔", dt.date(2026, 11, 20))


async def test_a_file_of_a_month_that_runs_is_a_part(firm: TestFirm) -> None:
    """Handed in on the task or found among the files: what came today knows nothing of tomorrow."""
    running = Period.current()
    await month(firm, running.plus(1))
    async with acting(firm, "boss", client=firm.trading):
        stored = await use(Documents).store(firm.trading, f"工行{running.month}月对账单.pdf", "application/pdf", b"%PDF-1.4 b")
    async with scoped_transaction(system_scope(firm.id)):
        await facts_heard.documents_stored([stored.id])
        row = await the("bank_statement")
    is_over = today() == running.last_day
    assert (row.turn, row.until) == (("", None) if is_over else ("client", today()))
    async with acting(firm, "boss", client=firm.trading):
        await ticking.attach(row.id, f"建行{running.month}月对账单.pdf", "application/pdf", b"%PDF-1.4 c")
        assert (await the("bank_statement")).turn == ("" if is_over else "client")


@pytest.mark.parametrize(
    ("name", "came_on", "month_of", "until"),
    [
        ("11月对账单.pdf", (2026, 12, 2), (2026, 11), (2026, 12, 2)),
        ("11月对账单.pdf", (2026, 11, 20), (2026, 11), (2026, 11, 20)),
        ("对账单20261101-20261120.pdf", (2026, 12, 2), (2026, 11), (2026, 11, 20)),
        ("对账单2026年11月1日至2026年11月30日.xlsx", (2026, 12, 2), (2026, 11), (2026, 11, 30)),
        ("对账单 2026-09-01~2026-11-15.xls", (2026, 12, 2), (2026, 11), (2026, 11, 15)),
        ("11月对账单20261101-20261131.pdf", (2026, 12, 2), (2026, 11), (2026, 12, 2)),
    ],
)
def test_how_far_a_statement_reaches(
    name: str, came_on: tuple[int, int, int], month_of: tuple[int, int], until: tuple[int, int, int]
) -> None:
    assert month_in(name, Period(2026, 12)) == Period(*month_of)
    assert reach(name, Period(*month_of), dt.date(*came_on)) == dt.date(*until)
