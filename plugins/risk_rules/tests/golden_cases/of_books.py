"""Income tax, balances, duties: each rule fires, just does not, is not about the client, lacks something."""

import datetime as dt

from golden_cases.story import MONTH, OWNER, Story, each, sales
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.ledger import LedgerEntry, PartyBalance
from zhangfang_sdk.open_items import OpenItem
from zhangfang_sdk.payrolls import PayrollStep, PayrollTotals
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, QuarterEnds
from zhangfang_sdk.risk import Lacking, NotApplicable
from zhangfang_sdk.tax_figures import Tax

W = 10_000_00
LATE = dt.date(2026, 3, 1)
NOTHING_YET = Story(month=Period(2012, 9))
YEAR = Story(sales(12, 10 * W))
THREE = (*sales(3, 10 * W), *sales(3, 10 * W, 12))
COST_BEFORE = each(3, "5401", "1405", 8 * W, 12)


def cost(fen: int) -> Story:
    return Story((*THREE, *COST_BEFORE, *each(3, "5401", "1405", fen)))


def owed(day: dt.date, fen: int) -> dict[str, object]:
    role = "receivable" if fen > 0 else "payable"
    return {"dues": {role: [OpenItem(1, 7, "记-0001", day, None, "1122", None, "青禾商贸", fen, fen)]}}


def lent(now: int, then: int, party: str = OWNER) -> dict[str, object]:
    ends = ((Period(2025, 12), then), (MONTH, now))
    return {"parties": [PartyBalance("1221", party, until, fen) for until, fen in ends if fen]}


def from_till(fen: int) -> dict[str, object]:
    return {"cash_entries": [LedgerEntry(7, "记-0001", dt.date(2026, 9, 5), "付货款", "1001", 0, fen, "", None)]}


def filing(step: FilingStep) -> dict[str, object]:
    return {"filings": [Filing(5, 1, Tax.VAT, Period(2026, 7), Period(2026, 7), dt.date(2026, 8, 17), step, 1_000_00)]}


def payroll(gross: int) -> dict[str, object]:
    return {"payrolls": {MONTH: PayrollTotals(1, MONTH, PayrollStep.CONFIRMED, 5, gross, 0, 0, gross)}}


WAGES = (*each(3, "560201", "221101", 10 * W, 1), *each(3, "221101", "224101", 5_250_00))
OWNED = {FactKind.LEGAL_REPRESENTATIVE: OWNER}
LOSSES = {2023: W, 2024: W, 2025: W}
CAPITAL = {FactKind.REGISTERED_CAPITAL: 100 * W, FactKind.FOUNDED_ON: dt.date(2020, 1, 1)}
DUE = {FactKind.REGISTERED_CAPITAL: 100 * W, FactKind.FOUNDED_ON: dt.date(2024, 8, 1)}

