"""The SDK's ``Invoices``: one list over the sources that plugins declare. The rows stay theirs."""

from collections import defaultdict
from collections.abc import Sequence

from zhangfang_core.invoices.places import in_order, place_of, read_place
from zhangfang_core.invoices.sources import Away, Source, sources
from zhangfang_core.invoices.twins import counted_twice, without_twins
from zhangfang_core.jobs.facts import tell
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.invoices import LONGEST_PAGE, PAGE_LENGTH, Invoice, InvoicePage, InvoiceQuery, InvoiceSums

READ = "invoices.read"


class PluginInvoices:
    """See the Protocol."""

    async def page(self, query: InvoiceQuery, *, after: str = "", limit: int = PAGE_LENGTH) -> InvoicePage:
        _may_ask(query)
        place, wanted = read_place(after), min(max(limit, 1), LONGEST_PAGE)
        found: list[Invoice] = []
        answering, missing = [], []
        for source in await sources(query):
            try:
                found += await source.page(query, None if place is None else place.before(source.name), wanted + 1)
                answering.append(source)
            except Away:
                missing.append(source.declared.title)
        listed = sorted(found, key=in_order)[:wanted]
        after = str(place_of(listed[-1])) if len(found) > wanted else ""
        try:
            return InvoicePage(await without_twins(listed, answering), after, tuple(missing))
        except Away as away:
            missing += [s.declared.title for s in answering if s.name in away.args]
            return InvoicePage(listed, after, tuple(missing))

    async def get(self, keys: Sequence[str]) -> Sequence[Invoice]:
        require(READ)
        asked: defaultdict[str, list[int]] = defaultdict(list)
        for key in keys:
            name, _, id_ = key.rpartition(":")
            if id_.isascii() and id_.isdigit() and len(id_) < 19:
                asked[name].append(int(id_))
        found: dict[str, Invoice] = {}
        for source in await sources():
            if source.name in asked:
                try:
                    found |= {invoice.key: invoice for invoice in await source.get(asked[source.name])}
                except Away as error:
                    raise Refusal(
                        "invoices.source_away",
                        f"“{source.declared.title}”暂时没有回应,请稍后再试;一直这样时,请管理员在“功能模块”里处理。",
                        status=503,
                    ) from error
        return [found[key] for key in dict.fromkeys(keys) if key in found]

    async def sums(self, query: InvoiceQuery) -> InvoiceSums:
        _may_ask(query)
        found: dict[Source, InvoiceSums] = {}
        missing = []
        for source in await sources(query):
            try:
                found[source] = await source.sums(query)
            except Away:
                missing.append(source.declared.title)
        for source, sums in list(found.items()):
            try:
                if sums.count:
                    async for twins in counted_twice(query, source, list(found)):
                        found[source] = _less(found[source], twins)
            except Away as away:
                missing += [s.declared.title for s in found if s.name in away.args]
        return InvoiceSums(
            sum(s.count for s in found.values()),
            sum(s.amount for s in found.values()),
            sum(s.tax for s in found.values()),
            sum(s.total for s in found.values()),
            tuple(missing),
        )

    async def tell_read(self, source: str, ids: Sequence[int]) -> None:
        _tell("invoices_read", source, ids)

    async def tell_booked(self, source: str, ids: Sequence[int]) -> None:
        _tell("invoices_booked", source, ids)


def _less(sums: InvoiceSums, twins: Sequence[Invoice]) -> InvoiceSums:
    return InvoiceSums(
        sums.count - len(twins),
        sums.amount - sum(i.amount for i in twins),
        sums.tax - sum(i.tax for i in twins),
        sums.total - sum(i.total for i in twins),
    )


def _may_ask(query: InvoiceQuery) -> None:
    require(READ)
    if query.client is not None and not scope().sees(query.client):
        raise not_found("客户企业")


def _tell(fact: str, source: str, ids: Sequence[int]) -> None:
    plugin, _, own = source.partition(".")
    module, asking = registry().modules.get(plugin), caller()
    is_its_own = asking is None or asking.plugin == plugin
    if module is None or not is_its_own or own not in {declared.id for declared in module.invoice_sources}:
        raise Refusal("invoices.no_source", "没有这个发票来源。", status=404, details={"source": source})
    tell(fact, [f"{source}:{id_}" for id_ in ids])
