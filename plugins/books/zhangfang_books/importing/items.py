"""What a file's lines name → the client's dimension items, made where that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.importing.outcome import FileLine, FileVoucher, Named, Outcome
from zhangfang_sdk import use
from zhangfang_sdk.dimensions import DimensionItem, Dimensions
from zhangfang_sdk.ledger import Account, DimensionKind, Line

_PARTIES = (DimensionKind.CUSTOMER.value, DimensionKind.SUPPLIER.value)
_AS_TEXT = ("", *_PARTIES, DimensionKind.EMPLOYEE.value)
TITLES = {
    "": "往来单位",
    "customer": "客户",
    "supplier": "供应商",
    "department": "部门",
    "project": "项目",
    "employee": "职员",
    "stock": "存货",
}


@dataclass(slots=True)
class Directory:
    """The client's items by kind and by code or name, retired ones left out; one that was merged means the other."""

    client: int
    accounts: Mapping[str, Account]
    _by_text: dict[tuple[str, str], DimensionItem] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def read(cls, client: int, accounts: Mapping[str, Account]) -> "Directory":
        directory = cls(client, accounts)
        items = {item.id: item for item in await use(Dimensions).items(client)}
        for item in items.values():
            directory._codes[item.kind] = directory._codes.get(item.kind, 0) + 1
            stands_for = items[item.merged_into or item.id]
            if not stands_for.retired:
                directory._know(item, stands_for)
        return directory

    def _know(self, item: DimensionItem, stands_for: DimensionItem) -> None:
        self._by_text.setdefault((item.kind, item.code), stands_for)
        self._by_text[item.kind, item.name] = stands_for

    def find(self, named: Named) -> DimensionItem | None:
        for text in (named.name, named.code):
            if text and (item := self._by_text.get((named.kind, text))) is not None:
                return item
        return None

    def offered(self, account: str, named: Named) -> Named | None:
        """``named`` with the kind that the account takes it as; None when it takes none."""
        kinds = self.accounts[account].dimensions
        if named.kind in kinds:
            return named
        if named.kind in ("", *_PARTIES):
            kind = next((kind for kind in _PARTIES if kind in kinds), None)
            return None if kind is None else Named(kind, named.code, named.name)
        return None

    async def make(self, named: Named) -> DimensionItem:
        """Raises what ``Dimensions.add`` raises."""
        code = named.code
        while not code or (named.kind, code) in self._by_text:
            self._codes[named.kind] = self._codes.get(named.kind, 0) + 1
            code = f"{self._codes[named.kind]:04d}"
        item = await use(Dimensions).add(self.client, DimensionKind(named.kind), code, named.name or named.code)
        self._know(item, item)
        return item

    def line(self, line: FileLine, outcome: Outcome) -> Line:
        """As it goes into the books; what no item says stays as the counterparty's text or is named as lost."""
        items: dict[str, int] = {}
        text = ""
        for named in line.named:
            wanted = self.offered(line.account, named)
            item = None if wanted is None else self.find(wanted)
            if item is not None:
                items.setdefault(item.kind.value, item.id)
                text = text or (item.name if item.kind in _PARTIES else "")
            elif named.kind in _AS_TEXT:
                text = text or (named.name or named.code)
            elif wanted is None:
                outcome.lose(f"科目 {line.account} 没有设置{TITLES[named.kind]}核算")
            else:
                outcome.lose(f"{TITLES[named.kind]}没有对应的项目")
        return Line(line.account, line.summary, line.debit, line.credit, text[:120], items, line.quantity, line.price)


def unknown_items(vouchers: Sequence[FileVoucher], directory: Directory) -> dict[Named, int]:
    """What the lines name and the accounts take, without an item → lines."""
    found: dict[Named, int] = {}
    for voucher in vouchers:
        for line in voucher.lines:
            for named in line.named:
                wanted = directory.offered(line.account, named)
                if wanted is not None and directory.find(wanted) is None:
                    found[wanted] = found.get(wanted, 0) + 1
    return found
