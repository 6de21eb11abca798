"""The facts of a client: what may stand in one, who is told, and the walls around them."""

import datetime as dt
import json

import asyncpg
import pytest

from zhangfang_core.database.engine import DB, connection, scoped_transaction, show_scope
from zhangfang_core.tenancy.fact_values import checked, kept, read
from zhangfang_core.tenancy.fact_wording import shown
from zhangfang_core.tenancy.migrations.core_tenancy_0004_facts_instead_of_columns import MOVE
from zhangfang_core.tenancy.tables import ClientFact
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.profile import (
    ContactPerson,
    ContactRole,
    FactKind,
    NewFact,
    QuarterEnds,
    RegisteredAddress,
    Standing,
    YearAmount,
)
from zhangfang_sdk.services import use

DAY = dt.date(2026, 1, 1)
TOO_MUCH = 10**30


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FactKind.LEGAL_REPRESENTATIVE, "\x00\x1b\u200b"),
        (FactKind.LEGAL_REPRESENTATIVE, "李" * 81),
        (FactKind.REGISTERED_CAPITAL, TOO_MUCH),
        (FactKind.REGISTERED_CAPITAL, -1),
        (FactKind.FOUNDED_ON, dt.date(9999, 12, 31)),
        (FactKind.FOUNDED_ON, dt.date(1900, 1, 1)),
        (FactKind.REGISTERED_ADDRESS, RegisteredAddress("杭州", "999999")),
        (FactKind.REGISTERED_ADDRESS, RegisteredAddress("杭州", "33010６")),
        (FactKind.REGISTERED_ADDRESS, RegisteredAddress(" ", "330106")),
        (FactKind.INDUSTRY, "none"),
        (FactKind.EMPLOYEES, QuarterEnds(-1, 3)),
        (FactKind.TOTAL_ASSETS, QuarterEnds(0, TOO_MUCH)),
        (FactKind.LOSS, YearAmount(2024, -1)),
        (FactKind.LOSS, YearAmount(1999, 1)),
        (FactKind.TAXABLE_INCOME, YearAmount(2099, 1)),
        (FactKind.TAXABLE_INCOME, YearAmount(2024, -TOO_MUCH)),
        (FactKind.CONTACT, ContactPerson(ContactRole.TAX, "")),
        (FactKind.CONTACT, ContactPerson(ContactRole.TAX, "张", "13800138000")),
        (FactKind.CONTACT, ContactPerson(ContactRole.TAX, "张", "", "a@b@c")),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_field(kind: FactKind, value: object) -> None:
    with pytest.raises(Refusal, match=r"profile\.value_wrong") as refused:
        checked(NewFact(kind, value, DAY))  # type: ignore[arg-type]  # the parameters are of all kinds
    assert refused.value.field


def test_a_value_of_another_kind_is_a_programming_error() -> None:
    for value in (True, 1.5, "100"):
        with pytest.raises(TypeError):
            checked(NewFact(FactKind.REGISTERED_CAPITAL, value, DAY))  # type: ignore[arg-type]


def test_characters_that_nobody_sees_are_taken_out() -> None:
    assert checked(NewFact(FactKind.LEGAL_REPRESENTATIVE, " 李\x07文 ", DAY)).value == "李 文"
    assert checked(NewFact(FactKind.BUSINESS_SCOPE, "餐饮\r\n食品", DAY)).value == "餐饮\n食品"


def test_a_person_reads_values_in_chinese() -> None:
    assert shown(FactKind.REGISTERED_CAPITAL, 5_000_000_00) == "5,000,000.00 元"
    assert shown(FactKind.INDUSTRY, "restaurant") == "餐饮"
    assert shown(FactKind.EMPLOYEES, QuarterEnds(8, 9)) == "季初 8 人,季末 9 人"
    assert shown(FactKind.TAXPAYER_KIND, TaxpayerKind.GENERAL) == "一般纳税人"
    assert shown(FactKind.FOUNDED_ON, dt.date(2019, 5, 6)) == "2019-05-06"


def test_what_json_keeps_is_read_again() -> None:
    for kind, value in (
        (FactKind.FOUNDED_ON, DAY),
        (FactKind.LOSS, YearAmount(2024, 5)),
        (FactKind.CONTACT, ContactPerson(ContactRole.TAX, "张", "+8613800138000", "")),
    ):
        assert read(kind, json.loads(json.dumps(kept(value)))) == value


