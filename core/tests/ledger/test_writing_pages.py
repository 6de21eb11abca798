"""填制凭证 and 凭证审核, asked as a browser without a script asks them (LEDG-1)."""

import datetime as dt
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use
from zhangfang_sdk.voucher_import import BROUGHT


async def person(firm: TestFirm, role: str, login: str) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        made = await make_member(login=f"{login}@test", name=login, password=OWNER_PASSWORD, role=role, client=None)
        await assign(made, (firm.restaurant, firm.trading))
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def writer(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    made = await person(firm, "accountant", "制单")
    async with portal.visitor(await session_for(made), f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="session")
async def reviewer(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    made = await person(firm, "admin", "审核")
    async with portal.visitor(await session_for(made), f"/f/{firm.id}") as visitor:
        yield visitor


def form(*lines: dict[str, str], date: dt.date | None = None, **head: str) -> dict[str, str]:
    cells = {f"{name}.{place}": text for place, line in enumerate(lines) for name, text in line.items()}
    return {"date": (date or today()).isoformat(), "word": "记", "version": "0", **cells, **head}


SALE = ({"summary": "卖货", "account": "1002", "debit": "1,060.00"}, {"account": "5001 主营业务收入", "credit": "="})


async def drafts(firm: TestFirm) -> list[VoucherDraft]:
    async with acting(firm, "owner"):
        return list(await use(Ledger).vouchers(firm.restaurant, state=VoucherState.DRAFT))  # type: ignore[arg-type]


async def test_a_voucher_is_written_without_a_script(writer: Visitor, firm: TestFirm) -> None:
    """Accounts by code, name or initials; "=" is what balances; the next page begins with its date and word."""
    lines = ({"summary": "存现", "account": "yhck", "debit": "100"}, {"account": "库存现金", "credit": "="})
    day = today().replace(day=1)
    answer = await writer.post("/vouchers/new", **form(*lines, date=day, then="next", word="收"))
    assert answer.status_code == 303, answer.text
    following = await writer.get(answer.headers["location"])
    assert "已保存草稿" in following.text
    assert f'value="{day.isoformat()}"' in following.text
    assert '<option value="收" selected>' in following.text
    (made,) = await drafts(firm)
    assert [(x.account, x.debit, x.credit) for x in made.lines] == [("1002", 10000, 0), ("1001", 0, 10000)]
    assert made.drafted_by == "制单"  # type: ignore[attr-defined]  # a Voucher


async def test_its_document_may_have_arrived_in_parts(writer: Visitor, firm: TestFirm) -> None:
    sent = str(id_in(await Sender(writer).sent(b"%PDF-1.4\n", "合同.pdf", part=4)))
    assert (await writer.post("/vouchers/new", **form(*SALE, upload=sent))).status_code == 303
    async with acting(firm, "owner"):
        (made,) = await use(Ledger).vouchers(firm.restaurant, state=VoucherState.DRAFT)
        assert made.document is not None
        assert (await use(Documents).document(made.document)).name == "合同.pdf"


@pytest.mark.parametrize(
    ("lines", "head", "field", "sentence"),
    [
        (SALE, {"word": "杂"}, "word", "没有凭证字"),
        (SALE, {"date": "2099-01-01"}, "date", "太远"),
        (SALE, {"date": "昨天"}, "date", "日期写法不对"),
        (({"account": "1002", "debit": "abc"},), {}, "debit.0", "看不懂"),
        (({"account": "9999", "debit": "1"},), {}, "account.0", "科目表里没有"),
        (({"account": "1122", "items": "没有的公司", "debit": "1"},), {}, "items.0", "没有“没有的公司”"),
        (({"account": "1002", "items": "甲", "debit": "1"},), {}, "items.0", "没有辅助核算"),
        ((SALE[0], {"account": "5001", "credit": "1"}), {}, "", "相差 1,059.00"),
        (({"account": "1405", "quantity": "1e9", "unit_price": "1e20"},), {}, "unit_price.0", "看不懂"),
        (({"account": "1405", "quantity": "9999999999999", "unit_price": "9999999999999"},), {}, "unit_price.0", "单价太大"),
        (({"account": "1405", "quantity": "nan", "unit_price": "2"},), {}, "quantity.0", "看不懂"),
        (({"account": "1405", "quantity": "1e-30", "debit": "2"},), {}, "quantity.0", "看不懂"),
        (({"account": "1405", "quantity": "2", "unit_price": "1e99999999"},), {}, "unit_price.0", "看不懂"),
    ],
)
async def test_what_is_refused_says_why_and_loses_nothing(
    writer: Visitor, firm: TestFirm, lines: tuple[dict[str, str], ...], head: dict[str, str], field: str, sentence: str
) -> None:
    answer = await writer.post("/vouchers/new", **{**form(*lines), **head})
    assert answer.status_code in (409, 422), answer.text
    assert sentence in answer.text
    for name, text in form(*lines).items():
        if "." in name:
            assert f'name="{name}"' in answer.text
            assert f'value="{text}"' in answer.text
    if field:
        at_fault = re.findall(r'name="([\w.]+)"[^>]*aria-invalid="true"', answer.text)
        assert at_fault == [field]
    assert await drafts(firm) == []


async def test_full_width_digits_are_digits(writer: Visitor, firm: TestFirm) -> None:
    lines = (
        {"summary": "购\x07货", "account": "1405", "quantity": "１０", "unit_price": "１．５"},
        {"account": "1002", "credit": "１５．００"},
    )
    answer = await writer.post("/vouchers/new", **form(*lines))
    assert answer.status_code == 303, answer.text
    (made,) = await drafts(firm)
    assert (made.lines[0].debit, made.lines[1].credit, made.lines[0].summary) == (1500, 1500, "购货")


async def test_a_closed_month_is_refused_and_odd_things_are_told(writer: Visitor, firm: TestFirm) -> None:
    async with acting(firm):
        await use(Ledger).close_period(firm.restaurant, (await _start()))
    closed = await writer.post("/vouchers/new", **form(*SALE, date=dt.date(2025, 1, 9)))
    assert closed.status_code == 409
    assert "2025年1月已经结账" in closed.text
    bare = ({"account": "1122", "debit": "5"}, {"account": "5001", "credit": "5"})
    told = await writer.post("/vouchers/check", **form(*bare, date=dt.date(2025, 2, 9)))
    for sentence in ("比今天早", "还没有别的凭证", "第 1 行没有摘要", "没有填客户"):
        assert sentence in told.text
    assert "已经结账" in (await writer.post("/vouchers/check", **form(*SALE, date=dt.date(2025, 1, 9)))).text
    assert await drafts(firm) == []


async def _start() -> object:
    from zhangfang_sdk.periods import Period

    return Period(2025, 1)


async def test_an_item_is_made_on_the_spot(writer: Visitor, firm: TestFirm) -> None:
    lines = (
        {"summary": "赊销", "account": "1122", "items": "乙公司", "debit": "8"},
        {"account": "5001", "credit": "8"},
    )
    answer = await writer.post("/vouchers/new", **form(*lines, make_items="1"))
    assert answer.status_code == 303, answer.text
    (made,) = await drafts(firm)
    async with acting(firm):
        (item,) = await use(Dimensions).items(firm.restaurant, DimensionKind.CUSTOMER)
    assert (item.name, item.code) == ("乙公司", "0001")
    assert made.lines[0].dimensions == {"customer": item.id}
    assert made.lines[0].counterparty == "乙公司"
    by_script = await writer.ask(
        "POST", "/vouchers/items", form={"kind": "customer", "name": "丙公司"}, headers={"accept": "application/json"}
    )
    assert by_script.json()["code"] == "0002"
    found = (await writer.ask("GET", "/vouchers/finder", headers={"accept": "application/json"})).json()
    assert ["1002", "银行存款", "yhck", [], [], False] in found["accounts"]
    by_code = {account[0]: account[1:3] for account in found["accounts"]}
    assert by_code["560205"] == ["管理费用-办公费", "bgf glfybgf"]
    assert ["乙公司", "ygs"] in [item[3:5] for item in found["items"]]


async def test_the_second_of_two_tabs_is_told_and_keeps_what_was_typed(writer: Visitor, firm: TestFirm) -> None:
    await writer.post("/vouchers/new", **form(*SALE))
    (made,) = await drafts(firm)
    page = f"/vouchers/{made.id}/edit"  # type: ignore[attr-defined]
    opened = (await writer.get(page)).text
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version is not None
    assert "1,060.00" in opened
    mine = form(
        {"summary": "改一", "account": "1002", "debit": "2"}, {"account": "5001", "credit": "2"}, version=version[1]
    )
    theirs = form(
        {"summary": "改二", "account": "1002", "debit": "3"}, {"account": "5001", "credit": "3"}, version=version[1]
    )
    assert (await writer.post(page, **mine)).status_code == 303
    second = await writer.post(page, **theirs)
    assert second.status_code == 409
    assert "又被改过" in second.text
    assert 'value="改二"' in second.text
    again = re.search(r'name="version" value="(\d+)"', second.text)
    assert again is not None
    assert (await writer.post(page, **{**theirs, "version": again[1]})).status_code == 303
    (kept,) = await drafts(firm)
    assert kept.summary == "改二"


async def test_a_voucher_is_copied_kept_as_template_and_written_from_it(writer: Visitor, firm: TestFirm) -> None:
    await writer.post("/vouchers/new", **form(*SALE))
    (made,) = await drafts(firm)
    copied = (await writer.get(f"/vouchers/new?copy={made.id}")).text  # type: ignore[attr-defined]
    assert "1002 银行存款" in copied
    assert 'name="version" value="0"' in copied
    for fields in ({"title": "卖货"}, {"title": "房租", "monthly": "1", "first": "2026-01", "last": "2026-12"}):
        answer = await writer.post(f"/vouchers/{made.id}/template", **fields)  # type: ignore[attr-defined]
        assert answer.status_code == 303, answer.text
    listed = (await writer.get("/vouchers/templates")).text
    assert "每月提出" in listed
    template = re.search(r"/vouchers/new\?template=(\d+)", listed)
    assert template is not None
    assert "1002 银行存款" in (await writer.get(f"/vouchers/new?template={template[1]}")).text
    async with acting(firm, "owner"):
        rows = await connection().fetch("select title, first, last from core_voucher_template order by title")
    assert [tuple(row) for row in rows] == [("卖货", 0, 0), ("房租", 202601, 202612)]
    await writer.post(f"/vouchers/templates/{template[1]}/stop")
    assert f"template={template[1]}" not in (await writer.get("/vouchers/templates")).text


async def test_the_reviewer_posts_one_hands_one_back_and_the_drafter_finds_it(
    writer: Visitor, reviewer: Visitor, firm: TestFirm
) -> None:
    for summary in ("第一张", "第二张"):
        await writer.post("/vouchers/new", **form({**SALE[0], "summary": summary}, SALE[1]))
    second, first = await drafts(firm)
    ids = [first.id, second.id]  # type: ignore[attr-defined]
    page = (await reviewer.get("/vouchers/review")).text
    for text in ("第一张", "第二张", "没有原始单据", "什么叫无误", "0 张无误的过账"):
        assert text in page
    assert (await reviewer.get("/badges")).json()["review"] == 1
    posted = await reviewer.post(f"/vouchers/review/{ids[0]}/post", version="7")
    assert posted.status_code == 409
    posted = await reviewer.post(f"/vouchers/review/{ids[0]}/post", version="1")
    assert posted.headers["location"].endswith(f"/vouchers/review?voucher={ids[1]}")
    back = await reviewer.post(f"/vouchers/review/{ids[1]}/return", reason="科目不对")
    assert back.status_code == 303
    waits = (await writer.ask("GET", "/waiting?whole=1", headers={"hx-request": "true"})).text
    assert "修改退回的凭证:第二张" in waits
    assert "科目不对" in waits
    assert "科目不对" in (await writer.get(f"/vouchers/{ids[1]}/edit")).text
    assert (await writer.get("/vouchers/review")).status_code == 200


async def test_the_firm_chooses_its_words(reviewer: Visitor, writer: Visitor, firm: TestFirm) -> None:
    assert (await reviewer.post("/settings/vouchers", words="记 现收、银付", clean_limit="5,000")).status_code == 303
    assert "现收" in (await writer.get("/vouchers/new")).text
    assert (await writer.post("/vouchers/new", **form(*SALE, word="现收"))).status_code == 303
    assert (await writer.post("/vouchers/new", **form(*SALE, word="转"))).status_code == 422
    for wrong in (
        {"words": "", "clean_limit": "1"},
        {"words": "记", "clean_limit": "x"},
        {"words": "记", "clean_limit": "-1"},
    ):
        assert (await reviewer.post("/settings/vouchers", **wrong)).status_code == 422
    assert (await writer.http.get(f"/f/{firm.id}/settings/vouchers")).status_code == 403


async def test_a_client_with_thousands_hides_no_other(
    reviewer: Visitor, firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says how many wait in all, and shows the oldest of each client."""
    monkeypatch.setattr("zhangfang_core.ledger.reviewing.waiting_vouchers.MOST", 3)
    async with acting(firm, "accountant"):
        for client, number in ((firm.restaurant, 5), (firm.trading, 2)):
            for place in range(number):
                lines = (Line("1002", "存", debit=place + 1), Line("1001", "存", credit=place + 1))
                await use(Ledger).draft(VoucherDraft(client, today(), f"存{client}-{place}", lines))
    page = (await reviewer.get("/vouchers/review")).text
    shown = re.findall(r"<b>存([0-9-]+)</b>", page)
    assert shown == [f"{firm.restaurant}-0", f"{firm.restaurant}-1", f"{firm.trading}-0"]
    assert "7 张" in page
    assert "先列出 3 张" in page


async def test_what_a_file_brought_in_posts_together_by_another_person(reviewer: Visitor, writer: Visitor, firm: TestFirm) -> None:
    """LEDG-3: without documents, once its sums were compared; a twin and what was written by hand are looked at alone."""
    def draft(amount: int, source: str) -> VoucherDraft:
        lines = (Line("1002", f"存{amount}", debit=amount), Line("1001", f"存{amount}", credit=amount))
        return VoucherDraft(firm.restaurant, today(), f"存{amount}", lines, source=source)

    amounts = [(n, BROUGHT) for n in range(1, 31)] + [(77, BROUGHT), (77, BROUGHT), (99, "manual")]
    async with acting(firm, "accountant"):
        made = [await use(Ledger).draft(draft(*each)) for each in amounts]
    place = f"/f/{firm.id}/c/{firm.restaurant}/vouchers/review"
    page = (await reviewer.http.get(place, headers={"accept": "text/html"})).text
    assert "导入的 30 张一起过账" in page
    assert "借方合计 4.65,先和原来的账核对" in page
    assert "一起过账" not in (await reviewer.get("/vouchers/review")).text, "of one client at a time"
    seen = [f"{voucher}.1" for voucher in made]
    answer = await reviewer.ask("POST", f"{place.removeprefix(f'/f/{firm.id}')}/brought", form={"seen": seen})  # type: ignore[dict-item]
    assert "过账了 30 张" in answer.text
    left = [v.summary for v in await drafts(firm)]
    assert sorted(left) == ["存77", "存77", "存99"]
