"""What keeps a waiting voucher from posting with the clean ones: each rule by itself, and the queue with real rows (LEDG-1)."""

import datetime as dt
from dataclasses import replace

import pytest

from zhangfang_core.ledger.accounts import change_account
from zhangfang_core.ledger.reviewing import waiting_vouchers as waiting
from zhangfang_core.ledger.reviewing.doubts import Known, doubts_of
from zhangfang_core.ledger.reviewing.pages import DOUBT_TITLES
from zhangfang_core.ledger.reviewing.posting_many import post_clean
from zhangfang_core.ledger.reviewing.waiting_vouchers import waiting_vouchers
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceState, Party
from zhangfang_sdk.ledger import Account, Ledger, Line, Voucher, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

DAY = dt.date(2026, 3, 9)
SELLER = "云山公司"


def account(code: str, **changes: object) -> Account:
    made = Account(code, f"科目{code}", f"科目{code}", None, "asset", "debit", True)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


ACCOUNTS = {
    a.code: a
    for a in (
        account("560205"),
        account("560299"),
        account("222105"),
        account("1002"),
        account("2202", open_items=True),
    )
}
LINES = (
    Line("560205", "纸", debit=10000),
    Line("222105", "税", debit=1300),
    Line("2202", "纸", credit=11300, counterparty=SELLER),
)
VOUCHER = Voucher(
    1, 1, Period(2026, 3), DAY, "记", None, "纸", VoucherKind.NORMAL, VoucherState.DRAFT, LINES, 11300, document=7
)
INVOICE = Invoice(
    1,
    1,
    InvoiceDirection.RECEIVED,
    InvoiceState.CHECKED,
    "数电专票",
    "26",
    DAY,
    Party(SELLER),
    Party("我们"),
    10000,
    1300,
    11300,
)
KNOWN = Known(ACCOUNTS, DAY, 1_000_000, invoice=INVOICE, booked=frozenset({"560205"}))


def test_a_clean_voucher_has_no_doubt() -> None:
    assert doubts_of(VOUCHER, KNOWN) == []


@pytest.mark.parametrize(
    ("code", "voucher", "known"),
    [
        ("account_gone", {}, {"accounts": {**ACCOUNTS, "560205": account("560205", retired=True)}}),
        ("account_gone", {}, {"accounts": {}}),
        ("closed", {}, {"closed": Period(2026, 3)}),
        ("own", {}, {"is_own": True}),
        ("returned", {"returned": "科目不对"}, {}),
        ("no_document", {"document": None}, {}),
        ("document_twice", {}, {"sharing": ("记-0001",)}),
        ("not_read", {}, {"invoice": None}),
        ("not_sure", {}, {"invoice": replace(INVOICE, state=InvoiceState.READ)}),
        ("amount_differs", {}, {"invoice": replace(INVOICE, total=11301)}),
        ("month_differs", {}, {"invoice": replace(INVOICE, issued_on=dt.date(2026, 2, 28))}),
        ("twin", {}, {"twins": ("草稿 #9",)}),
        ("party_new", {}, {"booked": None}),
        ("account_new", {}, {"booked": frozenset({"560299"})}),
        ("large", {}, {"limit": 11299}),
        ("far_date", {}, {"day": dt.date(2026, 8, 1)}),
        ("far_date", {}, {"day": dt.date(2026, 1, 1)}),
        ("lonely_month", {}, {"is_alone": True}),
        ("empty_summary", {"summary": "", "lines": (replace(LINES[0], summary=" "), *LINES[1:])}, {}),
        ("item_missing", {"lines": (*LINES[:2], replace(LINES[2], counterparty=""))}, {}),
    ],
)
def test_each_doubt(code: str, voucher: dict[str, object], known: dict[str, object]) -> None:
    changed = replace(VOUCHER, **voucher)  # type: ignore[arg-type]  # fields by name
    around = replace(KNOWN, **known)  # type: ignore[arg-type]  # fields by name
    found = doubts_of(changed, around)
    assert [doubt.code for doubt in found] == [code]
    assert found[0].code in DOUBT_TITLES
    assert found[0].sentence


