"""What is asked for closes itself when it arrives and opens again, with the reason, when that is undone; in any order, on two nodes."""

import asyncio
import datetime as dt
import random
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from zhangfang_collab import arrivals, facts_heard, listing, making, templates, ticking
from zhangfang_collab import steps as states
from zhangfang_collab.due_dates import Due, DueRule
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.templates import TypedTemplate
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.invoices import InvoiceDirection, Invoices, InvoiceState, InvoiceSums
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import replaced
from zhangfang_sdk.tasks import Arrival, AskedFor, Side, return_filed
from zhangfang_sdk.tax_figures import Tax
from zhangfang_sdk.testing.fake_facts import FakeFacts

DECEMBER, NOVEMBER = Period(2026, 12), Period(2026, 11)
STATEMENT = AskedFor.BANK_STATEMENT


def statement(firm: TestFirm, reference: str = "import:1") -> Arrival:
    return Arrival(firm.trading, STATEMENT, NOVEMBER, reference, "11月流水 42 笔")


async def month(firm: TestFirm, period: Period = DECEMBER) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await making.make([await use(Clients).client(firm.trading)], period)


async def the(template: str) -> Task:
    (row,) = await Task.objects().where(Task.template == template)
    return row


async def test_it_closes_and_opens_with_the_reason(firm: TestFirm) -> None:
    await month(firm)
    async with acting(firm, "boss", client=firm.trading):
        assert await arrivals.arrived(statement(firm)) == 1
        assert await arrivals.arrived(statement(firm)) == 0, "told twice"
        closed = await the("bank_statement")
        assert (closed.turn, closed.result) == ("", "11月流水 42 笔")
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "import:1", "导入已撤销") == 1
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "import:1", "导入已撤销") == 0
        row = await the("bank_statement")
        assert (row.turn, row.reopened) == ("client", "导入已撤销")
        assert row.done_at is None
        assert [e.kind for e in await listing.trail(row.id)] == ["undone", "arrived"]


async def test_what_is_closed_is_told_each_time(firm: TestFirm) -> None:
    told = FakeFacts({"tasks_done"})
    await month(firm)
    async with acting(firm, "accountant"):
        with replaced(Facts, told):
            row = await the("bank_statement")
            for _ in range(2):
                await arrivals.arrived(statement(firm))
            await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "import:1", "撤销")
            await ticking.tick(row.id, done=True)
    assert told.told == {"tasks_done": [row.id, row.id]}


async def test_what_came_before_the_task_closes_it_when_it_is_made(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        assert await arrivals.arrived(statement(firm)) == 0
    await month(firm)
    async with acting(firm, "accountant"):
        assert (await the("bank_statement")).turn == ""
        assert (await the("payroll")).turn == "client"


async def test_another_statement_or_a_person_s_tick_keeps_it_closed(firm: TestFirm) -> None:
    await month(firm)
    async with acting(firm, "accountant"):
        await arrivals.arrived(statement(firm, "a"))
        await arrivals.arrived(statement(firm, "b"))
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "a", "撤销") == 0
        assert (await the("bank_statement")).turn == ""
        payroll = await the("payroll")
        await ticking.tick(payroll.id, done=True)
        await arrivals.arrived(Arrival(firm.trading, AskedFor.PAYROLL, NOVEMBER, "p", "已确认"))
        assert await arrivals.undone(firm.trading, AskedFor.PAYROLL, NOVEMBER, "p", "撤销") == 0
        assert (await the("payroll")).turn == ""


async def test_after_filing_the_accountant_is_told_instead(firm: TestFirm) -> None:
    await month(firm)
    async with acting(firm, "accountant"):
        await arrivals.arrived(statement(firm))
        await ticking.tick((await the("vat_return")).id, done=True)
    async with acting(firm, "boss", client=firm.trading):
        assert await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, "import:1", "导入已撤销") == 0
        row = await the("bank_statement")
        assert row.turn == ""
        with pytest.raises(Refusal, match=r"collab\.filed") as told_boss:
            await ticking.untick(row.id, 0)
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal) as told_accountant:
            await ticking.untick(row.id, 0)
    assert ("告诉会计" in told_boss.value.sentence, "告诉会计" in told_accountant.value.sentence) == (True, False)
    async with acting(firm, "owner"):
        told = await connection().fetch("""select kind, title, "user" from core_notice""")
    assert [(r["kind"], r["user"]) for r in told] == [("collab.undone_after_filing", firm.owner)]


