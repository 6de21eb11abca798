"""Files that were brought into an account, and taking one back: a wrong file, or another client's."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_books.bank.accounts import hold
from zhangfang_books.bank.bringing import TOPIC
from zhangfang_books.bank.tables import BankAccount, BankFile, BankLineRow, BankMatch
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

MOST_SHOWN = 24


async def files_of(account: BankAccount) -> Sequence[BankFile]:
    """The newest MOST_SHOWN; of an account that a bank-feed vendor fetches none: what it told once it does not tell again."""
    if account.fetched_at is not None:
        return []
    files: Sequence[BankFile] = await (
        BankFile.objects().where(BankFile.client == account.client, BankFile.account == account.id)
        .order_by(BankFile.id, ascending=False).limit(MOST_SHOWN)
    )  # fmt: skip
    return files


async def take_back(account: BankAccount, file_id: int) -> int:
    """Take a file's lines out of the account, as if it had never come; how many they were. Needs ``bank.write``; on the trail.

    Raises Refusal ``common.not_found``, ``bank.file_fetched`` (409) where a bank-feed vendor fetches the account, ``bank.file_matched`` (409) while
    vouchers explain some of its lines.
    """
    require("bank.write")
    await hold(account.client)
    file = await BankFile.objects().where(BankFile.client == account.client, BankFile.account == account.id, BankFile.id == file_id).first()
    if file is None:
        raise not_found("导入的文件")
    if account.fetched_at is not None:
        raise Refusal("bank.file_fetched", "这个账户由银行自动取数,取来的流水不能撤回。", status=409)
    lines = await BankLineRow.select(BankLineRow.id).where(BankLineRow.file == file.id).output(as_list=True)
    matched = await BankMatch.select(BankMatch.line).where(BankMatch.line.is_in(lines)).output(as_list=True) if lines else []
    if matched:
        raise Refusal(
            "bank.file_matched", f"这个文件里有 {len(set(matched))} 笔流水已经对应了凭证,请先取消对应,再撤回文件。", status=409
        )  # fmt: skip
    await BankLineRow.delete().where(BankLineRow.file == file.id)
    await BankFile.delete().where(BankFile.id == file.id)
    await _tell_balance(account)
    use(Facts).tell("bank_lines_brought", [account.client])
    before = {"file": file.name, "sha256": file.sha256, "account": account.account, "lines": len(lines)}
    await use(Audit).record("books.bank_taken_back", f"books_bank_file:{file_id}", client=account.client, before=before)
    await use(Live).announce(TOPIC, account.client)
    return len(lines)


async def _tell_balance(account: BankAccount) -> None:
    """That after the last line which is left; None without one."""
    last = await (
        BankLineRow.objects().where(BankLineRow.account == account.id)
        .order_by(BankLineRow.date, BankLineRow.place, ascending=False).first()
    )  # fmt: skip
    account.balance = None if last is None else last.balance
    account.told_at = None if last is None or last.balance is None else last.told_at or dt.datetime.combine(last.date, dt.time(23, 59, 59), BUSINESS_TIME_ZONE)
    await account.save([BankAccount.balance, BankAccount.told_at])
