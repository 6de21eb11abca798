"""The firm's own copy of the official table: brought in whole, asked when a line names its code or its exact name."""

from dataclasses import replace

from zhangfang_capture_ocr.booking import FactLine, InvoiceFacts
from zhangfang_capture_ocr.classification.official_table import rows_of
from zhangfang_capture_ocr.tables import TaxCode
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require
from zhangfang_sdk.services import use

_AT_ONCE = 1_000


async def bring(data: bytes) -> int:
    """Put the table in the place of the one before; how many codes it has. Needs ``capture_ocr.review``. Raises as ``rows_of``."""
    require("capture_ocr.review")
    rows = rows_of(data)
    await TaxCode.delete(force=True)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        await TaxCode.insert(*(TaxCode(code=row.code, name=row.name, short_name=row.short_name) for row in part))
    await use(Audit).record("capture_ocr.tax_codes", "capture_ocr_tax_code", after={"codes": len(rows)})
    return len(rows)


async def count() -> int:
    return int(await TaxCode.count())


async def with_short_names(facts: InvoiceFacts) -> InvoiceFacts:
    """The short names that the table has for lines on which none is printed: by code, else by the exact name."""
    bare = [line for line in facts.lines if not line.classification_short]
    if not bare:
        return facts
    codes, names = [line.classification_code for line in bare], [line.name.strip() for line in bare]
    rows = await TaxCode.select(TaxCode.code, TaxCode.name, TaxCode.short_name).where(
        TaxCode.code.is_in(codes) | TaxCode.name.is_in(names)
    )
    by_code = {row["code"]: row["short_name"] for row in rows}
    by_name = {row["name"]: row["short_name"] for row in rows}

    def named(line: FactLine) -> FactLine:
        short = by_code.get(line.classification_code) or by_name.get(line.name.strip()) or ""
        return line if line.classification_short else replace(line, classification_short=short)

    return replace(facts, lines=tuple(map(named, facts.lines)))
