"""Posted vouchers as GB/T 24589.1-2010 XML: the 总账 part with 会计科目 and 记账凭证. Pure; what is not covered stands in ``docs/voucher_files.md``."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from zhangfang_sdk.ledger import Account, Line, Voucher
from zhangfang_sdk.texts import seen

HOME_CURRENCY = "CNY"


def gbt24589_xml(vouchers: Sequence[Voucher], accounts: Sequence[Account]) -> bytes:
    """UTF-8 with its declaration; ``accounts`` by code. One element 记账凭证 for each line; amounts in yuan with two decimals."""
    root = Element("总账")
    levels: dict[str, int] = {}
    for account in accounts:
        levels[account.code] = 1 if account.parent is None else levels[account.parent] + 1
        _add(root, "会计科目", _account(account, levels[account.code]))
    for voucher in vouchers:
        for place, line in enumerate(voucher.lines, 1):
            _add(root, "记账凭证", _entry(voucher, place, line))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add(root: Element, name: str, fields: Iterator[tuple[str, str]]) -> None:
    element = SubElement(root, name)
    for field, text in fields:
        SubElement(element, field).text = seen(text)


def _account(account: Account, level: int) -> Iterator[tuple[str, str]]:
    yield from (("科目编号", account.code), ("科目名称", account.name), ("科目级次", str(level)))
    yield "余额方向", "借" if account.normal_balance == "debit" else "贷"


def _entry(voucher: Voucher, place: int, line: Line) -> Iterator[tuple[str, str]]:
    yield from (("记账凭证日期", f"{voucher.date:%Y%m%d}"), ("会计年度", str(voucher.date.year)))
    yield from (("会计期间号", str(voucher.date.month)), ("记账凭证类型编号", voucher.word))
    yield from (("记账凭证编号", str(voucher.number or 0)), ("记账凭证行号", str(place)))
    yield from (("记账凭证摘要", line.summary or voucher.summary), ("科目编号", line.account))
    yield from (("辅助项1编号", line.counterparty), ("币种编码", HOME_CURRENCY))
    quantity = "" if line.quantity is None else f"{line.quantity.normalize():f}"
    yield from (
        ("借方数量", quantity if line.debit else ""),
        ("借方原币金额", _yuan(line.debit)),
        ("借方本币金额", _yuan(line.debit)),
    )
    yield from (
        ("贷方数量", quantity if line.credit else ""),
        ("贷方原币金额", _yuan(line.credit)),
        ("贷方本币金额", _yuan(line.credit)),
    )
    yield from (
        ("单价", "" if line.unit_price is None else f"{line.unit_price.normalize():f}"),
        ("附件数", "1" if voucher.document else "0"),
    )
    yield from (("制单人", voucher.drafted_by), ("审核人", voucher.reviewed_by), ("记账人", voucher.posted_by))
    yield from (("记账标志", "1"), ("作废标志", "0"))


def _yuan(amount: int) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"
