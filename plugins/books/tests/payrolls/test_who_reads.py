"""A payroll from the file to the voucher, and that its rows reach nobody but named readers (LEDG-8)."""

import dataclasses

import pytest

from payrolls.drawing import person, sheet
from zhangfang_books.payroll.tables import Payroll, PayrollRow
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import CSRF_COOKIE, CSRF_HEADER, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger

SECRET = "a long enough secret"
UNIQUE, SHOWN, NAME = 18_765.43, "18,765.43", "赵独一"


async def sent(visitor: Visitor, path: str, data: dict[str, str], content: bytes | None = None) -> str:
    await visitor.get("/healthz")
    answer = await visitor.http.post(
        path,
        data=data,
        files={"file": ("工资.xlsx", content)} if content else None,
        headers={CSRF_HEADER: visitor.http.cookies[CSRF_COOKIE], "accept": "text/html"},
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_from_the_sheet_to_the_voucher(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    base = f"/f/{firm.id}/c/{firm.trading}"
    async with scoped_transaction(system_scope(firm.id)):
        people = {
            role: await make_member(login=f"{role}@嘉喜", name=role, password=SECRET, role=role, client=of)
            for role, of in (("boss", firm.trading), ("cashier", firm.trading), ("admin", None))
        }
    content = sheet(person(1, UNIQUE, 389.71, name=NAME), person(2, 8000, 66.75))
    async with running_portal(chosen) as portal:
        async with portal.visitor(await session_for(firm.owner)) as owner:
            tried = await sent(owner, f"{base}/books/payroll/import", {"period": "2026-01"}, content)
            assert "导入,交企业确认" in tried
            done = await sent(owner, f"{base}/books/payroll/import", {"period": "2026-01", "really": "1"}, content)
            assert "等企业确认" in done
            async with scoped_transaction(system_scope(firm.id)):
                (payroll,) = await Payroll.objects().where(Payroll.client == firm.trading)
                assert await PayrollRow.count() == 0  # not even the platform's own jobs
            of_it = f"{base}/books/payroll/{payroll.id}"
            assert SHOWN in (await owner.get(of_it)).text
        for role in ("admin", "boss", "cashier"):
            async with portal.visitor(await session_for(people[role])) as visitor:
                if role == "admin":  # a trial of a sheet that somebody made up opens nobody's salary
                    assert "导入,交企业确认" in await sent(visitor, f"{base}/books/payroll/import", {"period": "2026-02"}, sheet(person(3, 8000, 66.75)))
                for path in ("/books/payroll", f"/books/payroll/{payroll.id}", "/vouchers", "", f"/search?q={NAME[:2]}", f"/search?q={SHOWN[:5]}"):
                    answer = await visitor.get(base + path)
                    assert SHOWN not in answer.text, (role, path)
                    assert NAME not in answer.text, (role, path)
        async with portal.visitor(await session_for(people["boss"])) as boss:
            waiting = await boss.http.get(f"{base}/waiting?whole=1", headers={"hx-request": "true"})
            assert "确认2026年1月工资表" in waiting.text
            confirmed = await sent(boss, f"{of_it}/answer", {"confirmed": "1", "sha256": payroll.sha256})
            assert "企业已确认" in confirmed
            await sent(boss, f"{base}/books/payroll/readers/ask", {})
            assert SHOWN in (await boss.get(of_it)).text
        async with portal.visitor(await session_for(firm.owner)) as owner:
            assert "看凭证" in await sent(owner, f"{of_it}/book", {})
    async with scoped_transaction(system_scope(firm.id)):
        kept = await Payroll.objects().where(Payroll.id == payroll.id).first()
        assert kept is not None
        voucher = await use(Ledger).voucher(kept.voucher)
        trail = await connection().fetchval("select string_agg(coalesce(before::text, '') || coalesce(after::text, ''), '') from core_audit_entry")
    told = {(each.account, each.debit - each.credit) for each in voucher.lines}
    assert told == {
        ("560201", 2_676_543 + 310_000),
        ("221101", -2_676_543),
        ("221103", -260_000),
        ("221104", -50_000),
        ("221101", 105_000 + 50_000 + 45_646),
        ("224101", -105_000),
        ("224102", -50_000),
        ("222119", -45_646),
    }
    assert NAME not in trail
    assert "1876543" not in trail


async def test_the_total_of_one_person_is_that_persons_salary(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    base = f"/f/{firm.id}/c/{firm.trading}"
    async with scoped_transaction(system_scope(firm.id)):
        admin = await make_member(login="admin@嘉喜", name="admin", password=SECRET, role="admin", client=None)
        boss = await make_member(login="boss@嘉喜", name="boss", password=SECRET, role="boss", client=firm.trading)
    async with running_portal(chosen) as portal:
        async with portal.visitor(await session_for(firm.owner)) as owner:
            await sent(owner, f"{base}/books/payroll/import", {"period": "2026-01", "really": "1"}, sheet(person(1, UNIQUE, 389.71, name=NAME)))
        async with scoped_transaction(system_scope(firm.id)):
            (payroll,) = await Payroll.objects().where(Payroll.client == firm.trading)
        of_it = f"{base}/books/payroll/{payroll.id}"
        async with portal.visitor(await session_for(admin)) as other:
            for path in (f"{base}/books/payroll", of_it):
                assert SHOWN not in (await other.get(path)).text
            assert "只有一个人" in (await other.get(of_it)).text
        async with portal.visitor(await session_for(boss)) as visitor:
            assert SHOWN in (await visitor.get(of_it)).text, "who confirms it sees what is confirmed"
            back = await sent(visitor, f"{base}/books/payroll/readers/ask", {"payroll": str(payroll.id)})
            assert NAME in back
            await sent(visitor, f"{of_it}/answer", {"confirmed": "1", "sha256": payroll.sha256})
        async with portal.visitor(await session_for(firm.owner)) as owner:
            assert "能看应付职工薪酬的人都会看到" in (await owner.get(of_it)).text


@pytest.mark.parametrize("role", ["accountant", "reviewer"])
async def test_the_database_itself_keeps_rows_from_who_is_not_named(firm: TestFirm, role: str) -> None:
    async with acting(firm, role, client=firm.trading):
        rows = await connection().fetch("select * from books_payroll_row")
    assert rows == []
