"""RISK-1, RISK-2: an invoice of a listed seller warns when it is read, before booking; a new list names past invoices; the firm's board and rules."""

import time

from golden_cases.of_invoices import FROM_LISTED, LIKE, LIST, LISTED, W
from golden_cases.story import Story
from golden_cases.test_on_real_books import company, received
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_risk_rules import trying
from zhangfang_risk_rules.pages.listing import alerts_of
from zhangfang_risk_rules.scanning import listing_sellers, scanning
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.periods import Period

SELLERS = Story(more=LIST)
DEDUCTED = {"deducted": {FROM_LISTED.key: 13_000_00}}


async def read_keys(client: int) -> list[str]:
    rows = await connection().fetch("select id from capture_ocr_invoice where client = $1 order by id", client)
    return [f"capture_ocr.invoices:{row['id']}" for row in rows]


async def of_listed(client: int) -> list[Alert]:
    return [a for a in await alerts_of(client) if a.rule == "risk_rules.V30"]


async def test_a_listed_seller_is_told_when_the_invoice_is_read(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(FROM_LISTED,), more=LIST))
        keys = await read_keys(client)
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_invoices_read", "risk_rules", ids=keys)
    async with scoped_transaction(system_scope(firm.id)):
        (alert,) = await of_listed(client)
        assert (alert.subject, alert.level, alert.amount, alert.state) == (LISTED.tax_id, Severity.HIGH, 113_000_00, "open")
        assert "走逃失联" in alert.sentence
        before = await connection().fetchval("select count(*) from core_notice")
        marks = await connection().fetch("select distinct reader from risk_rules_mark where client = $1 and reader = 'invoices'", client)
        assert len(marks) == 1
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_invoices_read", "risk_rules", ids=keys)
        await scanning.scan_marked(client)
        assert len(await of_listed(client)) == 1
        assert await connection().fetchval("select count(*) from core_notice where kind = 'risk_rules.found' and key = 'found:1:1'") <= before


async def test_the_driver_hears_only_to_call_the_accountant(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await company(1, SELLERS)
        await make_member(login="zhao@visit", name="小赵", password=OWNER_PASSWORD, role="driver", client=firm.restaurant)
    async with acting(firm, "driver", name="小赵"):
        file = await use(Documents).store(firm.restaurant, "发票.pdf", "application/pdf", b"%PDF-1.4 x")
    async with scoped_transaction(system_scope(firm.id)):
        await received(firm.restaurant, "91330106MA2TEXT16P", file.id, FROM_LISTED, 0)
        keys = await read_keys(firm.restaurant)
    for _ in range(2):
        async with scoped_transaction(system_scope(firm.id)):
            await call_one("on_invoices_read", "risk_rules", ids=keys)
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("""select n.kind, n::text as told from core_notice n join core_user u on u.id = n."user" where u.name = '小赵'""")
    assert [row["kind"] for row in rows] == ["risk_rules.contact"]
    assert "请联系会计" in rows[0]["told"]
    assert LISTED.name not in rows[0]["told"]


async def test_an_arriving_invoice_takes_little_work(firm: TestFirm) -> None:
    """50 ms of work for one that is on no list; the least of some, since the machine has other work."""
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(LIKE,), more={}))
        keys = await read_keys(client)
    took = []
    for _ in range(7):
        async with scoped_transaction(system_scope(firm.id)):
            began = time.perf_counter()
            await scanning.invoices_read(keys)
            took.append(time.perf_counter() - began)
    assert min(took) <= 0.05, took


