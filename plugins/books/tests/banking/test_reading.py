"""Statements as banks and wallets write them: the same two lines out of every form, and bad files with row and column (LEDG-4)."""

import datetime as dt

import pytest

from banking.drawing import (
    FILES,
    MT940,
    NUMBER,
    OFX,
    OWN,
    PARTY,
    Table,
    abc,
    alipay,
    alipay_bill,
    by_direction,
    ccb,
    csv,
    icbc,
    packed,
    wechat,
    xlsx,
)
from zhangfang_books.bank.files import UnderstoodFile, understood
from zhangfang_books.bank.statements import keys_of
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_sdk.errors import Refusal


async def reading(content: bytes, name: str = "流水.csv") -> UnderstoodFile:
    async with rows_of(content) as rows:
        return await understood(rows, name, {})


async def faults_of(table: Table) -> list[tuple[int, str, str]]:
    found = (await reading(xlsx(table))).read
    assert not found.clean
    return [(f.row, f.column, f.sentence) for f in found.faults]


@pytest.mark.parametrize("form", FILES)
async def test_every_form_gives_the_same_lines(form: str) -> None:
    read = (await reading(FILES[form])).read
    assert read.faults == []
    (statement,) = read.statements
    assert statement.number == OWN
    assert (statement.opening, statement.closing) == (1_000_000, 1_109_950)
    one, two = statement.lines
    assert (one.date, one.amount, two.date, two.amount) == (dt.date(2026, 3, 5), 113_000, dt.date(2026, 3, 6), -3_050)
    assert PARTY in one.counterparty + one.text
    if "MT940" not in form and "OFX" not in form:
        assert one.counterparty_number == NUMBER


@pytest.mark.parametrize(
    "written",
    ["20260305 10:11:12", "2026-03-05 10:11:12", "2026/3/5 10:11", "2026年3月5日", "2026.3.5", "46086", "46086.4244", "20260305101112"],
)
async def test_dates_in_any_form(written: str) -> None:
    (statement,) = (await reading(xlsx(ccb(times=(written, "2026-03-06"))))).read.statements
    assert statement.lines[0].date == dt.date(2026, 3, 5)


async def test_wallets() -> None:
    (of_wechat,) = (await reading(csv(wechat()), "微信支付账单.csv")).read.statements
    assert of_wechat.bank == "微信支付"
    assert [line.amount for line in of_wechat.lines] == [-1_200, 3_580, -50_000]
    bill = packed("账务明细.csv", csv(alipay(), "gbk"))
    (of_alipay,) = (await reading(bill, "支付宝.zip")).read.statements
    assert [(line.amount, line.balance) for line in of_alipay.lines] == [(3_580, 13_580), (-12, 13_568)]


async def test_what_another_purse_paid_is_no_line_of_the_wallet() -> None:
    """It stands in the statement of the bank's card; and money that goes on to another pocket of the same wallet neither comes nor goes."""
    by_card = ["2026-03-07 09:00:00", "商户消费", "丙示例店", "纸", "支出", "¥8.00", "示例银行(0011)", "支付成功", "W4\t", "/", "/"]
    (of_wechat,) = (await reading(csv([*wechat(), by_card]), "微信支付账单.csv")).read.statements
    assert sum(line.amount for line in of_wechat.lines) == -1_200 + 3_580 - 50_000
    assert of_wechat.left_out == {"用示例银行(0011)支付": 1}
    (of_alipay,) = (await reading(csv(alipay_bill(), "gbk"), "支付宝.csv")).read.statements
    assert [line.amount for line in of_alipay.lines] == [8_800, -3_000, -2_000]
    assert of_alipay.left_out == {"用花呗支付": 1, "不计收支": 2}


async def test_a_withdrawal_says_that_it_is_one() -> None:
    (of_wechat,) = (await reading(csv(wechat()), "微信支付账单.csv")).read.statements
    assert of_wechat.lines[-1].text.startswith("零钱提现")


async def test_what_is_wrong_is_named_by_row_and_column() -> None:
    gap = [list(row) for row in ccb()]
    gap[2][5] = "11,000.00"
    row, column, sentence = (await faults_of(gap))[0]
    assert (row, column) == (3, "F 列(余额)")
    assert "对不上" in sentence
    merged = [list(row) for row in ccb()]
    merged[2][2] = ""
    assert [(r, c) for r, c, s in await faults_of(merged)] == [(3, "C 列(交易时间)")]
    amount = [list(row) for row in icbc()]
    amount[2][5] = "一千"
    assert (await faults_of(amount))[0][:2] == (3, "F 列(转入金额)")
    foreign = [list(row) for row in ccb()]
    foreign[1][6] = "美元"
    assert (await faults_of(foreign))[0][:2] == (2, "G 列(币种)")
    rounded = [list(row) for row in ccb()]
    rounded[1][13] = "1.05E+19"
    assert (await faults_of(rounded))[0][:2] == (2, "N 列(账户明细编号-交易流水号)")
    cut = [*icbc(), ["2026-03-07 09:00:00", OWN, ""]]
    assert (await faults_of(cut))[0][0] == 5


async def test_totals_are_compared_and_are_no_lines() -> None:
    total = ["合计", "", "", "", "30.50", "1130.00", ""]
    (statement,) = (await reading(xlsx([*icbc(), total]))).read.statements
    assert (len(statement.lines), statement.totals) == (2, 1)
    ((row, column, sentence),) = await faults_of([*icbc(), [*total[:5], "1230.00", ""]])
    assert (row, column) == (5, "F 列(转入金额)")
    assert "少了或多了行" in sentence


async def test_opening_and_lines_must_be_the_closing() -> None:
    broken = MT940.replace("11099,50", "11099,00")
    read = (await reading(broken.encode())).read
    assert "相差 0.50" in read.faults[0].sentence


@pytest.mark.parametrize("content", [OFX[:-300].encode(), MT940[:-30].encode(), xlsx(abc())[:-400]])
async def test_a_file_that_ends_early_is_not_read(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        await reading(content)
    assert refused.value.code == "books.import_unreadable"


async def test_equal_lines_of_a_day_have_keys_of_their_own_and_the_same_in_any_order() -> None:
    row = ["2026.03.05", "贷", "10.00", "", NUMBER, PARTY, "餐费"]
    head = list(by_direction()[:2])
    (one,) = (await reading(xlsx([*head, row, row, row]))).read.statements
    (other,) = (await reading(csv([*head, row, row]))).read.statements
    assert len(set(keys_of(one.lines))) == 3
    assert set(keys_of(other.lines)) < set(keys_of(one.lines))


@pytest.mark.parametrize("kept", [8, 14, 24, 31, 36, 42])
async def test_a_file_that_breaks_off_within_its_last_line_is_refused(kept: int) -> None:
    """After the account, within the date, before the amount, within it, within the balance."""
    rows = [
        ["账号", "交易日期", "借方发生额", "贷方发生额", "余额", "摘要"],
        [OWN, "2026-03-05", "", "1130.00", "2130.00", "货款"],
        [OWN, "2026-03-06", "", "1000.00", "3130.00", "货款"],
    ]
    whole = csv(rows).decode()
    begins = whole.rindex(OWN)
    assert len(whole) - begins > kept
    read = (await reading(whole[: begins + kept].encode())).read
    assert not read.clean, (whole[begins : begins + kept], read.statements)
    assert read.faults[0].row == 3
