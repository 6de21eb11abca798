"""A year of a busy account: 50,000 lines, of which vouchers and open items explain some, are asked about within the bar."""

import asyncio
import datetime as dt
import resource
import time

from banking.test_accepting import PARTY, posted, stated
from zhangfang_books.bank.statements import StatementLine
from zhangfang_books.bank.suggesting import suggestions
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line

LINES, LONGEST_SECONDS, MOST_MEGABYTES = 50_000, 30.0, 600
BEGINS = dt.date(2026, 1, 1)


def told(n: int) -> StatementLine:
    """Every tenth names nobody, every hundredth is a fee; amounts come again and again."""
    party = "" if n % 10 == 0 else f"示例客户{n % 900:03d}有限公司"
    text = "手续费" if n % 100 == 0 else f"货款{n}"
    amount = -500 if n % 100 == 0 else (1 if n % 3 else -1) * (10_000 + n % 7_000 * 37)
    return StatementLine(n, BEGINS + dt.timedelta(days=n * 300 // LINES), None, amount, None, party, "", text, f"N{n}")


async def test_fifty_thousand_lines_are_asked_about(firm: TestFirm) -> None:
    account = await stated(firm, *(told(n) for n in range(1, LINES + 1)))
    for n in range(60):
        owed = Line("1122", "销售", debit=200_000 + n * 11, counterparty=PARTY)
        await posted(firm, owed, Line("5001", "销售", credit=200_000 + n * 11), day=BEGINS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longest, ended = 0.0, False

    async def others() -> None:
        """Somebody else's request in the same process."""
        nonlocal longest
        while not ended:
            since = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - since)

    waiting = asyncio.create_task(others())
    started = time.monotonic()
    async with scoped_transaction(system_scope(firm.id)):
        found = await suggestions(account)
    seconds = time.monotonic() - started
    ended = True
    await waiting
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{LINES} lines asked about in {seconds:.1f} s, {more:.0f} MB more, others waited {longest:.2f} s")  # noqa: T201  # measured
    fees = [each for each in found.suggestions if each.rule == "fee"]
    assert len(fees) == LINES // 100
    assert len(found.unknown) + sum(len(each.lines) for each in found.suggestions) == LINES
    assert seconds <= in_time(LONGEST_SECONDS)
    assert more <= MOST_MEGABYTES
