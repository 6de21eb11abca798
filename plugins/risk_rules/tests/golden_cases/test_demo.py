"""The demo's building materials company beside its furniture company: alerts of the one arise from its books and invoices, the other is silent."""

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.demo.fill import fill_books, take_on
from zhangfang_core.demo.stories import materials, neighbour, trading
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules.pages.listing import alerts_of
from zhangfang_risk_rules.scanning import scanning
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import today


async def test_the_twists_are_found_in_one_and_not_in_its_golden_pair(firm: TestFirm) -> None:
    day, told = today(), {}
    clients = []
    for story in (trading(day), materials(day)):
        client = await take_on(firm.id, story)
        await fill_books(firm.id, client, story)
        clients.append(client)
    for plugin in ("books", "risk_rules"):
        async with scoped_transaction(system_scope(firm.id)):
            await call_one("on_demo_filled", plugin, ids=clients)
    for client in clients:
        async with scoped_transaction(system_scope(firm.id)):
            await scanning.scan_marked(client)
            told[client] = {alert.rule.removeprefix("risk_rules."): alert for alert in await alerts_of(client, only_standing=True)}
    silent, loud = (told[client] for client in clients)
    twists = {"V01", "V02", "V22"} | ({"V23"} if day.day >= 16 else set())
    assert twists <= set(loud)
    assert not twists & set(silent)
    assert "本机构参考值是 3%" in loud["V01"].sentence
    assert loud["V02"].state == "explained"
    assert loud["V02"].closed_by == "高总"
    async with scoped_transaction(system_scope(firm.id)):
        lines = await connection().fetch("select lines from books_issued_invoice where client = any($1::bigint[])", clients)
    assert all("*" in row["lines"] for row in lines)
    assert len(lines) > 20


async def test_the_shop_just_below_the_exemption_is_warned(firm: TestFirm, portal: Portal) -> None:
    """Three quarters in a row end just below it; none has reached it, so none lacks its tax."""
    story = neighbour(today())
    client = await take_on(firm.id, story)
    await fill_books(firm.id, client, story)
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_demo_filled", "risk_rules", ids=[client])
    async with scoped_transaction(system_scope(firm.id)):
        await scanning.scan_marked(client)
        told = {alert.rule.removeprefix("risk_rules."): alert for alert in await alerts_of(client, only_standing=True)}
    assert not {"V25", "V26"} & set(told)
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{client}") as one:
        for path in ("/risks", f"/risks/{told['V24'].id}"):
            page = (await one.get(path)).text
            assert "连续三个季度的销售额都刚好低于 300,000.00 元,最近一个季度是 286,000.00 元" in page
