"""The bar of item 8: 20,000 vouchers within 20 s, the file read included (LEDG-3)."""

import time

from months.importing.bringing import REALLY, brought
from months.importing.files import excel, sale
from zhangfang_core.testing.tenants import TestFirm

VOUCHERS = 20_000
LONGEST_SECONDS = 20.0


async def test_twenty_thousand_vouchers(firm: TestFirm) -> None:
    content = excel([row for number in range(VOUCHERS) for row in sale(number + 1, 12.5)])
    started = time.monotonic()
    done = await brought(firm, firm.restaurant, content, REALLY, source=True)
    seconds = time.monotonic() - started
    print(f"{VOUCHERS} vouchers brought in within {seconds:.1f} s")  # noqa: T201  # a measured figure of the run
    assert done.brought == VOUCHERS
    assert seconds <= LONGEST_SECONDS
