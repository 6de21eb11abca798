"""LEDG-3: what is read is what is asked for: the vouchers of others cost a reader nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import asyncpg
import pytest

from core.tests.ledger.test_sums import random_vouchers
from zhangfang_core.database.engine import PortalConnection, connection
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

OTHERS = 1500
OWN = 40


def scans(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "Relation Name" in plan:
        yield plan
    for below in plan.get("Plans", ()):
        yield from scans(below)


def rows_read(plan: Mapping[str, Any]) -> float:
    """Rows that its scans took up, those thrown away included."""
    wasted = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(
        (scan["Actual Rows"] + sum(scan.get(key, 0) for key in wasted)) * scan["Actual Loops"] for scan in scans(plan)
    )


@pytest.fixture
async def filled(firm: TestFirm) -> TestFirm:
    async with acting(firm):
        await import_posted(firm.trading, random_vouchers(firm.trading, OTHERS, seed=3))
    async with acting(firm):
        await import_posted(firm.restaurant, random_vouchers(firm.restaurant, OWN, seed=4))
    async with acting(firm):
        await connection().execute("select 1")
    return firm


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Rows read by each query that the code under test makes, by PostgreSQL's own count."""
    found: list[float] = []
    fetch = PortalConnection.fetch

    async def explained(self: PortalConnection, query: str, *args: Any, **more: Any) -> Sequence[asyncpg.Record]:
        (row,) = await fetch(self, f"explain (analyze, format json) {query}", *args)
        found.append(rows_read(json.loads(row[0])[0]["Plan"]))
        return await fetch(self, query, *args, **more)

    monkeypatch.setattr(PortalConnection, "fetch", explained)
    return found


async def test_a_page_of_vouchers_reads_its_own_rows_only(filled: TestFirm, measured: list[float]) -> None:
    async with acting(filled):
        measured.clear()
        found = await use(Ledger).vouchers(filled.restaurant, limit=OWN)
        lines = sum(len(voucher.lines) for voucher in found)
    assert len(found) == OWN
    assert sum(measured) <= 4 * (lines + len(found))


async def test_a_page_walks_past_no_newer_vouchers_of_others(
    firm: TestFirm, database: str, test_server: TestServer, measured: list[float]
) -> None:
    """Whatever PostgreSQL knows of the tables: half of all vouchers are the client's, and the newer half is not."""
    for client in (firm.restaurant, firm.trading):
        async with acting(firm):
            await import_posted(client, random_vouchers(client, 10 * OWN, seed=client))
    superuser = await asyncpg.connect(test_server.superuser(database))
    try:
        await superuser.execute("analyze")
    finally:
        await superuser.close()
    async with acting(firm):
        measured.clear()
        found = await use(Ledger).vouchers(firm.restaurant, limit=10)
    assert len(found) == 10
    assert sum(measured) <= 4 * (sum(len(voucher.lines) for voucher in found) + len(found))


async def test_one_voucher_reads_its_own_rows_only(filled: TestFirm, measured: list[float]) -> None:
    async with acting(filled):
        (newest,) = await use(Ledger).vouchers(filled.restaurant, limit=1)
        measured.clear()
        found = await use(Ledger).voucher(newest.id)
    assert sum(measured) <= 4 * (len(found.lines) + 1)


async def test_entries_read_their_own_rows_only(filled: TestFirm, measured: list[float]) -> None:
    async with acting(filled):
        measured.clear()
        found = await use(Ledger).entries(filled.restaurant, "1002", Period(2025, 1), Period(2026, 12))
    assert found
    assert sum(measured) <= 4 * len(found) + OWN
