"""A client's bank accounts and the accounts of the ledger that they are."""

from collections.abc import Sequence

from zhangfang_books.bank.matching.names import core_of
from zhangfang_books.bank.tables import BankAccount
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account, Ledger

MONEY = ("1002", "1012")
"""银行存款 and 其他货币资金 (where wallets are), the same code in both standards."""
SHOWN_DIGITS = 4
LEAST_OF_A_NAME = 4


class Lacking(LookupError):
    """Nobody said yet which account of the ledger a statement is of."""


async def accounts_of(client: int) -> Sequence[BankAccount]:
    return await BankAccount.objects().where(BankAccount.client == client).order_by(BankAccount.account, BankAccount.id)


async def account_of(client: int, account_id: int) -> BankAccount:
    """Raises Refusal ``common.not_found``."""
    found = await BankAccount.objects().where(BankAccount.client == client, BankAccount.id == account_id).first()
    if found is None:
        raise not_found("银行账户")
    return found


async def hold(client: int) -> None:
    """Whoever explains lines of the client's accounts goes alone until the transaction ends: two who take one line would explain it twice."""
    await BankAccount.select(BankAccount.id).where(BankAccount.client == client).order_by(BankAccount.id).lock_rows("UPDATE")


async def account_for(client: int, number: str, code: str, bank: str) -> BankAccount:
    """The account with the bank's ``number``; else that of the ledger's ``code``, new where it has none. It stays locked until the transaction ends.

    Raises Lacking, Refusal ``bank.not_a_money_account``, ``bank.account_taken`` where files without a number would mix two banks in one account.
    """
    known = await BankAccount.objects().where(
        BankAccount.client == client, BankAccount.number == number
    ).order_by(BankAccount.id).lock_rows("UPDATE")  # fmt: skip
    if not number and code and not known:
        # A file that tells no number is of the one account that the ledger's is, whatever told that number.
        known = await BankAccount.objects().where(
            BankAccount.client == client, BankAccount.account == code
        ).order_by(BankAccount.id).lock_rows("UPDATE")  # fmt: skip
        known = known if len(known) == 1 else []
    of_code = [account for account in known if not code or account.account == code]
    if len(known) == 1 and number:
        return known[0]
    if not code:
        raise Lacking(number)
    if of_code:
        if not number and bank and of_code[0].bank not in ("", bank):
            sentence = f"科目 {code} 已经是{of_code[0].bank}的账户,文件是{bank}的:请选择另一个末级科目,没有的话先增加明细科目。"
            raise Refusal("bank.account_taken", sentence, status=409, field="account")
        return of_code[0]
    if code not in {a.code for a in await money_accounts(client)}:
        raise Refusal("bank.not_a_money_account", "请选择银行存款或其他货币资金下的一个末级科目。", field="account")
    row = BankAccount(client=client, account=code, bank=bank[:60], number=number)
    made = await BankAccount.insert(row).on_conflict(action="DO NOTHING").returning(BankAccount.id)
    if made:
        after: dict[str, object] = {"account": code, "bank": bank[:60], "number": masked(number)}
        await use(Audit).record("books.bank_account", f"books_bank_account:{made[0]['id']}", client=client, after=after)
    # Where somebody else made it in the meantime, it is theirs that is locked here.
    same = (BankAccount.client == client) & (BankAccount.number == number) & (BankAccount.account == code)
    return (await BankAccount.objects().where(same).lock_rows("UPDATE"))[0]


async def foreign_to(client: int, number: str, holder: str) -> str:
    """What speaks against a statement's being of this client: its holder has another name; "" where nothing does, or somebody took the number before.

    Raises Refusal ``bank.another_clients`` for the number of another client's account.
    """
    if number and "*" not in number:
        with_number = BankAccount.select(BankAccount.client).where(BankAccount.number == number)
        holders = set(await with_number.output(as_list=True))
        if client in holders:
            return ""
        if holders:
            sentence = f"账号{masked(number)}是另一家客户的银行账户,没有写入任何流水。请核对是不是传错了企业。"
            raise Refusal("bank.another_clients", sentence, status=409, field="file")
    own = (await use(Clients).client(client)).name
    if not holder or _same_name(holder, own):
        return ""
    return f"文件里的户名是“{holder[:40]}”,不是{own}:请核对是不是传错了企业。"


def _same_name(one: str, other: str) -> bool:
    """But for the legal form, or cut short."""
    a, b = core_of(one), core_of(other)
    return a == b or (min(len(a), len(b)) >= LEAST_OF_A_NAME and (a in b or b in a))


async def money_accounts(client: int) -> Sequence[Account]:
    """The ledger's leaf accounts that a bank account may be."""
    found = await use(Ledger).accounts(client)
    return [a for a in found if a.is_leaf and not a.retired and a.code.startswith(MONEY)]


def masked(number: str) -> str:
    """A bank's number as people see it: the last four digits."""
    return f"尾号 {number[-SHOWN_DIGITS:]}" if len(number) > SHOWN_DIGITS else number


def called(account: BankAccount) -> str:
    """An account's name for people."""
    return " ".join(text for text in (account.bank or "银行账户", masked(account.number)) if text)
