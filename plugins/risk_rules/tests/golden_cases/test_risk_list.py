"""RISK-1: a risk list as people paste it, corrected, and long; each invoice of who stands on it is told."""

import datetime as dt
import time

import pytest

from golden_cases.of_invoices import FROM_LISTED, LIST, LISTED, W
from golden_cases.story import MONTH, Party, Story, bought
from golden_cases.test_arrival import of_listed, read_keys
from golden_cases.test_golden_cases import RULES, material_of
from golden_cases.test_on_real_books import company, received
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_risk_rules.alerts import stepping
from zhangfang_risk_rules.scanning import listing_sellers
from zhangfang_risk_rules.scanning.lines_of_list import MOST_LINES, Line, read_lines
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk import use
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.risk import ListedSeller

NAME, TAX_ID = "绍兴越明贸易有限公司", "91330602MA2TEXT33K"
PASTED = [
    f"{NAME},{TAX_ID},走逃失联",
    f"{NAME}\t{TAX_ID}\t走逃失联",
    f"{NAME} {TAX_ID} 走逃失联",
    f"1,{NAME},{TAX_ID},走逃失联",
    f"12. {NAME} {TAX_ID.lower()} 走逃失联",
    f"{TAX_ID}\uff0c{NAME}\uff0c走逃失联",
    f"序号,销方名称,纳税人识别号,原因\n1,{NAME},{TAX_ID},走逃失联",
]


@pytest.mark.parametrize("text", PASTED)
def test_however_a_list_is_written(text: str) -> None:
    assert read_lines(text) == [Line(NAME, TAX_ID, "走逃失联")]


def test_a_day_is_read_and_a_list_without_end_is_refused() -> None:
    assert read_lines(f"{NAME},{TAX_ID},走逃失联,2026年10月8日")[0].listed_on == dt.date(2026, 10, 8)
    assert read_lines("只有名字有限公司 非正常户") == [Line("只有名字有限公司", "", "非正常户")]
    for wrong, code in ((TAX_ID, "list_line"), ("序号,名称,税号", "list_empty"), (f"{NAME}\n" * (MOST_LINES + 1), "list_long")):
        with pytest.raises(Refusal, match=code):
            read_lines(wrong)


async def test_one_tax_id_stands_once_and_who_is_taken_off_is_told_no_more(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(FROM_LISTED,)))
    owner = await visit("owner", of_firm=True)
    assert (await owner.post("/risks/sellers", lines=f"{LISTED.name},{LISTED.tax_id},走逃失联")).status_code == 303
    assert (await owner.post("/risks/sellers", lines=f"宁波远航商贸有限公司,{LISTED.tax_id},失控发票")).headers["location"].endswith("new=0")
    with in_scope(system_scope(firm.id)):
        await listing_sellers.look_back([LISTED.tax_id])
    async with scoped_transaction(system_scope(firm.id)):
        (row,) = await Seller.objects()
        assert (row.name, row.reason) == ("宁波远航商贸有限公司", "失控发票")
        (alert,) = await of_listed(client)
        assert "失控发票" in alert.sentence
    assert row.name in (await owner.get("/risks/sellers?q=远航")).text
    assert row.name not in (await owner.get("/risks/sellers?q=%25")).text
    assert (await owner.post(f"/risks/sellers/{row.id}/off")).status_code == 303
    assert (await owner.post(f"/risks/sellers/{row.id}/off")).status_code == 404
    with in_scope(system_scope(firm.id)):
        await listing_sellers.look_back([LISTED.tax_id])
    async with scoped_transaction(system_scope(firm.id)):
        (alert,) = await of_listed(client)
        assert alert.state == "resolved"
    assert (await (await visit("accountant", of_firm=True)).post("/risks/sellers/1/off")).status_code == 403


async def test_the_driver_hears_of_each_invoice_until_somebody_has_accepted(firm: TestFirm) -> None:
    """The second one of a month finds the alert standing, and is as dangerous as the first."""
    async with scoped_transaction(system_scope(firm.id)):
        await company(1, Story(more=LIST))
        await make_member(login="zhao@visit", name="小赵", password=OWNER_PASSWORD, role="driver", client=firm.restaurant)

    async def arrives(number: int, fen: int) -> int:
        async with acting(firm, "driver", name="小赵"):
            file = await use(Documents).store(firm.restaurant, f"{number}.pdf", "application/pdf", b"%PDF-1.4 " + bytes([number]))
        async with scoped_transaction(system_scope(firm.id)):
            await received(firm.restaurant, "91330106MA2TEXT16P", file.id, bought(fen, party=LISTED), 0)
            keys = await read_keys(firm.restaurant)
        async with scoped_transaction(system_scope(firm.id)):
            await call_one("on_invoices_read", "risk_rules", ids=keys[-1:])
        async with scoped_transaction(system_scope(firm.id)):
            told = await connection().fetchval("select count(*) from core_notice where kind = 'risk_rules.contact'")
        return int(told)

    assert [await arrives(1, 10 * W), await arrives(2, 10 * W + 1)] == [1, 2]
    async with acting(firm, "owner"):
        (alert,) = await of_listed(firm.restaurant)
        await stepping.accept(alert.id, "业务核实过")
    assert await arrives(3, W) == 2
    assert await arrives(4, 5 * W) == 3, "worse than what was accepted"


def test_a_list_of_thousands_takes_no_time() -> None:
    """Tax offices hand out thousands of names; 200 invoices of a month are held against them within 50 ms."""
    invoices = tuple(bought(W + n, party=Party(f"普通供应商{n}有限公司", f"91330106MA2TE{n:05d}")) for n in range(200))
    sellers = tuple(ListedSeller(f"名单上的第{n}家有限公司", f"91330203MA3TE{n:05d}", "走逃失联", "通报") for n in range(MOST_LINES))
    given = material_of(Story(invoices=(*invoices, FROM_LISTED), more={"risk_list": (*sellers, *LIST["risk_list"])}))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        said = RULES["V30"].judge(given)
        took.append(time.perf_counter() - began)
        assert isinstance(said, list)
        assert len(said) == 1
    assert min(took) <= 0.05, took


def test_wide_brackets_are_the_same_name() -> None:
    wide = Party("远航\uff08宁波\uff09贸易有限公司", "")
    listed = {"risk_list": (ListedSeller("远航(宁波)贸易有限公司", "", "走逃失联", "通报"),)}
    said = RULES["V30"].judge(material_of(Story(invoices=(bought(W, party=wide),), more=listed, month=MONTH)))
    assert isinstance(said, list)
    assert [finding.subject for finding in said] == ["name:远航(宁波)贸易有限公司"]