async def test_plugins_that_listen_are_told_with_the_clients(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """One job with each client once, however many facts were entered."""

    async def listening(hook: str) -> list[str]:
        return ["collab"] if hook == "on_profile_changed" else []

    monkeypatch.setattr("zhangfang_core.jobs.facts.listeners", listening)
    async with acting(firm, "accountant"):
        for number in range(3):
            await use(Clients).record(firm.trading, NewFact(FactKind.SERVICE_PACKAGE, f"套餐{number}", DAY))
        await use(Clients).record(firm.restaurant, NewFact(FactKind.SERVICE_PACKAGE, "套餐", DAY))
    async with scoped_transaction(system_scope(firm.id)):
        told = await connection().fetch(
            "select args from procrastinate_jobs where args #>> '{arguments,fact}' = 'profile_changed' "
            "and args #>> '{arguments,module}' = 'collab'"
        )
    assert [json.loads(row["args"])["arguments"]["ids"] for row in told] == [[firm.trading, firm.restaurant]]


async def test_each_step_stands_on_the_trail(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        made = await use(Clients).record(firm.restaurant, NewFact(FactKind.SERVICE_PACKAGE, "套餐", DAY))
    async with acting(firm, "boss"):
        await use(Clients).confirm(firm.restaurant, [made])
        await use(Clients).object_to(made, "改过了")
    async with acting(firm, "accountant"):
        await use(Clients).withdraw(made, "客户说改过了")
    async with acting(firm, "owner"):
        rows = await connection().fetch(
            "select action, after from core_audit_entry where subject = $1 order by id", f"core_client_fact:{made}"
        )
    assert [r["action"] for r in rows] == ["profile.record", "profile.confirm", "profile.object", "profile.withdraw"]
    assert json.loads(rows[2]["after"])["objection"] == "改过了"


async def test_another_firm_and_another_client_find_nothing(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        made = await use(Clients).record(firm.restaurant, NewFact(FactKind.SERVICE_PACKAGE, "机密", DAY))
    for scope in (acting(other_firm, "owner"), acting(firm, "boss", client=firm.trading)):
        async with scope:
            assert await connection().fetchval("select count(*) from core_client_fact where id = $1", made) == 0
            assert made not in [row["id"] for row in await ClientFact.select(ClientFact.id)]
            with pytest.raises(Refusal, match="not_found"):
                await use(Clients).history(firm.restaurant)


async def by_raw_sql(firm: TestFirm, statement: str, *values: object) -> None:
    """What somebody could do who speaks to the database as the application."""
    async with DB.transaction():
        await show_scope(system_scope(firm.id))
        await connection().execute(statement, *values)


async def test_what_was_entered_cannot_be_written_over(firm: TestFirm) -> None:
    for statement in ("update core_client_fact set value = '1'", "delete from core_client_fact"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await by_raw_sql(firm, statement)


async def test_two_facts_of_one_day_are_never_in_force_together(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await use(Clients).record(firm.restaurant, NewFact(FactKind.SERVICE_PACKAGE, "甲", DAY))
    with pytest.raises(asyncpg.UniqueViolationError):
        await by_raw_sql(
            firm,
            """insert into core_client_fact (firm, client, kind, part, value, valid_from, source, standing, entered_at, entered_by_name,
                decided_by_name, reason, confirmed_by_name, objection, objected_by_name)
                select firm, client, kind, part, '"乙"', valid_from, source, standing, now(), '', '', '', '', '', ''
                from core_client_fact where client = $1 and kind = 'service_package'""",
            firm.restaurant,
        )


async def test_a_client_that_is_taken_on_brings_further_facts(firm: TestFirm) -> None:
    capital = NewFact(FactKind.REGISTERED_CAPITAL, 5_000_000_00, DAY)
    new = NewClient("新店", "91350100M000100Y43", TaxpayerKind.GENERAL, "restaurant", DAY, facts=(capital,))
    async with acting(firm, "owner"):
        client = await use(Clients).take_on(new)
    async with acting(firm, "accountant"):
        known = await use(Clients).profile(client)
        assert known.registered_capital is not None
        assert (known.registered_capital.value, known.registered_capital.standing) == (
            5_000_000_00,
            Standing.IN_FORCE,
        )


async def test_a_wrong_first_fact_leaves_no_client(firm: TestFirm) -> None:
    wrong = NewFact(FactKind.LEGAL_REPRESENTATIVE, " ", DAY)
    new = NewClient("新店", "91350100M000100Y43", TaxpayerKind.GENERAL, "restaurant", DAY, facts=(wrong,))
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"profile\.value_wrong"):
            await use(Clients).take_on(new)
        assert len(await use(Clients).clients()) == 2


async def test_the_columns_of_older_deployments_become_facts(
    firm: TestFirm, test_server: TestServer, database: str
) -> None:
    """What migration 0004 does to a client that was taken on before it, behind FORCE row-level security."""
    owner = await asyncpg.connect(test_server.owner(database))
    try:
        superuser = await asyncpg.connect(test_server.superuser(database))
        await superuser.execute("delete from core_client_fact")
        await superuser.close()
        await owner.execute("alter table core_client add taxpayer_kind varchar, add industry varchar")
        await owner.execute("alter table core_client no force row level security")
        await owner.execute("update core_client set taxpayer_kind = 'general', industry = 'software'")
        await owner.execute(MOVE)
    finally:
        await owner.close()
    async with acting(firm, "accountant"):
        for client in await use(Clients).clients():
            assert (client.taxpayer_kind, client.industry) == (TaxpayerKind.GENERAL, "software")
            known = (await use(Clients).profile(client.id)).taxpayer_kind
            assert known is not None
            assert known.valid_from == client.books_start
