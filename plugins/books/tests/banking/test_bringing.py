"""Statements into a client's accounts: nothing twice, all or nothing, and how long a large one takes."""

import asyncio
import contextlib
import datetime as dt
import re
import time

import pytest

from banking.drawing import FILES, OWN, abc, by_direction, csv, wechat, xlsx
from zhangfang_books.bank.accounts import accounts_of, masked
from zhangfang_books.bank.bringing import BroughtFile, Chosen, bring_in
from zhangfang_books.bank.files import understood
from zhangfang_books.bank.tables import BankLineRow
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

LINES, LONGEST_SECONDS = 50_000, 30.0


async def brought(
    firm: TestFirm, content: bytes, account: str = "1002", *, really: bool = True, client: int | None = None, bank: str = "示例银行"
) -> BroughtFile:
    async with rows_of(content) as rows:
        read = (await understood(rows, "流水", {})).read
    chosen = {s.number: Chosen(account, bank) for s in read.statements}
    with in_scope(system_scope(firm.id)):
        return await bring_in(client or firm.trading, read, chosen, Source.of(content, "流水"), really=really)


async def kept(firm: TestFirm) -> list[BankLineRow]:
    async with scoped_transaction(system_scope(firm.id)):
        return await BankLineRow.objects().where(BankLineRow.client == firm.trading).order_by(BankLineRow.date)


async def test_lines_and_the_balance_with_its_hour(firm: TestFirm) -> None:
    tried = await brought(firm, FILES["建行 xlsx"], really=False)
    assert (tried.new, tried.brought, await kept(firm)) == (2, False, [])
    assert (await brought(firm, FILES["建行 xlsx"])).brought
    async with scoped_transaction(system_scope(firm.id)):
        (account,) = await accounts_of(firm.trading)
    assert (account.account, account.balance) == ("1002", 1_109_950)
    assert account.told_at == dt.datetime(2026, 3, 6, 9, tzinfo=BUSINESS_TIME_ZONE)
    assert masked(account.number) == "尾号 0011"


@pytest.mark.parametrize("form", ["建行 xlsx", "农行 xlsx", "OFX"])
async def test_the_same_line_never_twice(firm: TestFirm, form: str) -> None:
    assert (await brought(firm, FILES[form])).new == 2
    again = await brought(firm, FILES[form])
    assert (again.new, again.statements[0].known) == (0, 2)
    assert len(await kept(firm)) == 2


async def test_a_longer_file_adds_what_is_new_and_a_gap_is_named(firm: TestFirm) -> None:
    await brought(firm, xlsx(abc()))
    longer = [*abc()[:3], ["2026/3/7 9:00:00", "", "99.50", "11000.00", "", "", "", "费用", ""], *abc()[3:]]
    found = await brought(firm, xlsx(longer))
    assert (found.new, found.statements[0].known, found.statements[0].gap) == (1, 2, "")
    later = [*abc()[:3], ["2026/4/7 9:00:00", "", "1.00", "9999.00", "", "", "", "费用", ""]]
    assert "还缺一段" in (await brought(firm, xlsx(later))).statements[0].gap


async def test_nothing_is_written_of_a_file_with_a_fault(firm: TestFirm) -> None:
    bad = [list(row) for row in abc()]
    bad[3][2] = "三十"
    assert not (await brought(firm, xlsx(bad))).brought
    assert await kept(firm) == []


async def test_only_money_accounts(firm: TestFirm) -> None:
    with pytest.raises(Refusal) as refused:
        await brought(firm, xlsx(abc()), "1122")
    assert refused.value.code == "bank.not_a_money_account"


async def test_a_file_without_an_account_number_is_asked_about_but_in_the_account_of_its_bank(firm: TestFirm) -> None:
    """A wallet's bill came first: another bank's file that tells no number is not the wallet's."""
    assert (await brought(firm, csv(wechat()), "1012", bank="")).brought
    tried = await brought(firm, xlsx(abc()[2:]), "", bank="", really=False)
    assert (tried.lacking, tried.new) == (True, 0)
    with pytest.raises(Refusal, match="account_taken"):
        await brought(firm, xlsx([["农业银行账户明细"], *abc()[2:]]), "1012", bank="")
    again = await brought(firm, csv(wechat()), "", bank="", really=False)
    assert (again.lacking, again.new, again.statements[0].known) == (False, 0, 3)