async def test_once_the_return_is_void_what_was_undone_meanwhile_opens(firm: TestFirm) -> None:
    """Otherwise the list says that the payroll is confirmed which was sent back, and nobody is asked before it is filed again."""
    await month(firm)
    kind, payroll = return_filed(Tax.IIT), Arrival(firm.trading, AskedFor.PAYROLL, NOVEMBER, "p", "已确认")
    async with acting(firm, "accountant"):
        await arrivals.arrived(payroll)
        await arrivals.arrived(Arrival(firm.trading, kind, NOVEMBER, "filing:1", "已申报"))
        await arrivals.undone(firm.trading, AskedFor.PAYROLL, NOVEMBER, "p", "工资表重做")
        assert (await the("payroll")).turn == ""
        assert await arrivals.undone(firm.trading, kind, NOVEMBER, "filing:1", "申报已作废") == 1
        row = await the("payroll")
        assert (row.turn, row.reopened) == ("client", "工资表重做")
        assert (await the("bank_statement")).turn == "client"


async def test_somebody_looked_and_it_does_not_do(firm: TestFirm) -> None:
    await month(firm)
    async with acting(firm, "accountant", name="王会计"):
        await arrivals.arrived(statement(firm))
        row = await the("bank_statement")
        await ticking.untick(row.id, 0)
        row = await the("bank_statement")
        assert (row.turn, row.reopened) == ("client", "王会计撤回:上传银行对账单")
    await month(firm)
    async with acting(firm, "accountant"):
        assert (await the("bank_statement")).turn == "client"
        assert await arrivals.arrived(statement(firm, "import:2")) == 1


