"""增值税: each rule fires, just does not, is not about the client, lacks something."""

from golden_cases.story import GENERAL, MONTH, SMALL, Story, back, bought, each, sales, sold, vat
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind
from zhangfang_sdk.risk import Lacking, NotApplicable

W = 10_000_00  # 万元
GEN = Story(sales(12, 10 * W))
QUARTER = {"reference": 300}
BEFORE = (*sales(3, 10 * W, 12), *vat(3, 3_000_00, 12))
SMALL_YEAR = Story(sales(12, 34 * W), kind=SMALL, industry="restaurant")
CARRIED = Story((("", "22210101", "2202", 5 * W), ("", "1405", "2202", 10 * W)))
JUST = Story(each(3, "1002", "5001", 29 * W, 0) + each(1, "1002", "5001", 29 * W, 3) + each(1, "1002", "5001", 29 * W, 6), kind=SMALL)


def quarters(*fen: int) -> Story:
    """Sales of the quarters that end with September, June, March."""
    return Story(tuple((back(3 * n), "1002", "5001", amount) for n, amount in enumerate(fen)), kind=SMALL)


CASES = {
    "V01": {
        "fires": (GEN.plus(*vat(12, 1_000_00)).but(limits=QUARTER), [100]),
        "just not": (GEN.plus(*vat(12, 2_100_00)).but(limits=QUARTER), []),
        "not applicable": (GEN.but(kind=SMALL, limits=QUARTER), NotApplicable),
        "lacking": (GEN.plus(*vat(12, 1_000_00)), Lacking),
    },
    "V02": {
        "fires": (Story((*BEFORE, *sales(3, 10 * W), *vat(3, 2_000_00))), [3333]),
        "from the amounts, not from rounded shares": (
            Story((*sales(1, 519_330_00, 12), *vat(1, 5_946_47, 12), *sales(1, 491_632_40), *vat(1, 2_287_61))), [5936],
        ),
        "just not": (Story((*BEFORE, *sales(3, 10 * W), *vat(3, 2_100_00))), []),
        "not applicable": (Story((*sales(3, 10 * W), *vat(3, 2_000_00))), NotApplicable),
        "lacking": (Story(BEFORE, starts=Period(2026, 3).first_day), Lacking),
    },
    "V03": {
        "fires": (Story((*BEFORE, *sales(3, 12 * W), *vat(3, 3_000_00))), [2000]),
        "just not": (Story((*BEFORE, *sales(3, 11 * W), *vat(3, 3_000_00))), []),
        "not applicable": (Story(sales(3, 12 * W)), NotApplicable),
        "lacking": (Story(BEFORE, starts=Period(2026, 3).first_day), Lacking),
    },
    "V16": {
        "fires": (Story(each(1, "22210101", "2202", 1_300_00), (sold(5 * W, rate="免税"),)), [5 * W]),
        "just not": (Story((*each(1, "22210101", "2202", 1_300_00), *each(1, "5401", "22210109", 1_00)), (sold(5 * W, rate="免税"),)), []),
        "not applicable": (Story(month=Period(2025, 12)), NotApplicable),
    },
    "V20": {
        "fires": (CARRIED, [5 * W]),
        "just not": (CARRIED.plus(("", "1405", "2202", 10 * W)), []),
        "not applicable": (CARRIED.but(kind=SMALL), NotApplicable),
        "lacking": (CARRIED.but(starts=Period(2026, 3).first_day), Lacking),
    },
    "V24": {
        "fires": (quarters(29 * W, 28 * W, 299_999_99), [29 * W]),
        "just not": (quarters(29 * W, 30 * W, 29 * W), []),
        "not applicable": (quarters(29 * W, 29 * W, 29 * W).but(kind=GENERAL), NotApplicable),
        "lacking": (quarters(29 * W).but(starts=Period(2026, 7).first_day), Lacking),
    },
    "V25": {
        "fires": (quarters(30 * W), [3_000_00]),
        "just not": (quarters(299_999_99), []),
        "taxed": (quarters(30 * W).plus((MONTH.key, "1002", "222101", 3_000_00)), []),
        "not applicable": (quarters(30 * W).but(kind=GENERAL), NotApplicable),
        "lacking": (Story(kind=SMALL), Lacking),
    },
    "V25N": {
        "fires": (quarters(28 * W), [28 * W]),
        "reached": (quarters(30 * W), [30 * W]),
        "just not": (quarters(279_999_99), []),
        "not applicable": (quarters(30 * W, 40 * W, 40 * W), NotApplicable),
    },
    "V26": {
        "fires": (SMALL_YEAR, [408 * W]),
        "just not": (SMALL_YEAR.but(posts=sales(12, 333_333_25)), []),
        "the month before": (SMALL_YEAR.but(posts=sales(12, 34 * W, 1)), [408 * W]),
        "not applicable": (SMALL_YEAR.but(kind=GENERAL), NotApplicable),
        "lacking": (Story(kind=SMALL, starts=Period(2026, 9).first_day), Lacking),
    },
    "V28": {
        "fires": (Story(sales(1, W, 3)), [3]),
        "just not": (Story(sales(1, W, 2)), []),
        "not applicable": (Story(month=Period(2012, 9)), NotApplicable),
        "lacking": (Story(starts=Period(2026, 9).first_day), Lacking),
    },
    "V29": {
        "fires": (Story(each(1, "1002", "224104", 5 * W)), [5 * W]),
        "just not": (Story(each(1, "1002", "224104", 1_000_00)), []),
        "not applicable": (Story(sales(1, W)), NotApplicable),
        "lacking": (Story(starts=Period(2026, 9).first_day), Lacking),
    },
    "V18": {
        "fires": (GEN.plus(*each(12, "560104", "1002", 20_000_00)), [2000]),
        "just not": (GEN.plus(*each(12, "560104", "1002", 15_000_00)), []),
        "not applicable": (Story(), NotApplicable),
    },
    "V35": {
        "fires": (
            Story((*sales(3, 10 * W, 12), *sales(3, 20 * W), *each(3, "560201", "221101", W, 12), *each(3, "560201", "221101", W)), industry="manufacturing"),
            [10_000],
        ),
        "just not": (
            Story((*sales(3, 10 * W, 12), *sales(3, 13 * W), *each(3, "560201", "221101", W, 12), *each(3, "560201", "221101", W)), industry="manufacturing"),
            [],
        ),
        "not applicable": (Story(), NotApplicable),
        "lacking": (Story(industry="manufacturing", starts=Period(2026, 3).first_day), Lacking),
    },
}

