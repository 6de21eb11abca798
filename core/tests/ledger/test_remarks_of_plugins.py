"""Remarks that plugins make on drafts: shown, cut to what a page bears, and named where a source fails (LEDG-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from zhangfang_core.ledger.remark_sources import told_of
from zhangfang_core.ledger.reviewing.waiting_vouchers import waiting_vouchers
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.periods import today
from zhangfang_sdk.remarks import Remarking, RemarkSource, VoucherRemark
from zhangfang_sdk.services import use


def declaring(monkeypatch: pytest.MonkeyPatch, load: Remarking, permission: str = "ledger.read") -> None:
    known, own = registry(), RemarkSource("own", "自家的", permission, load, ("own",))
    modules = {id_: replace(m, voucher_remarks=(own,) if id_ == "collab" else ()) for id_, m in known.modules.items()}
    monkeypatch.setattr("zhangfang_core.ledger.remark_sources.registry", lambda: replace(known, modules=modules))


async def a_draft(firm: TestFirm) -> Voucher:
    async with acting(firm):
        lines = (Line("560205", "纸", debit=70_00), Line("1002", "纸", credit=70_00))
        return await use(Ledger).voucher(await use(Ledger).draft(VoucherDraft(firm.restaurant, today(), "纸", lines)))


async def _fails(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    raise RuntimeError


async def _wrong(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    return {vouchers[0].id: ["不对"]}  # type: ignore[list-item]  # what a stranger may answer


async def _much(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    remark = VoucherRemark("题" * 100, "句" * 1000, "https://elsewhere.example/")
    return {vouchers[0].id: [remark] * 50, 10**15: [remark]}


@pytest.mark.parametrize("load", [_fails, _wrong])
async def test_a_source_that_fails_is_named_and_no_draft_counts_as_clean(firm: TestFirm, monkeypatch: pytest.MonkeyPatch, load: Remarking) -> None:
    draft = await a_draft(firm)
    declaring(monkeypatch, load)
    async with acting(firm):
        (waiting,) = await waiting_vouchers()
    assert [d.code for d in waiting.doubts if "自家的" in d.sentence] == ["told_missing"]
    async with acting(firm):
        assert await use(Ledger).voucher(draft.id) == draft


async def test_what_a_page_cannot_bear_is_cut(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await a_draft(firm)
    declaring(monkeypatch, _much)
    async with acting(firm):
        told = await told_of([draft])
    assert set(told) == {draft.id}
    assert [(len(r.title), len(r.sentence), r.path) for r in told[draft.id]] == [(40, 400, "")] * 5


async def test_only_drafts_are_asked_about_and_only_for_who_may(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await a_draft(firm)
    declaring(monkeypatch, _much, "ledger.post")
    async with acting(firm):
        assert await told_of([replace(draft, state=VoucherState.POSTED)]) == {}
        assert await told_of([draft])
    async with acting(firm, "boss"):
        assert await told_of([draft]) == {}
