"""The portal as real processes on a fresh database, and a real Chromium in front of it."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules.switches import switch
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.processes import running_processes
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope

PASSWORD = "a long enough secret"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal with a firm, the boss and the driver of its restaurant, and an accountant who has both clients."""

    address: str
    made: TestFirm

    @property
    def firm(self) -> str:
        """Where pages of the firm stand."""
        return f"{self.address}/f/{self.made.id}"

    @property
    def client(self) -> str:
        """Where pages of the restaurant stand."""
        return f"{self.firm}/c/{self.made.restaurant}"


@pytest_asyncio.fixture(loop_scope="session")
async def portal(test_server: TestServer, database: str, firm: TestFirm, tmp_path: Path) -> AsyncIterator[Portal]:
    await _people(firm)
    async with acting(firm, "owner"):
        # No return of this firm was ever filed: each page would begin with the warning.
        await switch("risk_rules", on=False)
    dsn = test_server.addresses(database).application
    async with running_processes(dsn, tmp_path, "web", "worker") as running:
        yield Portal(running.address, firm)


@pytest_asyncio.fixture(loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ["ZHANGFANG_CHROMIUM"], args=ARGUMENTS)
        yield browser
        await browser.close()


async def _people(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        for login, role, client in (
            ("boss@test", "boss", firm.restaurant),
            ("driver@test", "driver", firm.restaurant),
            ("reviewer@test", "reviewer", None),
        ):
            await make_member(login=login, name=login.partition("@")[0], password=PASSWORD, role=role, client=client)
