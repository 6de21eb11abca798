"""Alerts: opened by what the books say, closed by them, explained by people, seen on the page, the card and in the red dot."""

import datetime as dt

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules import services, web
from zhangfang_risk_rules.rules import find, rules
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today


async def paid(firm: TestFirm, fen: int) -> None:
    """From the till; a negative amount is a receipt."""
    debit, credit = ("1002", "1001") if fen > 0 else ("1001", "1002")
    lines = (Line(debit, "付款", debit=abs(fen)), Line(credit, "付款", credit=abs(fen)))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])
        await services.scan(firm.restaurant)


async def test_rules_have_a_source_and_a_date_and_do_not_look_back(firm: TestFirm) -> None:
    await paid(firm, 500)
    async with acting(firm, "accountant"):
        balances = await use(Ledger).balances(firm.restaurant, None, Period.of(today()))
    assert all(rule.source and rule.effective_from for rule in rules())
    assert [finding.rule.id for finding in find(balances, today())] == ["cash_negative"]
    assert find(balances, dt.date(2012, 12, 31)) == []


async def test_an_alert_opens_once_follows_the_figure_and_goes(firm: TestFirm) -> None:
    await paid(firm, 500)
    async with scoped_transaction(system_scope(firm.id)):
        await services.scan(firm.restaurant)
    async with acting(firm, "boss"):
        (alert,) = await services.alerts(firm.restaurant)
        assert (alert.rule, alert.amount, alert.state) == ("cash_negative", -500, "open")
        assert "-5.00" in alert.sentence
    await paid(firm, 200)
    async with acting(firm, "boss"):
        (alert,) = await services.alerts(firm.restaurant, only_open=True)
        assert alert.amount == -700
    await paid(firm, -700)
    async with acting(firm, "boss"):
        (alert,) = [a for a in await services.alerts(firm.restaurant) if a.rule == "cash_negative"]
        assert alert.state == "gone"
        assert await services.open_alerts() == 0


async def test_explaining_needs_words_and_the_permission_and_lasts_until_the_figure_moves(firm: TestFirm) -> None:
    await paid(firm, 500)
    async with acting(firm, "accountant"):
        (alert,) = await services.alerts(None)
        with pytest.raises(Refusal, match=r"risk_rules\.reason_missing"):
            await services.explain(alert.id, "  ")
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await services.explain(999_999, "x")
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await services.explain(alert.id, "x")
    async with acting(firm, "accountant", name="王会计"):
        await services.explain(alert.id, "老板垫付,下月补")
        assert await services.alerts(None, only_open=True) == []
        entry = await connection().fetchrow("select subject from core_audit_entry where action = 'risk_rules.explain'")
    assert entry is not None
    assert entry["subject"] == f"risk_rules_alert:{alert.id}"
    await paid(firm, 1)
    async with acting(firm, "accountant"):
        assert len(await services.alerts(None, only_open=True)) == 1


async def test_a_failing_scan_changes_nothing(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is tried again: half an answer would stay."""

    async def breaks(*args: object) -> bool:
        raise OSError("away")

    monkeypatch.setattr(services, "_keep", breaks)
    with pytest.raises(OSError, match="away"):
        await paid(firm, 500)
    async with acting(firm, "boss"):
        assert await services.alerts(firm.restaurant) == []


async def test_pages_card_and_dot(firm: TestFirm, visit: Visit) -> None:
    boss, owner = await visit("boss"), await visit("owner")
    async with acting(firm, "boss"):
        assert await web.load_card(firm.restaurant, Period.current().key) is None
    await paid(firm, 500)
    assert "库存现金出现负数" in (await boss.get("/risks")).text
    assert "库存现金出现负数" in (await boss.get("/cards/risk_rules.alerts")).text
    assert (await boss.get("/badges")).json()["my-risks"] == 1
    async with acting(firm, "owner"):
        (alert,) = await services.alerts(None)
    assert (await boss.post(f"/risks/{alert.id}/explain", explanation="x")).status_code == 403
    assert (await owner.post(f"/risks/{alert.id}/explain", explanation="")).status_code == 422
    assert (await owner.post(f"/risks/{alert.id}/explain", explanation="老板垫付")).status_code == 303
    assert (await boss.get("/badges")).json().get("my-risks", 0) == 0
    assert (await (await visit("admin", of_firm=True)).get("/risks")).status_code == 200
    assert (await (await visit("driver")).get("/risks")).status_code == 403


async def test_what_a_client_tolerates_makes_no_alert(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner")
    assert (await owner.post("/settings/modules/risk_rules", tolerance="5.00")).status_code == 303
    await paid(firm, 500)
    async with acting(firm, "boss"):
        assert await services.alerts(firm.restaurant) == []
    await paid(firm, 1)
    async with acting(firm, "boss"):
        assert len(await services.alerts(firm.restaurant)) == 1
