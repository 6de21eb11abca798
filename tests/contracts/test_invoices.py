"""One suite for the SDK's ``Invoices``, run against the fake and core's own over sources in two plugins' names."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_core.database.engine import kept
from zhangfang_core.invoices import service, sources
from zhangfang_core.modules import registry as registering
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import (
    Invoice,
    InvoiceDirection,
    InvoiceLine,
    InvoiceQuery,
    Invoices,
    InvoiceSource,
    InvoiceState,
    InvoiceSums,
    Party,
)
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fakes import FakeInvoices
from zhangfang_sdk.testing.invoice_sources import InvoiceSourceContract, source_of

Make = Callable[[Mapping[str, Sequence[Invoice]]], Invoices]
ONE, TWO = "collab.papers", "archive.papers"
NOVEMBER = Period(2026, 11)


def in_place(monkeypatch: pytest.MonkeyPatch, declared: Mapping[str, InvoiceSource]) -> Invoices:
    known = registering.registry()
    by_plugin = {name.partition(".")[0]: source for name, source in declared.items()}
    modules = {
        id_: replace(module, invoice_sources=(by_plugin[id_],) if id_ in by_plugin else ())
        for id_, module in known.modules.items()
    }
    for place in (sources, service):
        monkeypatch.setattr(place, "registry", lambda: replace(known, modules=modules))
    return service.PluginInvoices()


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Make:
    def fake(given: Mapping[str, Sequence[Invoice]]) -> Invoices:
        return FakeInvoices(replace(i, source=name) for name, invoices in given.items() for i in invoices)

    def real(given: Mapping[str, Sequence[Invoice]]) -> Invoices:
        return in_place(
            monkeypatch,
            {name: source_of(name.partition(".")[2], "票夹", invoices) for name, invoices in given.items()},
        )

    return fake if request.param == "fake" else real


def invoice(id_: int, client: int, day: dt.date = dt.date(2026, 11, 3), **changes: Any) -> Invoice:
    plain = Invoice(
        id=id_,
        client=client,
        direction=InvoiceDirection.RECEIVED,
        state=InvoiceState.CHECKED,
        kind="数电普票",
        number=f"2633200000018765{id_:04}",
        issued_on=day,
        seller=Party("宁波远洋冷链物流有限公司", "91330206MA2TEXT91M"),
        buyer=Party("嘉喜餐饮有限公司"),
        amount=10_000 * id_,
        tax=900 * id_,
        total=10_900 * id_,
    )
    return replace(plain, **changes)


def several(client: int) -> Mapping[str, Sequence[Invoice]]:
    """Of two sources, with dates in common."""
    days = [dt.date(2026, 10, 30), dt.date(2026, 11, 3), dt.date(2026, 11, 3), dt.date(2026, 11, 20)]
    return {
        ONE: [invoice(n, client, day) for n, day in enumerate(days, start=1)],
        TWO: [
            invoice(
                n, client, day, direction=InvoiceDirection.ISSUED, buyer=Party("金华 Lejia 商行", "92330701MA2TEXT33K")
            )
            for n, day in enumerate(days, start=1)
        ],
    }


async def test_pages_of_any_length_make_the_same_list(firm: TestFirm, make: Make) -> None:
    invoices = make(several(firm.restaurant))
    async with acting(firm, "accountant"):
        whole = await invoices.page(InvoiceQuery(firm.restaurant))
        keys = [i.key for i in whole.invoices]
        assert keys == [
            f"{name}:{n}"
            for name, n in ((TWO, 4), (ONE, 4), (TWO, 3), (TWO, 2), (ONE, 3), (ONE, 2), (TWO, 1), (ONE, 1))
        ]
        assert (whole.after, whole.missing) == ("", ())
        for limit in range(1, 9):
            walked, after = [], ""
            while True:
                page = await invoices.page(InvoiceQuery(firm.restaurant), after=after, limit=limit)
                assert len(page.invoices) <= limit
                walked += [i.key for i in page.invoices]
                after = page.after
                if not after:
                    break
            assert walked == keys
        with pytest.raises(Refusal) as refused:
            await invoices.page(InvoiceQuery(), after="2026-13-40~x.y~1")
        assert refused.value.code == "invoices.place_unreadable"


async def test_what_is_asked_for_is_listed_and_summed(firm: TestFirm, make: Make) -> None:
    given = {
        ONE: [
            *several(firm.restaurant)[ONE],
            invoice(5, firm.restaurant, state=InvoiceState.VOIDED),
            invoice(6, firm.restaurant, amount=-10_000, tax=-900, total=-10_900, reverses="26332000000187650001"),
            invoice(7, firm.trading, seller=Party("远洋 B")),
        ],
        TWO: several(firm.restaurant)[TWO],
    }
    invoices = make(given)
    received, issued = InvoiceDirection.RECEIVED, InvoiceDirection.ISSUED
    asked = {
        InvoiceQuery(firm.restaurant, NOVEMBER, NOVEMBER, received): {f"{ONE}:{n}" for n in (2, 3, 4, 6)},
        InvoiceQuery(firm.restaurant, last=NOVEMBER.plus(-1)): {f"{ONE}:1", f"{TWO}:1"},
        InvoiceQuery(states=frozenset({InvoiceState.VOIDED})): {f"{ONE}:5"},
        InvoiceQuery(direction=issued, party="lejia"): {f"{TWO}:{n}" for n in (1, 2, 3, 4)},
        InvoiceQuery(party="92330701MA2TEXT33K", first=NOVEMBER): {f"{TWO}:{n}" for n in (2, 3, 4)},
        InvoiceQuery(party="远洋", first=NOVEMBER): {f"{ONE}:{n}" for n in (2, 3, 4, 6, 7)},
        InvoiceQuery(party="嘉喜"): set(),
    }
    async with acting(firm, "accountant"):
        for query, keys in asked.items():
            found = (await invoices.page(query)).invoices
            assert {i.key for i in found} == keys, query
            assert await invoices.sums(query) == InvoiceSums(
                len(found), sum(i.amount for i in found), sum(i.tax for i in found), sum(i.total for i in found)
            )


async def test_what_two_sources_have_is_one(firm: TestFirm, make: Make) -> None:
    """The first source's word counts, on what it is void too; the other side, another client and another number are others."""
    issued = InvoiceDirection.ISSUED
    given = {
        ONE: [
            *(invoice(n, firm.restaurant, direction=issued) for n in (1, 3, 4)),
            invoice(5, firm.trading, direction=issued),
            *(invoice(n, firm.restaurant, number=f"2633200000018765{n - 5:04}") for n in (6,)),
        ],
        TWO: [
            invoice(1, firm.restaurant, direction=issued, total=1, amount=1, tax=0),
            invoice(3, firm.restaurant, direction=issued, state=InvoiceState.VOIDED),
            invoice(4, firm.restaurant, direction=issued, state=InvoiceState.RETURNED),
        ],
    }
    invoices = make(given)
    async with acting(firm, "accountant"):
        page = await invoices.page(InvoiceQuery())
        assert {i.key for i in page.invoices} == {f"{TWO}:1", f"{ONE}:4", f"{ONE}:5", f"{ONE}:6"}
        for query in (InvoiceQuery(), InvoiceQuery(firm.restaurant, NOVEMBER, NOVEMBER, issued)):
            found = (await invoices.page(query)).invoices
            assert await invoices.sums(query) == InvoiceSums(
                len(found), sum(i.amount for i in found), sum(i.tax for i in found), sum(i.total for i in found)
            )
        walked, after = [], ""
        while True:
            part = await invoices.page(InvoiceQuery(), after=after, limit=2)
            walked += [i.key for i in part.invoices]
            after = part.after
            if not after:
                break
        assert sorted(walked) == sorted(i.key for i in page.invoices)