def draft(client: int, amount: int, account: str = "560205", party: str = SELLER, day: dt.date = DAY) -> VoucherDraft:
    lines = (Line(account, "纸", debit=amount), Line("2202", "纸", credit=amount, counterparty=party))
    return VoucherDraft(client, day, "纸", lines, source="capture")


async def codes(firm: TestFirm, client: int | None = None) -> dict[int, set[str]]:
    async with acting(firm, "reviewer", user=None, name="审核") as scope:
        assert scope.may("ledger.post")
        return {w.voucher.id: {d.code for d in w.doubts} for w in await waiting_vouchers(client)}


async def test_the_queue_knows_what_stands_in_the_books(firm: TestFirm) -> None:
    """Twins among drafts and posted vouchers, the accounts of earlier months, months that nobody wrote in; each client its own."""
    async with acting(firm, name="制单"):
        ledger = use(Ledger)
        await ledger.post(await ledger.draft(draft(firm.restaurant, 500, day=dt.date(2026, 2, 3))))
        await ledger.post(await ledger.draft(draft(firm.restaurant, 700)))
        usual = await ledger.draft(draft(firm.restaurant, 600))
        other = await ledger.draft(draft(firm.restaurant, 601, account="560206"))
        posted_twin = await ledger.draft(draft(firm.restaurant, 700))
        twins = [await ledger.draft(draft(firm.restaurant, 900)) for _ in range(2)]
        stranger = await ledger.draft(draft(firm.restaurant, 800, party="生人"))
        neighbour = await ledger.draft(draft(firm.trading, 600))
        far = await ledger.draft(draft(firm.restaurant, 602, day=dt.date(2025, 7, 1)))
    found = {id_: sorted(some - {"no_document", "far_date"}) for id_, some in (await codes(firm)).items()}
    assert found == {
        usual: [],
        other: ["account_new"],
        posted_twin: ["twin"],
        **{twin: ["twin"] for twin in twins},
        stranger: ["party_new"],
        neighbour: ["lonely_month", "party_new"],
        far: ["lonely_month"],
    }
    assert neighbour not in await codes(firm, firm.restaurant)
    assert all("no_document" in some for some in (await codes(firm)).values())


async def test_what_fails_among_many_leaves_the_others_posted(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed since it was shown, and an account retired since: both named, neither posted; the third is."""
    monkeypatch.setattr(waiting, "doubts_of", lambda *_: [])
    async with acting(firm, name="制单"):
        good, changed, retired = [
            await use(Ledger).draft(draft(firm.restaurant, 100 + n, account=code))
            for n, code in enumerate(("560205", "560205", "560206"))
        ]
        await use(Ledger).redraft(changed, draft(firm.restaurant, 77))
        await change_account(firm.restaurant, "560206", retired=True)
    async with acting(firm, "reviewer", name="审核"):
        done = await post_clean(firm.restaurant, [(good, 1), (changed, 1), (retired, 1), (10**9, 1)])
    assert [v.label for v in done.posted] == ["记-0001"]
    assert {f.voucher.id: f.sentence[:11] for f in done.failed} == {
        changed: "这张凭证在您打开之后又",
        retired: "第 1 行的科目 56",
    }
    async with acting(firm, "owner"):
        assert [v.id for v in await use(Ledger).vouchers(firm.restaurant, state=VoucherState.DRAFT)] == [retired, changed]


async def test_many_in_one_go_names_what_is_not_posted(firm: TestFirm) -> None:
    async with acting(firm, name="制单"):
        made = [await use(Ledger).draft(draft(firm.restaurant, 100 + n)) for n in range(3)]
    async with acting(firm, "reviewer", name="审核"):
        done = await post_clean(None, [(id_, 1) for id_ in made])
    assert done.posted == ()
    assert [(f.voucher.id, bool(f.sentence)) for f in done.failed] == [(id_, True) for id_ in made]