CASES = {
    "C01": {
        "fires": (YEAR.plus(*each(4, "5801", "222113", 3_000_00)).but(limits={"reference": 200}), [100]),
        "just not": (YEAR.plus(*each(4, "5801", "222113", 4_200_00)).but(limits={"reference": 200}), []),
        "not applicable": (Story(limits={"reference": 200}), NotApplicable),
        "lacking": (YEAR, Lacking),
    },
    "C02": {
        "fires": (cost(11 * W), [-1000]),
        "moved": (cost(9 * W + 100_00), [1010]),
        "just not": (cost(9 * W), []),
        "not applicable": (Story(), NotApplicable),
        "lacking": (Story(THREE), Lacking),
    },
    "C03": {
        "fires": (Story((*THREE, *each(3, "560205", "1002", W, 12), *each(3, "560205", "1002", 14_000_00))), [4000]),
        "from the amounts, not from rounded shares": (
            Story((*THREE, *each(3, "560205", "1002", 124_00, 12), *each(3, "560205", "1002", 186_00))), [5000],
        ),
        "just not": (Story((*THREE, *each(3, "560205", "1002", W, 12), *each(3, "560205", "1002", 13_000_00))), []),
        "not applicable": (Story(THREE), NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C04": {
        "fires": (Story((*sales(3, 11 * W), *sales(3, 10 * W, 12), *COST_BEFORE, *each(3, "5401", "1405", 9 * W))), [12_500]),
        "just not": (Story((*sales(3, 11 * W), *sales(3, 10 * W, 12), *COST_BEFORE, *each(3, "5401", "1405", 8 * W + 960_00 * 10))), []),
        "not applicable": (Story(THREE), NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C05": {
        "fires": (Story(each(1, "5401", "1405", W)), [-W]),
        "just not": (Story((("", "1405", "2202", W + 1), *each(1, "5401", "1405", W))), []),
        "not applicable": (Story(), NotApplicable),
    },
    "C06": {
        "fires": (Story((("", "1405", "2202", 25 * W), *each(12, "5401", "1405", W))), [13]),
        "just not": (Story((("", "1405", "2202", 24 * W), *each(12, "5401", "1405", W))), []),
        "not applicable": (Story(industry="software"), NotApplicable),
        "lacking": (Story((("", "1405", "2202", 25 * W),)), Lacking),
    },
    "C09": {
        "fires": (Story((*sales(9, 100 * W), *each(1, "560202", "1002", W))), [4_000_00]),
        "just not": (Story((*sales(9, 100 * W), *each(1, "560202", "1002", W))).but(limits={"part": 10_000}), []),
        "not applicable": (YEAR, NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C10": {
        "fires": (Story((*sales(9, W), *each(1, "560102", "1002", 13_501_00))), [1_00]),
        "just not": (Story((*sales(9, W), *each(1, "560102", "1002", 13_500_00))), []),
        "not applicable": (YEAR, NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C11": {
        "fires": (Story((*each(9, "560201", "221101", W), *each(1, "560211", "1002", 12_601_00))), [1_00]),
        "just not": (Story((*each(9, "560201", "221101", W), *each(1, "560211", "1002", 12_600_00))), []),
        "not applicable": (YEAR, NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C12": {
        "fires": (Story(sales(9, 30 * W)), [270 * W]),
        "just not": (Story((*sales(9, 30 * W), *each(1, "560205", "1002", 1))), []),
        "people": (Story(facts={FactKind.EMPLOYEES: QuarterEnds(270, 280)}), [275]),
        "not applicable": (Story(month=Period(2022, 9)), NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "C13": {
        "fires": (Story((*sales(3, 12 * W), *sales(3, 10 * W, 12)), more={"losses": LOSSES}), [2000]),
        "just not": (Story((*sales(3, 12 * W), *sales(3, 10 * W, 12)), more={"losses": {2024: W, 2025: W}}), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "C14": {
        "fires": (Story(each(1, "560204", "1002", W)), [W]),
        "just not": (Story(each(1, "560205", "1002", W)), []),
        "not applicable": (Story(each(1, "560204", "1002", W), industry="software"), NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "B00": {
        "fires": (Story(each(1, "560205", "1002", 1)), [-1]),
        "just not": (Story(each(1, "560205", "1001", 1)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "B07": {
        "fires": (Story(each(1, "560205", "1001", 1)), [-1]),
        "large": (Story(each(1, "1001", "1002", 5 * W + 1)), [5 * W + 1]),
        "just not": (Story(each(1, "1001", "1002", 5 * W)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "B08": {
        "fires": (Story(each(1, "2202", "1001", 5 * W), more=from_till(5 * W)), [5 * W]),
        "just not": (Story(each(1, "2202", "1001", 5 * W - 1), more=from_till(5 * W - 1)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
    },
    "B01": {
        "fires": (Story(facts=OWNED, more=lent(5 * W, 3 * W)), [3 * W]),
        "just not": (Story(facts=OWNED, more=lent(5 * W, 0)), []),
        "named with what they are": (Story(facts=OWNED, more=lent(5 * W, 3 * W, f"股东{OWNER}(个人)")), [3 * W]),
        "a longer name is somebody else's": (Story(facts=OWNED, more=lent(5 * W, 3 * W, f"{OWNER}华")), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "B02": {
        "fires": (Story((("", "1002", "224104", 51 * W), ("", "1002", "3001", 49 * W))), [5100]),
        "just not": (Story((("", "1002", "224104", 50 * W), ("", "1002", "3001", 50 * W))), []),
        "held for others": (Story((("", "1002", "224101", 60 * W), ("", "1002", "3001", 40 * W))), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "B03": {
        "fires": (YEAR.plus(("", "1002", "2203", 25 * W)), [2083]),
        "just not": (YEAR.plus(("", "1002", "2203", 24 * W)), []),
        "not applicable": (YEAR, NotApplicable),
        "lacking": (Story(starts=LATE), Lacking),
    },
    "B04": {
        "fires": (Story(more=owed(dt.date(2023, 9, 30), W)), [W]),
        "just not": (Story(more=owed(dt.date(2023, 10, 1), W)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "B05": {
        "fires": (Story(more=owed(dt.date(2023, 9, 30), -W)), [W]),
        "just not": (Story(more=owed(dt.date(2023, 10, 1), -W)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "B09": {
        "fires": (Story(more={"unexplained": (W, 5_00)}), [W + 5_00]),
        "just not": (Story(more={"unexplained": (0, 0)}), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "H01": {
        "fires": (Story(each(1, "560201", "221101", W), more=payroll(W + 1_01)), [1_01]),
        "just not": (Story(each(1, "560201", "221101", W), more=payroll(W + 1_00)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(each(1, "560201", "221101", W)), Lacking),
    },
    "H02": {
        "fires": (Story(WAGES), [5000]),
        "just not": (Story((*WAGES, *each(3, "221101", "224101", 1_050_00))), []),
        "not applicable": (Story(), NotApplicable),
        "lacking": (Story(each(3, "560201", "221101", 10 * W, 1)), Lacking),
    },
    "H05": {
        "fires": (Story(sales(3, W)), [3 * W]),
        "just not": (Story((*sales(3, W), *each(1, "560201", "221101", 1))), []),
        "not applicable": (Story(), NotApplicable),
        "lacking": (Story(starts=dt.date(2026, 9, 1)), Lacking),
    },
    "G03": {
        "fires": (Story((("", "1002", "3001", 40 * W),), facts=DUE, limits={"days": 1100}), [60 * W]),
        "just not": (Story((("", "1002", "3001", 40 * W),), facts=CAPITAL), []),
        "not applicable": (Story((("", "1002", "3001", 100 * W),), facts=CAPITAL), NotApplicable),
        "lacking": (Story(), Lacking),
    },
    "G08": {
        "fires": (Story(more=filing(FilingStep.FIGURES)), [44]),
        "just not": (Story(more=filing(FilingStep.FILED)), []),
        "not applicable": (NOTHING_YET, NotApplicable),
        "lacking": (Story(), Lacking),
    },
}