async def test_by_their_keys_in_order(firm: TestFirm, make: Make) -> None:
    invoices = make(several(firm.restaurant))
    async with acting(firm, "boss"):
        found = await invoices.get([f"{TWO}:2", f"{ONE}:1", f"{ONE}:99", "nobody.papers:1", "x", f"{ONE}:1"])
    assert [i.key for i in found] == [f"{TWO}:2", f"{ONE}:1"]
    assert found[0].other_party.name == "金华 Lejia 商行"


async def test_only_who_may_and_only_of_clients_in_scope(firm: TestFirm, make: Make) -> None:
    invoices = make({ONE: [invoice(1, firm.restaurant)]})
    with pytest.raises(Refusal) as refused:
        async with acting(firm, "driver"):
            await invoices.page(InvoiceQuery())
    assert refused.value.code == "access.forbidden"
    for asked in (invoices.page(InvoiceQuery(firm.trading)), invoices.sums(InvoiceQuery(firm.trading))):
        with pytest.raises(Refusal) as refused:
            async with acting(firm, "boss"):
                await asked
        assert refused.value.code == "common.not_found"


async def test_only_of_a_source_is_told(firm: TestFirm, make: Make) -> None:
    invoices = make({ONE: [invoice(1, firm.restaurant)]})
    async with acting(firm, "accountant"):
        await invoices.tell_read(ONE, [1, 2])
        await invoices.tell_booked(ONE, [1])
        if isinstance(invoices, FakeInvoices):
            assert (invoices.read, invoices.booked) == ([f"{ONE}:1", f"{ONE}:2"], [f"{ONE}:1"])
        else:
            told = {fact: list(ids) for fact, ids in kept("facts").items()}
            assert told == {"invoices_read": [f"{ONE}:1", f"{ONE}:2"], "invoices_booked": [f"{ONE}:1"]}
        for other in ("collab.others", "papers", "nobody.papers"):
            with pytest.raises(Refusal) as refused:
                await invoices.tell_read(other, [1])
            assert refused.value.code == "invoices.no_source"


