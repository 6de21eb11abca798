"""A client's chart of accounts, extended from outside its pages. Reading it is ``Ledger.accounts``."""

from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import Account


class Chart(Protocol):
    """Of the firm in scope, in the caller's transaction; a client out of scope is ``common.not_found``."""

    @needs("ledger.read")
    async def category_of(self, client: int, code: str) -> str | None:
        """The category that an account of the first level with this code has by the client's standard; None where it has none."""
        ...

    @needs("ledger.read")
    async def code_below(self, client: int, parent: str, wanted: str = "") -> str:
        """The code that a new account below ``parent`` would have: ``wanted`` where the rules allow it and it is free, else the first free one.

        Empty where there is no room. Raises Refusal ``ledger.account_unknown``.
        """
        ...

    @needs("ledger.draft")
    async def add(self, client: int, code: str, name: str, *, parent: str | None, normal_balance: str = "debit") -> Account:
        """A new account below ``parent``, or of the first level with ``normal_balance`` ("debit" or "credit"); needs ``ledger.draft``.

        Raises Refusal ``ledger.account_unknown``, ``ledger.account_code``, ``ledger.account_name``, ``ledger.account_taken``,
        ``ledger.account_retired``, and ``ledger.account_in_use`` where ``parent`` has entries: a person divides it on its page.
        """
        ...