async def test_a_stranger_s_client_is_not_there(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(other_firm, "accountant"):
        other = Arrival(other_firm.trading, STATEMENT, NOVEMBER, "x", "x")
        assert await arrivals.arrived(other) == 0
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await arrivals.arrived(statement(firm))


async def test_a_file_called_a_statement_closes_the_task(firm: TestFirm) -> None:
    await month(firm, Period(2026, 11))
    async with acting(firm, "boss", client=firm.trading):
        other = await use(Documents).store(firm.trading, "进货单.pdf", "application/pdf", b"%PDF-1.4 a")
        stored = await use(Documents).store(firm.trading, "工行对账单.pdf", "application/pdf", b"%PDF-1.4 b")
    async with scoped_transaction(system_scope(firm.id)):
        await facts_heard.documents_stored([other.id])
        assert (await the("bank_statement")).turn == "client"
        for _ in range(2):
            await facts_heard.documents_stored([stored.id])
        row = await the("bank_statement")
        assert (row.turn, row.document, row.covers) == ("", stored.id, 202610)


async def test_facts_look_for_what_is_asked_whatever_the_template_is_called(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A firm that wrote its own: a file without a month is of the oldest one that is asked for, and the first of the month judges its invoices."""
    monkeypatch.setattr(templates, "defaults", list)
    async with acting(firm, "owner"):
        for title, asks in (("交流水", STATEMENT), ("交进项", AskedFor.INPUT_INVOICES)):
            steps = [states.Step("看一眼", Side.FIRM), states.Step(title, Side.CLIENT, asks)]
            await templates.save(None, TypedTemplate(title, steps, Due(DueRule.DAY, 20)))
    this, before = Period.current(), Period.current().plus(-1)
    for period in (before, this):
        await month(firm, period)
    async with acting(firm, "boss", client=firm.trading):
        stored = await use(Documents).store(firm.trading, "工行对账单.pdf", "application/pdf", b"%PDF-1.4 b")
    judged = []

    async def judge(client: int, of: Period) -> None:
        judged.append((client, of))

    monkeypatch.setattr(facts_heard, "judge_invoices", judge)
    with in_scope(system_scope(firm.id)):
        await facts_heard.judge_last_month()
    assert judged == [(firm.trading, before)]
    async with scoped_transaction(system_scope(firm.id)):
        await facts_heard.documents_stored([stored.id])
        rows = await Task.objects().where(Task.title == "交流水").order_by(Task.period)
        assert [states.read(row.steps)[1].arrived for row in rows] == [True, False]


async def test_a_file_handed_in_on_the_task_is_the_statement(firm: TestFirm) -> None:
    await month(firm, Period(2026, 11))
    async with acting(firm, "boss", client=firm.trading):
        row = await the("bank_statement")
        document = await ticking.attach(row.id, "IMG_0001.jpg", "image/jpeg", b"\xff\xd8\xff")
        row = await the("bank_statement")
        assert (row.turn, row.document) == ("", document)


class Counting:
    """How many input invoices are in which state."""

    def __init__(self) -> None:
        self.read, self.checked = 0, 0

    async def sums(self, query: object) -> InvoiceSums:
        return InvoiceSums(self.read if InvoiceState.READ in query.states else self.checked)  # type: ignore[attr-defined]


async def test_the_last_invoice_closes_and_a_late_one_opens(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    await month(firm, Period(2026, 11))
    october, counting = Period(2026, 10), Counting()
    monkeypatch.setattr(facts_heard, "use", lambda protocol: counting)
    async with scoped_transaction(system_scope(firm.id)):
        for counting.read, counting.checked, turn in ((0, 0, "client"), (1, 2, "client"), (0, 3, ""), (1, 3, "client")):
            await facts_heard.judge_invoices(firm.trading, october)
            assert (await the("input_invoices")).turn == turn
        assert (await the("input_invoices")).reopened == "又有 1 张进项发票待核对"


@dataclass
class Arriving:
    """The invoices of the keys: each a received one of October, in a state."""

    client: int
    counting: Counting

    async def get(self, keys: Sequence[str]) -> Sequence[object]:
        made = dt.date(2026, 10, 20)
        return [
            SimpleNamespace(client=self.client, direction=InvoiceDirection.RECEIVED, issued_on=made, state=InvoiceState(key)) for key in keys
        ]

    async def sums(self, query: object) -> InvoiceSums:
        return await self.counting.sums(query)


async def test_an_invoice_that_comes_after_a_person_s_tick_opens_it(firm: TestFirm) -> None:
    """Who said that all were there did not know of it; that one of those known then is checked since says nothing against them."""
    await month(firm, Period(2026, 11))
    counting = Counting()
    with replaced(Invoices, Arriving(firm.trading, counting)):  # type: ignore[arg-type]  # what is asked of it
        async with acting(firm, "boss", client=firm.trading):
            await ticking.tick((await the("input_invoices")).id, done=True)
        for counting.read, counting.checked, told, turn in ((1, 2, "checked", ""), (2, 2, "read", "client"), (0, 4, "checked", "")):
            async with scoped_transaction(system_scope(firm.id)):
                await facts_heard.invoices_read([told])
                row = await the("input_invoices")
            assert row.turn == turn, told
            assert turn == "" or row.reopened == "又有 2 张进项发票待核对"


async def test_of_a_month_that_runs_too(firm: TestFirm) -> None:
    running = Period.current()
    await month(firm, running.plus(1))
    counting = Counting()
    with replaced(Invoices, Arriving(firm.trading, counting)):  # type: ignore[arg-type]  # what is asked of it
        for counting.read, counting.checked, came, turn in ((1, 0, True, "client"), (0, 1, False, "client")):
            async with scoped_transaction(system_scope(firm.id)):
                await facts_heard.judge_invoices(firm.trading, running, came=came)
                row = await the("input_invoices")
                assert row.turn == turn, "the month is not over: more may come"
        async with acting(firm, "boss", client=firm.trading):
            await ticking.tick(row.id, done=True)
        counting.read = 1
        async with scoped_transaction(system_scope(firm.id)):
            await facts_heard.judge_invoices(firm.trading, running, came=True)
            assert (await the("input_invoices")).reopened == "又有 1 张进项发票待核对"


async def test_after_filing_the_accountant_is_told_of_each_late_invoice_and_it_opens_once_the_return_is_void(firm: TestFirm) -> None:
    await month(firm)
    kind = AskedFor.INPUT_INVOICES
    async with acting(firm, "accountant"):
        await ticking.tick((await the("input_invoices")).id, done=True)
        await ticking.tick_step((await the("vat_return")).id, 0)
        for reason in ("又有 1 张进项发票待核对", "又有 1 张进项发票待核对", "又有 2 张进项发票待核对"):
            assert await arrivals.contradicted(firm.trading, kind, NOVEMBER, "all", reason) == 0
        assert (await the("input_invoices")).turn == ""
    async with acting(firm, "owner"):
        told = await connection().fetch("select body from core_notice where kind = 'collab.undone_after_filing' order by id")
    assert ["1 张" in row["body"] for row in told] == [True, False]
    async with acting(firm, "accountant"):
        await ticking.untick((await the("vat_return")).id, 0)
        await arrivals.open_what_stood_on(await the("vat_return"))
        row = await the("input_invoices")
    assert (row.turn, row.reopened) == ("client", "又有 2 张进项发票待核对")


@dataclass
class Model:
    """What must be true after any order: which references are live, whether somebody ticked, whether the return is filed."""

    live: set[str] = field(default_factory=set)
    closed: str = ""
    """"hand", "arrival" or "" while it is open."""
    filed: bool = False

    def run(self, what: str) -> None:
        name, _, reference = what.partition(" ")
        if name == "arrive" and reference not in self.live:
            self.live.add(reference)
            self.closed = self.closed or "arrival"
        elif name == "undo" and reference in self.live:
            self.live.discard(reference)
            if not self.live and self.closed == "arrival" and not self.filed:
                self.closed = ""
        elif name == "tick":
            self.closed = self.closed or "hand"
        elif name == "untick" and self.closed and not self.filed:
            if self.closed == "arrival":
                self.live.clear()
            self.closed = ""
        elif name == "file":
            self.filed = True
        elif name == "unfile":
            self.filed = False
            if self.closed == "arrival" and not self.live:
                self.closed = ""


MOVES = ("arrive a", "arrive b", "undo a", "undo b", "tick", "untick", "file", "unfile", "month", "month twice")


async def move(firm: TestFirm, what: str) -> None:
    name, _, reference = what.partition(" ")
    if name == "month":
        await asyncio.gather(*(month(firm) for _ in range(2 if reference else 1)))
        return
    async with acting(firm, "accountant"):
        if name == "arrive":
            await arrivals.arrived(statement(firm, reference))
        elif name == "undo":
            await arrivals.undone(firm.trading, STATEMENT, NOVEMBER, reference, "撤销")
        else:
            row = await the("bank_statement" if "tick" in name else "vat_return")
            vat_filed = states.read((await the("vat_return")).steps)[0].done_at is not None
            refused = name == "untick" and row.done_at is not None and vat_filed
            with pytest.raises(Refusal, match=r"collab\.filed") if refused else nullcontext():
                await (ticking.tick_step(row.id, 0) if name in ("tick", "file") else ticking.untick(row.id, 0))


@pytest.mark.parametrize("seed", range(25))
async def test_any_order_gives_one_task_in_the_right_state(firm: TestFirm, seed: int) -> None:
    chance, model = random.Random(seed), Model()  # noqa: S311  # a test's order
    before = chance.choices(MOVES[:4], k=3)
    for what in (*before, "month", *chance.choices(MOVES, k=14)):
        await move(firm, what)
        model.run(what)
        async with acting(firm, "accountant"):
            rows = await Task.objects().where(Task.period == DECEMBER.number)
        assert len(rows) == len({row.key for row in rows}) == (5 if rows else 0)
        if rows:
            (row,) = [row for row in rows if row.template == "bank_statement"]
            assert (row.turn == "") == bool(model.closed), what
            assert (row.done_at is None) == (row.turn != "")


async def test_a_fact_and_the_month_at_the_same_moment_on_two_nodes(firm: TestFirm) -> None:
    """Whoever comes second sees what the first did: never an open task whose statement is there."""

    async def told(covers: Period) -> None:
        async with acting(firm, "accountant"):
            await arrivals.arrived(Arrival(firm.trading, STATEMENT, covers, "one", "来了"))

    for number in range(6):
        period = DECEMBER.plus(number)
        await asyncio.gather(month(firm, period), told(period.plus(-1)), month(firm, period))
    async with acting(firm, "accountant"):
        rows = await Task.objects().where(Task.template == "bank_statement")
        assert [row.turn for row in rows] == [""] * 6
        assert await Entry.count().where(Entry.kind == "arrived") == 6


def test_steps_open_from_the_first_that_is_undone() -> None:
    now = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    first, second = states.Step("对账单", Side.CLIENT, "bank_statement"), states.Step("对账", Side.FIRM)
    arrived = states.arrived((first, second), "bank_statement", "来了", now)
    assert states.turn(arrived) is Side.FIRM
    done = states.ticked(arrived, 1, "王会计", now)
    assert states.turn(done) is None
    assert states.undone(done, "bank_statement") == (first, second)
    by_hand: Sequence[states.Step] = states.ticked((first, second), 0, "李总", now)
    assert states.undone(tuple(by_hand), "bank_statement") == tuple(by_hand)
    assert states.read(states.written(done)) == done