async def test_a_new_list_names_past_invoices_and_what_was_deducted(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(FROM_LISTED,), more=DEDUCTED))
        named = await company(2, Story(invoices=(LIKE,)))
    owner = await visit("owner", of_firm=True)
    answer = await owner.post("/risks/sellers", lines=f"{LISTED.name},{LISTED.tax_id},走逃失联", source="税务通报")
    assert answer.status_code == 303
    with in_scope(system_scope(firm.id)):
        await listing_sellers.look_back([LISTED.tax_id])
        await listing_sellers.look_back([LISTED.name])
    async with scoped_transaction(system_scope(firm.id)):
        (alert,) = await of_listed(client)
        assert (alert.level, alert.subject) == (Severity.URGENT, LISTED.tax_id)
        assert "其中已抵扣税额 1.3 万元" in alert.sentence
        (asks,) = await of_listed(named)
        assert (asks.level, asks.subject) == (Severity.NOTE, f"name:{LISTED.name}")
    assert LISTED.name in (await owner.get("/risks/sellers")).text


async def test_the_firm_s_board_and_rules(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story((("2026-09", "560205", "1002", 5 * W),)))
        await scanning.scan(client, only=frozenset({"risk_rules.B00"}))
    owner, accountant = await visit("owner", of_firm=True), await visit("accountant", of_firm=True)
    listed = '">银行存款出现负数</a>'
    assert listed in (await owner.get("/risks/board?level=3")).text
    assert listed not in (await owner.get("/risks/board?level=4")).text
    assert (await accountant.get("/risks/rules")).status_code == 403
    key = "risk_rules.B07"
    assert "库存现金不正常" in (await owner.get(f"/risks/rules/{key}")).text
    assert (await owner.get("/risks/rules/risk_rules.none")).status_code == 404
    assert (await owner.post(f"/risks/rules/{key}/try")).status_code == 422
    assert (await owner.post(f"/risks/rules/{key}/try", **{"limit-most": "0"})).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        trial = await connection().fetchval("select id from risk_rules_trial")
    assert (await owner.post(f"/risks/trials/{trial}", sure="0")).status_code == 409
    with in_scope(system_scope(firm.id)):
        await trying.run_trial(trial)
    page = (await owner.get(f"/risks/rules/{key}")).text
    assert "检查了 3 家,0 家会收到提醒" in page
    assert (await owner.post(f"/risks/trials/{trial}", sure="0")).status_code == 303
    assert "0.00 元" in (await owner.get(f"/risks/rules/{key}")).text
    assert (await owner.post("/risks/rules/risk_rules.B00/mute", muted="1")).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        await scanning.scan_marked(client)
        (row,) = await Alert.objects().where(Alert.client == client, Alert.rule == "risk_rules.B00")
        assert (row.muted, row.state) == (True, "open")
    assert listed not in (await owner.get("/risks/board")).text


async def test_a_rule_that_fires_on_many_asks_twice(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        for number in (1, 2):
            await company(number, Story(((Period.current().key, "1001", "1002", 5 * W),)))
    owner = await visit("owner", of_firm=True)
    key = "risk_rules.B07"
    assert (await owner.post(f"/risks/rules/{key}/try", **{"limit-most": "100"})).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        trial = await connection().fetchval("select id from risk_rules_trial")
    with in_scope(system_scope(firm.id)):
        await trying.run_trial(trial)
    assert "检查了 4 家,2 家会收到提醒,共 2 次" in (await owner.get(f"/risks/rules/{key}")).text
    assert (await owner.post(f"/risks/trials/{trial}", sure="0")).status_code == 409
    assert (await owner.post(f"/risks/trials/{trial}", sure="1")).status_code == 303


async def test_a_window_is_for_the_boss_and_a_message_for_the_firm(firm: TestFirm) -> None:
    """RISK-3: who looks after forty clients is not stopped at each page by one of them."""
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(FROM_LISTED,), more=LIST))
        boss = await make_member(login="b@x.example", name="李总", password=OWNER_PASSWORD, role="boss", client=client)
        keys = await read_keys(client)
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_invoices_read", "risk_rules", ids=keys)
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select \"user\", kind from core_notice where kind like 'risk_rules.%' and client = $1", client)
    assert {(row["user"], row["kind"]) for row in rows} == {(boss, "risk_rules.found"), (firm.owner, "risk_rules.listed")}
