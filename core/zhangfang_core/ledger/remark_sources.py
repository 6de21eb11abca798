"""What plugins that are on say of drafts; a source that fails is named on each draft that it was asked about, never silently missing."""

from collections.abc import Iterator, Mapping, Sequence

from zhangfang_core.ledger.remarks import Remark
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.parts import PartFailed, in_time
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import parts_off
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Voucher, VoucherState
from zhangfang_sdk.remarks import RemarkSource, VoucherRemark
from zhangfang_sdk.web import SIGNED_IN

LONGEST_S = 1.0
MOST, LONGEST_TITLE, LONGEST_SENTENCE = 5, 40, 400
TOLD, UNHEARD = "told", "told_missing"


async def told_of(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[Remark]]:
    """By the id of each draft of ``vouchers`` of which something is said; nothing for an auditor."""
    drafts = [voucher for voucher in vouchers if voucher.state is VoucherState.DRAFT]
    found: dict[int, list[Remark]] = {}
    if not drafts or scope().years is not None:
        return found
    for plugin, source in await _sources():
        for voucher, remarks in (await _answer(plugin, source, drafts)).items():
            found.setdefault(voucher, []).extend(remarks)
    return found


async def topics() -> Sequence[str]:
    """What is announced when remarks change, of the sources that this person hears."""
    return list(dict.fromkeys(topic for _, source in await _sources() for topic in source.topics))


async def _sources() -> Sequence[tuple[str, RemarkSource]]:
    on, off = await enabled_modules(), await parts_off()
    return [
        (id_, source)
        for id_, module in registry().modules.items()
        for source in (module.voucher_remarks if id_ in on else ())
        if (source.permission == SIGNED_IN or scope().may(source.permission)) and f"{id_} {_part(source)}" not in off
    ]


def _part(source: RemarkSource) -> str:
    return f"remarks:{source.id}"


async def _answer(plugin: str, source: RemarkSource, drafts: Sequence[Voucher]) -> Mapping[int, Sequence[Remark]]:
    async def ask() -> Mapping[int, Sequence[VoucherRemark]]:
        return from_part(RemarkSource, "load", await source.load(drafts))

    try:
        answer = await in_time(plugin, _part(source), ask, LONGEST_S)
    except (PartFailed, Refusal):
        unheard = Remark(UNHEARD, f"“{source.title}”这次没有查到,请稍后刷新;一直这样时,请管理员在“功能模块”里处理。")
        return {voucher.id: [unheard] for voucher in drafts}
    return {voucher.id: [*_shown(answer.get(voucher.id, ()))] for voucher in drafts if voucher.id in answer}


def _shown(remarks: Sequence[VoucherRemark]) -> Iterator[Remark]:
    for remark in remarks[:MOST]:
        path = remark.path if remark.path.startswith("/") else ""
        yield Remark(TOLD, remark.sentence[:LONGEST_SENTENCE], remark.title[:LONGEST_TITLE], path)
