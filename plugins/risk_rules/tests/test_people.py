"""RISK-3, RISK-6: whom an alert waits for, whom it was given to, who was asked; and that nobody is asked about what is over."""

import datetime as dt
import re

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_risk_rules.alerts import stepping
from zhangfang_risk_rules.pages import listing
from zhangfang_risk_rules.scanning.scanning import scan
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import today
from zhangfang_sdk.tasks import Tasks

BELOW = frozenset({"risk_rules.B07"})


async def till(firm: TestFirm, fen: int) -> None:
    """Paid from the till, or, below zero, into it; then looked at."""
    debit, credit = ("1002", "1001") if fen > 0 else ("1001", "1002")
    lines = (Line(debit, "付款", debit=abs(fen)), Line(credit, "付款", credit=abs(fen)))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])
        await scan(firm.restaurant, only=BELOW)


async def the_alert(firm: TestFirm) -> Alert:
    async with acting(firm, "owner"):
        (alert,) = [a for a in await listing.alerts_of(firm.restaurant) if a.rule in BELOW]
    return alert


async def open_tasks(firm: TestFirm) -> int:
    async with acting(firm, "owner"):
        return len(await use(Tasks).open(client=firm.restaurant, prefix="risk_rules:alert:"))


async def test_the_firm_s_list_keeps_what_the_boss_has_seen_and_what_i_was_given(firm: TestFirm) -> None:
    await till(firm, 500)
    alert = await the_alert(firm)
    async with scoped_transaction(system_scope(firm.id)):
        liu = await make_member(login="liu@visit", name="刘会计", password=OWNER_PASSWORD, role="admin")
        stranger = await make_member(login="he@visit", name="何会计", password=OWNER_PASSWORD, role="accountant")

    async def waits(user: int) -> list[str]:
        async with acting(firm, "owner", user=user):
            return [item.path for item in await listing.waiting(10)]

    async with acting(firm, "boss"):
        await stepping.see(alert.id)
    assert await waits(firm.owner) == [f"/risks/{alert.id}"]
    async with acting(firm, "owner", name="周老板"):
        with pytest.raises(Refusal, match=r"risk_rules\.person_unknown"):
            await stepping.assign(alert.id, stranger)
        await stepping.assign(alert.id, liu)
    assert await waits(liu) == [f"/risks/{alert.id}"]
    assert await waits(firm.owner) == []
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("""select "user", n::text as told from core_notice n where kind = 'risk_rules.assigned'""")
    assert [row["user"] for row in rows] == [liu]
    assert "周老板请您处理" in rows[0]["told"]


async def test_asking_twice_is_one_question_that_ends_with_the_alert(firm: TestFirm, visit: Visit) -> None:
    await till(firm, 500)
    alert = await the_alert(firm)
    boss, owner = await visit("boss"), await visit("owner")
    for _ in range(2):
        assert (await boss.post(f"/risks/{alert.id}/contact")).headers["location"].endswith("#todo")
    page = (await boss.get(f"/risks/{alert.id}")).text
    assert page.count("已请会计联系") == 1
    assert "列在会计的待办里" in page
    assert "/contact" not in page
    due = today() + dt.timedelta(days=7)
    desk = await visit("owner", of_firm=True)
    answer = await owner.post(f"/risks/{alert.id}/ask", due=due.isoformat(), back="level=3")
    assert answer.headers["location"].endswith("/risks/board?level=3")
    board = (await desk.get("/risks/board")).text
    assert f"已请客户在 {due.isoformat()} 前说明" in board
    assert f"/risks/{alert.id}/ask" not in board
    assert await open_tasks(firm) == 2
    assert (await boss.post(f"/risks/{alert.id}/explain", words="老板垫付")).status_code == 303
    assert await open_tasks(firm) == 1, "who has explained is asked no more; the accountant still has to call"
    await till(firm, -500)
    assert await open_tasks(firm) == 0
    await till(firm, 500)
    assert (await boss.post(f"/risks/{alert.id}/contact")).status_code == 303
    assert await open_tasks(firm) == 1, "what comes back may be asked about again"
    assert (await owner.post(f"/risks/{alert.id}/accept", words="核实过")).status_code == 303
    assert await open_tasks(firm) == 0


async def test_nobody_is_asked_about_what_is_shut_nor_until_a_day_that_never_comes(firm: TestFirm, visit: Visit) -> None:
    """The second tab: closed here, asked there. Nothing would end that task."""
    await till(firm, 500)
    alert = await the_alert(firm)
    boss, owner = await visit("boss"), await visit("owner")
    for far in ("9999-12-31", "2099-01-01"):
        answer = await owner.post(f"/risks/{alert.id}/ask", due=far)
        assert answer.status_code == 422
        assert "截止日期太远了" in answer.text
    assert (await owner.post(f"/risks/{alert.id}/assign", person="9" * 5000)).status_code == 422
    assert (await owner.post(f"/risks/{alert.id}/accept", words="核实过")).status_code == 303
    for answer in (await boss.post(f"/risks/{alert.id}/contact"), await owner.post(f"/risks/{alert.id}/ask", due=today().isoformat())):
        assert answer.status_code == 409
        assert "这条提醒已经关闭" in answer.text
    assert await open_tasks(firm) == 0


async def test_the_board_counts_all_and_shows_the_worst(visit: Visit, firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and filters are the database's: what is not shown is counted too."""
    now = dt.datetime.now(dt.UTC)
    async with acting(firm, "owner"):
        for n in range(12):
            since = now - dt.timedelta(days=(0, 7, 8, 30, 31, 90)[n % 6])
            client = (firm.restaurant, firm.trading)[n % 2]
            await Alert(
                client=client, rule="risk_rules.B07", subject=f"s{n}", level=1 + n % 4, title=f"提醒{n}号", sentence="", todo="",
                source="", amount=0, created_at=since, updated_at=since,
            ).save()  # fmt: skip
    monkeypatch.setattr("zhangfang_risk_rules.pages.board.MOST", 3)
    desk = await visit("owner", of_firm=True)
    page = ""
    for query, found in (("", 12), ("?level=4", 3), ("?age=0", 4), ("?age=1", 4), ("?age=2", 4), ("?age=2&level=1", 1), ("?family=没有", 0)):
        page = (await desk.get(f"/risks/board{query}")).text
        assert len(re.findall(r"提醒\d+号", page)) == min(3, found), query
        assert ("只列出最严重" in page) == (found > 3), query
    counts = [int(n) for n in re.findall(r'class="amt">(\d+)</td>', page)]
    assert sum(counts) == 2 * 12