async def test_a_file_without_number_and_bank_goes_on_where_the_last_one_ended(firm: TestFirm) -> None:
    await brought(firm, xlsx(abc()[2:]))
    later = [abc()[2], ["2026/4/7 9:00:00", "", "99.50", "11000.00", "", "", "", "费用", ""]]
    tried = await brought(firm, xlsx(later), "", bank="", really=False)
    assert (tried.lacking, tried.new) == (False, 1)
    elsewhere = [abc()[2], ["2026/4/7 9:00:00", "", "99.50", "500.00", "", "", "", "费用", ""]]
    assert (await brought(firm, xlsx(elsewhere), "", bank="", really=False)).lacking


async def test_what_a_person_says_of_the_balance_before_is_kept(firm: TestFirm, portal: Portal) -> None:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.trading}") as owner:
        upload = str(id_in(await Sender(owner).sent(csv(wechat()), "微信支付账单.csv", part=1000)))
        said = {"number:1": "", "account:1": "1012", "opening:1": "1000.00"}
        tried = (await owner.post("/books/bank/import", upload=upload, **said)).text
        fields = {name: value for name in ("number:1", "opening:1") for value in re.findall(rf'name="{name}"[^>]*value="([^"]*)"', tried)}
        assert fields["opening:1"] == "1000.00"
        await owner.post("/books/bank/import", upload=upload, really="1", **{**fields, "account:1": "1012"})
    async with scoped_transaction(system_scope(firm.id)):
        (account,) = await accounts_of(firm.trading)
    assert account.balance == 100_000 - 1_200 + 3_580 - 50_000


async def test_fifty_thousand_lines(firm: TestFirm) -> None:
    head, rows = by_direction()[:2], []
    balance = 0
    for n in range(LINES):
        balance += 100 + n
        day = dt.date(2025, 1, 1) + dt.timedelta(days=n * 300 // LINES)
        rows.append([str(day), "贷", f"{(100 + n) / 100:.2f}", f"{balance / 100:.2f}", OWN, f"客户{n % 900}", "货款"])
    content = csv([*head, *rows])
    started = time.monotonic()
    found = await brought(firm, content)
    seconds = time.monotonic() - started
    print(f"{found.new} lines brought in within {seconds:.1f} s")  # noqa: T201  # a measured figure of the run
    assert found.new == LINES
    assert seconds <= in_time(LONGEST_SECONDS)


@pytest.mark.parametrize("content", [b"", b"\r\n \t\n", b"\x00" * 4096])
async def test_an_empty_file_is_called_empty(firm: TestFirm, content: bytes) -> None:
    with pytest.raises(Refusal, match="import_empty"):
        await brought(firm, content)


async def test_control_characters_and_very_long_words_do_no_harm(firm: TestFirm) -> None:
    odd = [list(row) for row in abc()]
    odd[3][5], odd[3][7] = "甲\x01\x1b[31m" + "长" * 400, "费\u202e用" + "长" * 900
    assert (await brought(firm, csv(odd))).brought
    assert any(row.counterparty.startswith("甲") for row in await kept(firm))


async def test_two_who_bring_the_same_file_at_once_bring_it_once(firm: TestFirm) -> None:
    both = await asyncio.gather(brought(firm, xlsx(abc())), brought(firm, xlsx(abc())))
    assert sorted(each.new for each in both) == [0, 2]
    assert len(await kept(firm)) == 2
    async with scoped_transaction(system_scope(firm.id)):
        assert len(await accounts_of(firm.trading)) == 1


@pytest.mark.parametrize("kept_share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("form", sorted(FILES))
async def test_a_file_cut_in_the_middle_is_refused_or_reads_whole_lines(firm: TestFirm, form: str, kept_share: float) -> None:
    """A download that broke off: no line with half an amount, no server error."""
    whole = FILES[form]
    with contextlib.suppress(Refusal):
        await brought(firm, whole[: int(len(whole) * kept_share)])
    assert {row.amount for row in await kept(firm)} <= {113_000, -3_050}