async def test_a_source_that_fails_is_missing_and_named(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one alone: whatever its code raises, and whatever it gives that nobody asked for."""
    good = source_of("papers", "票夹", [invoice(1, firm.restaurant)])

    async def raises(*_: object) -> Any:
        raise ValueError("broken")

    async def of_another_client(*_: object) -> Any:
        return [invoice(1, firm.trading)]

    for fails in (raises, of_another_client):
        bad = replace(good, title="坏票夹", page=fails, get=fails, sums=raises)
        invoices = in_place(monkeypatch, {ONE: good, TWO: bad})
        async with acting(firm, "boss"):
            page = await invoices.page(InvoiceQuery(firm.restaurant))
            assert ([i.key for i in page.invoices], page.missing) == ([f"{ONE}:1"], ("坏票夹",))
            assert await invoices.sums(InvoiceQuery()) == InvoiceSums(1, 10_000, 900, 10_900, ("坏票夹",))
            assert [i.key for i in await invoices.get([f"{ONE}:1"])] == [f"{ONE}:1"]
            with pytest.raises(Refusal) as refused:
                await invoices.get([f"{TWO}:1"])
            assert refused.value.code == "invoices.source_away"


async def test_the_contract_of_sources_sees_what_is_wrong() -> None:
    given = [invoice(n, 1, dt.date(2026, 11, n)) for n in (1, 2, 3)]
    good = source_of("papers", "票夹", given)
    await InvoiceSourceContract(good).check_all()

    async def upside_down(*asked: Any) -> Sequence[Invoice]:
        return list(reversed(await good.page(*asked)))

    async def nothing(*asked: Any) -> InvoiceSums:
        return InvoiceSums()

    for bad in (replace(good, page=upside_down), replace(good, sums=nothing)):
        with pytest.raises(AssertionError):
            await InvoiceSourceContract(bad).check_all()


def test_rates_as_printed() -> None:
    rates = {"13%": 130, "1.5%": 15, "0%": 0, "免税": None, "": None, "***": None, "1%": 10, "13": None}
    assert {rate: InvoiceLine("x", 1, 0, rate).rate_per_mille for rate in rates} == rates