SCOPE = {FactKind.BUSINESS_SCOPE: "一般项目:家具销售;家居用品销售。"}
USUAL = (sold(90 * W), bought(80 * W))
CONSULTING = "*鉴证咨询服务*咨询服务费"

CASES |= {
    "V22": {
        "fires": (Story(invoices=(sold(89 * W), sold(11 * W, CONSULTING, rate="6%")), facts=SCOPE), [1100]),
        "just not": (Story(invoices=(sold(90 * W), sold(9 * W, CONSULTING, rate="6%")), facts=SCOPE), []),
        "no word for it": (Story(invoices=(sold(90 * W), sold(50 * W, "*未分类*杂项")), facts=SCOPE), []),
        "not applicable": (Story(month=Period(2012, 9), facts=SCOPE), NotApplicable),
        "lacking": (Story(invoices=USUAL), Lacking),
    },
    "V23": {
        "fires": (Story(invoices=(sold(75 * W), sold(25 * W, CONSULTING, rate="6%"))), [2500]),
        "just not": (Story(invoices=(sold(80 * W), sold(20 * W, CONSULTING, rate="6%"))), []),
        "not applicable": (Story(invoices=USUAL, industry="services"), NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "V04": {
        "fires": (Story(invoices=(*USUAL, sold(60 * W, "*水泥*普通水泥"))), [4000]),
        "just not": (Story(invoices=(*USUAL, sold(30 * W, "*水泥*普通水泥"))), []),
        "not applicable": (Story(invoices=USUAL, industry="restaurant"), NotApplicable),
        "lacking": (Story(invoices=(sold(60 * W),)), Lacking),
    },
    "V05": {
        "fires": (Story(invoices=(*USUAL, bought(40 * W, "*水泥*普通水泥"))), [3333]),
        "just not": (Story(invoices=(*USUAL, bought(20 * W, "*水泥*普通水泥"))), []),
        "not applicable": (Story(invoices=USUAL, kind=SMALL), NotApplicable),
        "lacking": (Story(invoices=(bought(40 * W),)), Lacking),
    },
}
