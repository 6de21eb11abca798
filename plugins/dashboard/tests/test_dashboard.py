"""The cockpit: figures from the books, compared only to months that there are, shown to those who may see them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_dashboard.figures import MONTHS_READ, figures_of, trend
from zhangfang_dashboard.rights import FIGURES, visible
from zhangfang_dashboard.services import cockpit, explain
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.measures import Measure, MeasureEntry, Measures, Unit
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MARCH = Period(2025, 3)


async def sold(firm: TestFirm, fen: int) -> None:
    lines = (Line("1002", "收款", debit=fen), Line("5001", "收款", credit=fen))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "收款", lines)])


def test_nothing_is_compared_to_months_before_the_books() -> None:
    series = {"sales": list(range(1, MONTHS_READ + 1))}
    new, year_old = figures_of(series, 1)["sales"], figures_of(series, 13)["sales"]
    assert (new.now, new.last_month, new.last_year, new.course) == (MONTHS_READ, None, None, (MONTHS_READ,))
    assert (year_old.last_month, year_old.last_year) == (MONTHS_READ - 1, MONTHS_READ - 12)
    assert len(year_old.course) == 6
    assert [(p.index, p.last_year is None) for p in trend(series["sales"], 2, figures_of(series, 2)["sales"])] == [
        (1, True),
        (0, True),
    ]
    assert len(trend(series["sales"], MONTHS_READ, year_old)) == 12


async def test_the_figures_are_the_books(firm: TestFirm) -> None:
    await sold(firm, 1_234_56)
    async with acting(firm, "boss"):
        shown = await cockpit(firm.restaurant, MARCH)
        behind = await explain(firm.restaurant, "sales", MARCH)
    assert (shown.figures["sales"].now, shown.figures["bank_balance"].now) == (1_234_56, 1_234_56)
    assert shown.figures["sales"].last_year is None
    assert not shown.is_closed
    assert behind.amount == sum(share.amount for share in behind.shares) == 1_234_56
    assert len(behind.entries) == 1


async def test_a_role_sees_its_figures_alone(firm: TestFirm) -> None:
    """DASH-3: where data is read, not only on the page."""
    await sold(firm, 100)
    async with acting(firm, "sales_manager"):
        assert set((await cockpit(firm.restaurant, MARCH)).figures) == {"sales", "receivables"}
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await explain(firm.restaurant, "net_profit", MARCH)
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await explain(firm.restaurant, "no_such_figure", MARCH)
        with pytest.raises(Refusal, match=r"measure\.unknown"):
            await use(Measures).series(firm.restaurant, ["net_profit"], MARCH, MARCH)
        with pytest.raises(Refusal, match=r"measure\.unknown"):
            await use(Measures).by_account(firm.restaurant, "net_profit", MARCH)
        assert [e.amount for e in (await explain(firm.restaurant, "sales", MARCH)).entries] == [100]
    async with acting(firm, "boss"):
        assert set((await visible(firm.restaurant)).of_books) == set(FIGURES)
    async with acting(firm, "driver"):
        assert (await visible(firm.restaurant)).of_books == []


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch) -> str:
    """Another plugin's figure, which knows no days."""

    async def series(client: int, first: Period, last: Period) -> Sequence[int]:
        return [125] * ((last.year - first.year) * 12 + last.month - first.month + 1)

    async def entries(client: int, period: Period, limit: int) -> Sequence[MeasureEntry]:
        return [MeasureEntry(period.last_day, "一张单据", 5, "/archive")]

    measure = Measure("archive.share", "归档率", "已归档的比例。", Unit.PER_MILLE, "ledger.read", series, entries)
    known = registry()
    modules = {**known.modules, "archive": replace(known.modules["archive"], measures=(measure,))}
    monkeypatch.setattr("zhangfang_core.measures.service.registry", lambda: replace(known, modules=modules))
    return measure.key


async def test_a_plugin_s_figure_is_shown_like_its_own(firm: TestFirm, visit: Visit, papers: str) -> None:
    boss = await visit("boss")
    page = (await boss.get("/cockpit?period=2025-03")).text
    assert "归档率" in page
    assert "12.5%" in page
    figure = (await boss.get(f"/figures/{papers}?period=2025-03")).text
    for told in ("已归档的比例", "由模块", "一张单据", "0.5%"):
        assert told in figure
    assert "归档率" in (await boss.get("/cockpit")).text, "in a running month it stands alone"
    async with acting(firm, "owner") as owner:
        with in_scope(replace(owner, measures=frozenset({"sales"}))):
            assert (await visible(firm.restaurant)).keys == ["sales"]


async def test_a_client_out_of_scope_has_no_cockpit(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(other_firm, "owner"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await cockpit(firm.restaurant, MARCH)


async def test_pages(firm: TestFirm, visit: Visit) -> None:
    await sold(firm, 1_234_56)
    boss = await visit("boss")
    for path in ("/cockpit", "/cockpit/figures", "/cockpit/trends"):
        answer = await boss.get(f"{path}?period=2025-03")
        assert answer.status_code == 200, path
        assert ("<html" in answer.text) == (path == "/cockpit")
    figure = await boss.get("/figures/sales?period=2025-03")
    assert "1,234.56" in figure.text
    sheet = await boss.ask("GET", "/figures/sales?period=2025-03", headers={"hx-request": "true"})
    assert "<html" not in sheet.text
    assert (await boss.get("/figures/nonsense")).status_code == 404
    assert (await boss.get("/cockpit?period=nonsense")).status_code in (400, 422)
    assert (await (await visit("driver")).get("/cockpit")).status_code == 403
