"""Alerts: opened by what the books say, closed by them, moved by people; seen on page, card, dot and slip."""

import datetime as dt

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules.alerts import keeping, stepping
from zhangfang_risk_rules.pages import listing, slip
from zhangfang_risk_rules.scanning.scanning import scan
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period

ONLY = frozenset({"risk_rules.B00", "risk_rules.B07"})


async def paid(firm: TestFirm, fen: int) -> None:
    """From the till; a negative amount is a receipt."""
    debit, credit = ("1002", "1001") if fen > 0 else ("1001", "1002")
    lines = (Line(debit, "付款", debit=abs(fen)), Line(credit, "付款", credit=abs(fen)))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])
        await scan(firm.restaurant, only=ONLY)


async def standing(firm: TestFirm) -> list[Alert]:
    return [a for a in await listing.alerts_of(firm.restaurant, only_standing=True) if a.rule in ONLY]


async def test_an_alert_opens_once_follows_the_figure_and_goes(firm: TestFirm) -> None:
    await paid(firm, 500)
    async with scoped_transaction(system_scope(firm.id)):
        assert await scan(firm.restaurant, only=ONLY) == []
    async with acting(firm, "boss"):
        (alert,) = await standing(firm)
        assert (alert.rule, alert.amount, alert.state) == ("risk_rules.B07", -500, "open")
        assert "-5.00" in alert.sentence
    await paid(firm, 200)
    async with acting(firm, "boss"):
        (alert,) = await standing(firm)
        assert (alert.amount, alert.opened) == (-700, 1)
    await paid(firm, -700)
    async with acting(firm, "boss"):
        assert await standing(firm) == []
        (gone,) = [a for a in await listing.alerts_of(firm.restaurant) if a.rule == "risk_rules.B07"]
        assert (gone.state, gone.note) == ("resolved", "原因已消失,自动关闭")
        assert await listing.standing_alerts() == 0


async def test_accepting_needs_words_and_the_permission_and_lasts_until_it_is_worse(firm: TestFirm) -> None:
    await paid(firm, 500_00)
    async with acting(firm, "accountant"):
        (alert,) = await standing(firm)
        with pytest.raises(Refusal, match=r"risk_rules\.reason_missing"):
            await stepping.accept(alert.id, "  ")
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await stepping.accept(999_999, "x")
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await stepping.accept(alert.id, "x")
    async with acting(firm, "accountant", name="王会计"):
        await stepping.accept(alert.id, "老板垫付,下月补")
        assert await standing(firm) == []
        entry = await connection().fetchrow("select subject from core_audit_entry where action = 'risk_rules.accepted'")
        with pytest.raises(Refusal, match=r"risk_rules\.shut"):
            await stepping.explain(alert.id, "x")
    assert entry is not None
    assert entry["subject"] == f"risk_rules_alert:{alert.id}"
    await paid(firm, 40_00)  # within a tenth
    async with acting(firm, "accountant"):
        assert await standing(firm) == []
    await paid(firm, 20_00)
    async with acting(firm, "accountant"):
        (alert,) = await standing(firm)
        assert (alert.opened, alert.amount) == (2, -560_00)
        assert alert.note == "比当时处理的数更严重,重新提醒;当时由王会计按 -500.00 元处理,理由:老板垫付,下月补"


async def test_a_failing_scan_changes_nothing(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is tried again: half an answer would stay."""

    async def breaks(*args: object, **more: object) -> bool:
        raise OSError("away")

    monkeypatch.setattr(keeping, "record", breaks)
    with pytest.raises(OSError, match="away"):
        await paid(firm, 500)
    async with acting(firm, "boss"):
        assert await standing(firm) == []


async def test_pages_card_and_dot(firm: TestFirm, visit: Visit) -> None:
    boss, owner = await visit("boss"), await visit("owner")
    async with acting(firm, "boss"):
        assert await listing.load_card(firm.restaurant, Period.current().key) is None
    await paid(firm, 500)
    assert "库存现金不正常" in (await boss.get("/risks")).text
    assert "库存现金不正常" in (await boss.get("/cards/risk_rules.alerts")).text
    assert (await boss.get("/badges")).json()["my-risks"] == 1
    async with acting(firm, "owner"):
        (alert,) = await standing(firm)
    shown = (await boss.get(f"/risks/{alert.id}")).text
    assert "怎么算的" in shown
    assert "-5.00" in shown
    assert "结果一样" in (await boss.get(f"/risks/{alert.id}?again=1")).text
    assert "付款" in (await boss.get(f"/risks/{alert.id}/parts/0/0")).text
    assert (await boss.get(f"/risks/{alert.id}/parts/7/0")).status_code == 404
    assert (await boss.post(f"/risks/{alert.id}/accept", words="x")).status_code == 403
    assert (await boss.post(f"/risks/{alert.id}/explain", words="老板垫付")).status_code == 303
    assert (await boss.post(f"/risks/{alert.id}/contact")).status_code == 303
    assert (await boss.post(f"/risks/{alert.id}/contact")).status_code == 303
    async with acting(firm, "owner"):
        (row,) = await connection().fetch("select title, link from collab_task where key like 'risk_rules:%'")
        assert ("库存现金不正常" in row["title"], row["link"]) == (True, f"/risks/{alert.id}")
        assert (await standing(firm))[0].state == "explained"
    assert (await owner.post(f"/risks/{alert.id}/ask", due="2020-01-01")).status_code == 422
    assert (await owner.post(f"/risks/{alert.id}/accept", words="")).status_code == 422
    assert (await owner.post(f"/risks/{alert.id}/accept", words="老板垫付")).status_code == 303
    assert (await boss.get("/badges")).json().get("my-risks", 0) == 0
    assert (await (await visit("driver")).get("/risks")).status_code == 403


async def test_what_a_client_tolerates_makes_no_alert(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner")
    assert (await owner.post("/settings/modules/risk_rules", tolerance="5.00")).status_code == 303
    await paid(firm, 500)
    async with acting(firm, "boss"):
        assert await standing(firm) == []
    await paid(firm, 1)
    async with acting(firm, "boss"):
        assert len(await standing(firm)) == 1


async def test_working_it_out_again_without_what_it_needs_does_not_say_that_it_is_gone(firm: TestFirm, visit: Visit) -> None:
    now = dt.datetime.now(dt.UTC)
    async with scoped_transaction(system_scope(firm.id)):
        alert = Alert(
            client=firm.restaurant, rule="risk_rules.H01", period=Period.current().number, month=Period.current().number, title="账上工资和工资表不一致",
            sentence="相差 1.00 元。", todo="", source="", amount=100, created_at=now, updated_at=now,
        )  # fmt: skip
        await alert.save()
    page = (await (await visit("boss")).get(f"/risks/{alert.id}?again=1")).text
    assert "这次算不出来:本月没有导入工资表。" in page
    assert "已经没有了" not in page


async def test_a_part_of_more_entries_than_are_listed_says_so(firm: TestFirm, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slip, "MOST_ENTRIES", 2)
    for _ in range(3):
        await paid(firm, 500)
    async with acting(firm, "owner"):
        (alert,) = await standing(firm)
    assert "只列出其中 2 笔" in (await (await visit("boss")).get(f"/risks/{alert.id}/parts/0/0")).text
