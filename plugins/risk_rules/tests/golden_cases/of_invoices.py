"""Invoices: each rule fires, just does not, is not about the client, lacks something."""

import datetime as dt

from golden_cases.story import MONTH, SMALL, Party, Story, bought, sales, sold
from zhangfang_sdk.invoices import InvoiceState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind
from zhangfang_sdk.risk import Lacking, ListedSeller, NotApplicable

W = 10_000_00
NEAR = tuple(sold(95_000_00 + n) for n in range(5))
YOUNG = {FactKind.FOUNDED_ON: dt.date(2026, 5, 1)}
YEAR_BILLED = Story(sales(12, 10 * W), tuple(sold(10 * W, since=n) for n in range(12)), industry="restaurant")
LISTED = Party("宁波远航贸易有限公司", "91330203MA2TEXT77X")
LIST = {"risk_list": (ListedSeller(LISTED.name, LISTED.tax_id, "走逃失联", "测试名单"),)}
FROM_LISTED = bought(10 * W, party=LISTED)
LIKE = bought(10 * W, party=Party(LISTED.name, "91330203MA2TEXT99Y"))
MEAL = bought(1_000_00, "*餐饮服务*餐费", rate="6%", kind="数电专票")
RED = bought(10 * W, state=InvoiceState.RED)
LAST_YEAR = bought(W, since=10)
FIRST = bought(W, number="26332000000000000011")
RUN = tuple(bought(W + n, number=f"2633200000000000010{n}") for n in range(3))
OTHER_BUYER = Party("别家有限公司", "91330106MA2TEXT55N")
NOTHING_YET = Story(month=Period(2012, 9))

CASES = {
    "V06": {
        "fires": (Story(invoices=NEAR), [10_000]),
        "just not": (Story(invoices=NEAR[:4]), []),
        "not applicable": (Story(), NotApplicable),
    },
    "V07": {
        "fires": (Story(invoices=(sold(10 * W), sold(-2 * W))), [2000]),
        "just not": (Story(invoices=(sold(10 * W), sold(-W))), []),
        "not applicable": (Story(), NotApplicable),
    },
    "V08": {
        "fires": (Story(invoices=(*(sold(10 * W, since=n) for n in range(1, 7)), sold(70 * W))), [70_000]),
        "just not": (Story(invoices=(*(sold(10 * W, since=n) for n in range(1, 7)), sold(60 * W))), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(invoices=(sold(70 * W),)), Lacking),
        "months that were never brought in are no months of nothing": (Story(invoices=(sold(10 * W, since=1), sold(70 * W))), Lacking),
    },
    "V09": {
        "fires": (Story(invoices=(sold(101 * W),), facts=YOUNG), [101 * W]),
        "just not": (Story(invoices=(sold(100 * W),), facts=YOUNG), []),
        "not applicable": (Story(invoices=(sold(101 * W),), facts={FactKind.FOUNDED_ON: dt.date(2026, 3, 1)}), NotApplicable),
        "lacking": (Story(invoices=(sold(101 * W),)), Lacking),
    },
    "V11": {
        "fires": (YEAR_BILLED, [0]),
        "just not": (YEAR_BILLED.plus((MONTH.key, "1002", "5001", 1)), []),
        "not applicable": (YEAR_BILLED.but(industry="trading"), NotApplicable),
        "lacking": (YEAR_BILLED.but(invoices=()), Lacking),
        "not all of the year": (YEAR_BILLED.but(invoices=YEAR_BILLED.invoices[:3]), Lacking),
    },
    "V12": {
        "fires": (Story(sales(1, 9 * W), (sold(10 * W),)), [W]),
        "just not": (Story(sales(1, 10 * W - 100), (sold(10 * W),)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(sales(1, 9 * W)), Lacking),
    },
    "V15": {
        "fires": (Story(invoices=(MEAL,), more={"deducted": {MEAL.key: 60_00}}), [60_00]),
        "just not": (Story(invoices=(MEAL,)), []),
        "not applicable": (Story(invoices=(MEAL,), kind=SMALL), NotApplicable),
    },
    "V17": {
        "fires": (Story(invoices=(bought(6 * W, "*蔬菜*白菜"), bought(4 * W))), [6000]),
        "just not": (Story(invoices=(bought(5 * W, "*蔬菜*白菜"), bought(5 * W))), []),
        "not applicable": (Story(industry="restaurant"), NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "V30": {
        "fires": (Story(invoices=(FROM_LISTED,), more={**LIST, "deducted": {FROM_LISTED.key: 13_000_00}}), [113_000_00]),
        "a like name asks": (Story(invoices=(LIKE,), more=LIST), [113_000_00]),
        "just not": (Story(invoices=(bought(10 * W),), more=LIST), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "V31": {
        "fires": (Story(invoices=(RED,), more={"deducted": {RED.key: 13_000_00}}), [13_000_00]),
        "just not": (Story(invoices=(RED,)), []),
        "not applicable": (Story(kind=SMALL), NotApplicable),
    },
    "V32": {
        "fires": (Story(invoices=(sold(20 * W), bought(20 * W))), [20 * W]),
        "just not": (Story(invoices=(sold(20 * W), bought(19 * W))), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "G04": {
        "fires": (Story(invoices=(FIRST, bought(W))), [11_300_00]),
        "just not": (Story(invoices=(FIRST, bought(W + 1))), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "G05": {
        "fires": (Story(invoices=(bought(W, buyer=OTHER_BUYER),)), [11_300_00]),
        "just not": (Story(invoices=(bought(W),)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "G06": {
        "fires": (Story(invoices=(LAST_YEAR,)), [11_300_00]),
        "just not": (Story(invoices=(bought(W, since=8),)), []),
        "not applicable": (Story(month=Period(2026, 5), invoices=(LAST_YEAR,)), NotApplicable),
    },
    "G07": {
        "fires": (Story(invoices=RUN), [3]),
        "just not": (Story(invoices=RUN[:2]), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
}
