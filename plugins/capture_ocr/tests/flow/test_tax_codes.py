"""CAP-9: the official table comes in whole by one upload and names what an invoice leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from zhangfang_capture_ocr.booking import FactLine
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.services import tax_codes
from zhangfang_capture_ocr.services.facts import facts_of
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.errors import Refusal

CODE = "3040502020400000000"
OFFICIAL = (
    "商品和服务税收分类编码表,,,,\n序号,篇,合并编码,货物和劳务名称,商品和服务分类简称\n"
    f"1,3,3,销售服务,\n2,3,{CODE},商业营业用房经营租赁服务,经营租赁\n合计,,,,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_the_table_names_what_is_not_printed(office: Any, drawn: Any, encoding: str) -> None:
    item = await office.handed_in("一.xml", drawn.xml())
    facts = facts_of(reading_of(await office.invoice_of(item)), Direction.PURCHASE)
    assert facts is not None
    bare = [FactLine("办公室", "", 100, "9%", 9, None, CODE), FactLine("商业营业用房经营租赁服务", "", 100, "9%", 9)]
    async with acting(office.firm, "accountant"):
        assert await tax_codes.bring("旧,\ncode,name,short_name\n1,货物,货物\n".encode()) == 1
        assert await tax_codes.bring(OFFICIAL.encode(encoding)) == 2
        assert await tax_codes.count() == 2
        named = await tax_codes.with_short_names(replace(facts, lines=(*facts.lines, *bare)))
    assert [line.classification_short for line in named.lines] == ["运输服务", "经营租赁", "经营租赁"]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00\x00\xd8", "编码,甲\n1,乙\n".encode(), b"code,name,short_name\n1,,x\n", b'a,"b\n' * 3]
)
async def test_what_is_no_table_changes_nothing(office: Any, data: bytes) -> None:
    async with acting(office.firm, "accountant"):
        await tax_codes.bring(OFFICIAL.encode())
    with pytest.raises(Refusal) as refused:
        async with acting(office.firm, "accountant"):
            await tax_codes.bring(data)
    assert refused.value.code == "capture.tax_codes_unreadable"
    async with acting(office.firm, "accountant"):
        assert await tax_codes.count() == 2


async def test_uploaded_on_its_page(people: Any) -> None:
    owner = await people.of_firm("owner")
    assert "409" in (await owner.get("/desk/tax-codes")).text
    token = owner.http.cookies.get("zf_csrf") or ""
    answer = await owner.http.post(
        f"{owner.place}/desk/tax-codes",
        data={"_csrf_token": token},
        files={"file": ("编码表.csv", OFFICIAL.encode(), "text/csv")},
    )
    assert answer.status_code == 303
    assert '<dd class="num">2</dd>' in (await owner.get("/desk/tax-codes")).text
