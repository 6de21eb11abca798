"""One suite for the SDK's ``Measures``, run against the fake and core's own over a client's books and one plugin's figures."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.measures import service
from zhangfang_core.modules import registry as registering
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.measures import Definition, Measure, MeasureEntry, Measures, Unit
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fake_measures import FakeMeasures, Move

JANUARY, FEBRUARY, MARCH = (Period(2026, month) for month in (1, 2, 3))
SOLD = ((dt.date(2026, 1, 10), 7_000), (dt.date(2026, 1, 20), 3_000), (dt.date(2026, 2, 5), 500))
"""Cash sales: each moves the bank and the sales."""
Make = Callable[[Sequence[Measure]], Awaitable[Measures]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> Make:
    c = firm.restaurant

    async def fake(added: Sequence[Measure]) -> Measures:
        entries = [MeasureEntry(day, "现金销售", fen, f"/vouchers/{n}") for n, (day, fen) in enumerate(SOLD, start=1)]
        return FakeMeasures(
            [firm.restaurant, firm.trading],
            {
                Definition("bank_balance", "银行存款", "。", ("1002",), "closing"): [
                    Move(c, "1002", "银行存款", entry) for entry in entries
                ],
                Definition("sales", "销售收入", "。", ("5001",), "turnover"): [
                    Move(c, "5001", "主营业务收入", entry) for entry in entries
                ],
            },
            added,
        )

    async def real(added: Sequence[Measure]) -> Measures:
        known = registering.registry()
        modules = {
            id_: replace(module, measures=tuple(added) if id_ == "collab" else ())
            for id_, module in known.modules.items()
        }
        monkeypatch.setattr(service, "registry", lambda: replace(known, modules=modules))
        async with acting(firm):
            drafts = [
                VoucherDraft(
                    c, day, "现金销售", (Line("1002", "现金销售", debit=fen), Line("5001", "现金销售", credit=fen))
                )
                for day, fen in SOLD
            ]
            await import_posted(c, drafts)
        return service.EveryMeasure()

    return fake if request.param == "fake" else real


def papers(permission: str = "collab.read", **changes: Any) -> Measure:
    """So many papers a month as its number."""

    async def series(client: int, first: Period, last: Period) -> Sequence[int]:
        return list(range(first.month, last.month + 1))

    async def entries(client: int, period: Period, limit: int) -> Sequence[MeasureEntry]:
        return [MeasureEntry(period.first_day.replace(day=d), f"第 {d} 张", 1, f"/papers/{d}") for d in (1, 2, 3)]

    plain = Measure("collab.papers", "收到的单据", "本月收到几张。", Unit.COUNT, permission, series, entries, word="张")
    return replace(plain, **changes)


async def test_the_books_by_month_by_day_and_by_account(firm: TestFirm, make: Make) -> None:
    measures, c = await make([]), firm.restaurant
    async with acting(firm, "boss"):
        keys = ["bank_balance", "sales"]
        assert await measures.series(c, keys, JANUARY, MARCH) == {
            "bank_balance": [10_000, 10_500, 10_500],
            "sales": [10_000, 500, 0],
        }
        days = [dt.date(2026, 1, 10), dt.date(2026, 1, 31), dt.date(2026, 2, 4)]
        assert await measures.on_days(c, keys, days) == {
            "bank_balance": [7_000, 10_000, 10_000],
            "sales": [7_000, 10_000, 0],
        }
        shares = await measures.by_account(c, "bank_balance", FEBRUARY)
        assert [(share.code, share.name, share.amount) for share in shares] == [("1002", "银行存款", 10_500)]
        entries = await measures.entries(c, "sales", JANUARY)
        assert [(e.date, e.title, e.amount) for e in entries] == [(d, "现金销售", fen) for d, fen in reversed(SOLD[:2])]
        assert all(entry.path.startswith("/vouchers/") for entry in entries)
        assert len(await measures.entries(c, "sales", JANUARY, limit=1)) == 1
        told = await measures.definition("sales", client=c)
        assert (told.basis, told.unit, told.plugin) == ("turnover", Unit.FEN, "")
        assert "5001" in told.accounts


async def test_a_plugin_s_figure_stands_beside_them(firm: TestFirm, make: Make) -> None:
    measures, c = await make([papers()]), firm.restaurant
    async with acting(firm, "boss"):
        assert await measures.series(c, ["collab.papers", "sales"], JANUARY, MARCH) == {
            "collab.papers": [1, 2, 3],
            "sales": [10_000, 500, 0],
        }
        day = dt.date(2026, 1, 31)
        assert await measures.on_days(c, ["collab.papers", "sales"], [day]) == {"sales": [10_000]}, "it knows no days"
        told = await measures.definition("collab.papers")
        assert (told.title, told.unit, told.word, told.basis) == ("收到的单据", Unit.COUNT, "张", "plugin")
        assert told.plugin
        assert told in await measures.offered(c)
        assert await measures.by_account(c, "collab.papers", MARCH) == []
        newest = await measures.entries(c, "collab.papers", MARCH, limit=2)
        assert [entry.path for entry in newest] == ["/papers/3", "/papers/2"]


async def test_with_its_days_it_is_compared_too(firm: TestFirm, make: Make) -> None:
    async def on_days(client: int, days: Sequence[dt.date]) -> Sequence[int]:
        return [day.day for day in days]

    measures = await make([papers(on_days=on_days)])
    async with acting(firm, "boss"):
        days = [dt.date(2026, 1, 31), dt.date(2026, 2, 4)]
        assert await measures.on_days(firm.restaurant, ["collab.papers"], days) == {"collab.papers": [31, 4]}


async def test_only_who_may_see_it_and_only_of_clients_in_scope(firm: TestFirm, make: Make) -> None:
    measures, c = await make([papers("collab.assign")]), firm.restaurant

    def asked(client: int, key: str) -> list[Awaitable[Any]]:
        return [
            measures.series(client, [key], JANUARY, MARCH),
            measures.on_days(client, [key], [dt.date(2026, 1, 1)]),
            measures.by_account(client, key, MARCH),
            measures.entries(client, key, MARCH),
        ]

    async with acting(firm, "boss"):
        assert "collab.papers" not in {definition.key for definition in await measures.offered(c)}
        for client, key, code in (
            (c, "collab.papers", "measure.unknown"),
            (c, "nobody.figure", "measure.unknown"),
            (c, "profit", "measure.unknown"),
            (firm.trading, "sales", "common.not_found"),
        ):
            for asking in asked(client, key):
                with pytest.raises(Refusal) as refused:
                    await asking
                assert refused.value.code == code, (key, code)
    async with acting(firm, "accountant"):
        assert "collab.papers" in {definition.key for definition in await measures.offered(c)}


async def test_one_that_fails_is_left_out(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one alone: whatever its code raises, and answers that are none."""

    async def raises(*_: object) -> Any:
        raise ValueError("broken")

    async def short(*_: object) -> Any:
        return [1]

    async def floats(*_: object) -> Any:
        return [1.0, 2.0, 3.0]

    known = registering.registry()
    for series in (raises, short, floats):
        bad = papers(series=series, entries=raises)
        modules = {**known.modules, "collab": replace(known.modules["collab"], measures=(bad,))}
        monkeypatch.setattr(service, "registry", lambda modules=modules: replace(known, modules=modules))
        async with acting(firm, "boss"):
            found = await service.EveryMeasure().series(firm.restaurant, ["collab.papers", "sales"], JANUARY, MARCH)
            assert found == {"sales": [0, 0, 0]}
            with pytest.raises(Refusal) as refused:
                await service.EveryMeasure().entries(firm.restaurant, "collab.papers", MARCH)
            assert refused.value.code == "measure.away"
