"""What one more invoice would do: which rules would newly say something, and how far the figures that matter would come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.alerts.slips import sentence_of
from zhangfang_risk_rules.drafts.effect import severity_of
from zhangfang_risk_rules.foreseeing.invoice import Rate, Thought, rates_of, with_thought
from zhangfang_risk_rules.judging.invoices import class_of, scope_words
from zhangfang_risk_rules.judging.registering import percent, share_of, ten_thousands
from zhangfang_risk_rules.judging.vat import sales_of, vat_of
from zhangfang_risk_rules.limits import Limits, limits_of
from zhangfang_risk_rules.rules.reading_data import law
from zhangfang_risk_rules.scanning.asking import Asked, Months, ask
from zhangfang_risk_rules.scanning.reading import Known, read
from zhangfang_risk_rules.scanning.scanning import months_of
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.invoices import InvoiceLine
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import holding
from zhangfang_sdk.risk import Finding, Lacking, Law, Material, Reader, Rhythm, RiskRule, RiskRules
from zhangfang_sdk.services import use

EXEMPTION, REGISTRATION, BURDEN = "risk_rules.V25N", "risk_rules.V26", "risk_rules.V01"
YEAR = 12


@dataclass(frozen=True, slots=True)
class Foretold:
    """A rule that would say something new (``is_new``), or something worse than it says today."""

    rule: RiskRule
    finding: Finding
    sentence: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure that matters, today and with the invoice, in words; ``share`` per cent of its limit with it, None where nothing is held against it."""

    title: str
    before: str
    after: str
    words: str = ""
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Foresight:
    """``unsaid``: what could not be judged, in sentences; ``laws`` are about this kind of invoice whatever its figures."""

    thought: Thought
    fires: Sequence[Foretold]
    marks: Sequence[Mark]
    unsaid: Sequence[str]
    laws: Sequence[Law]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is needed to judge a client's invoices of today."""

    known: Known
    rules: Mapping[str, RiskRule]
    months: Months
    limits: Limits
    kind: TaxpayerKind
    rates: Sequence[Rate]

    def month_of(self, rule: RiskRule) -> Period:
        """A month's tax is in the books when the month is whole; everything else counts from today."""
        return self.months.settled if rule.rhythm is Rhythm.SETTLED and Reader.BOOKS in rule.needs else self.months.running


async def desk_of(client: int) -> Desk | None:
    """Reads, writes nothing. None for a client whose accounting standard is not known here."""
    asked = {k: r for k, r in (await use(RiskRules).known()).items() if r.foretells}
    months = await months_of(client)
    both = (months.settled, months.running)
    known = await read(client, [(rule, both) for rule in asked.values()])
    if known is None:
        return None
    profile = holding(client, known.facts, known.day)
    kind = known.client.taxpayer_kind if profile.taxpayer_kind is None else profile.taxpayer_kind.value
    limits = await limits_of(known.client)
    return Desk(known, asked, months, limits, kind, rates_of(kind, known.day))


def foresee(desk: Desk, thought: Thought) -> Foresight:
    """Pure."""
    fires: list[Foretold] = []
    unsaid: dict[str, None] = {}
    for key, rule in desk.rules.items():
        if key in desk.limits.muted:
            continue
        month = desk.month_of(rule)
        before = ask(key, rule, desk.known, month, desk.limits)
        after = ask(key, rule, with_thought(desk.known, thought, desk.kind, month), month, desk.limits)
        if before is None or after is None:
            unsaid[f"“{rule.title}”这次没有算出来。"] = None
        elif isinstance(after.verdict, Lacking):
            unsaid[f"“{rule.title}”没有检查:{after.verdict.what}"] = None
        else:
            fires += _news(rule, before, after)
    fires.sort(key=lambda one: (-severity_of(one.rule, one.finding), not one.is_new))
    laws = [law("special_invoice")] if thought.special and desk.kind is TaxpayerKind.SMALL_SCALE else []
    return Foresight(thought, fires, [*_marks(desk, thought)], list(unsaid), laws)


def _news(rule: RiskRule, before: Asked, after: Asked) -> Iterator[Foretold]:
    stood = {finding.subject: finding for finding in before.findings}
    for finding in after.findings:
        then = stood.get(finding.subject)
        if then is None or _is_worse(rule, then, finding):
            yield Foretold(rule, finding, sentence_of(rule, finding, after.month), is_new=then is None)


def _is_worse(rule: RiskRule, then: Finding, now: Finding) -> bool:
    more = then.figure - now.figure if now.worse_is_less else now.figure - then.figure
    return more > 0 or severity_of(rule, now) > severity_of(rule, then)


def _marks(desk: Desk, thought: Thought) -> Iterator[Mark]:
    running, settled = desk.months.running, desk.months.settled
    today = _material(desk, EXEMPTION, running), _material(desk, EXEMPTION, running, thought)
    if desk.kind is TaxpayerKind.SMALL_SCALE:
        quarter = running.plus(-((running.month - 1) % 3))
        exempt = today[0].limits
        yield _of_sales("本季度销售额", today, quarter, exempt.get("exemption"), "达到 {limit}的季度要按全部销售额交增值税")
        yield _of_sales("本月销售额(按月申报的看这一行)", today, running, exempt.get("month"), "达到 {limit}的月份要按全部销售额交增值税")
        year = _material(desk, REGISTRATION, running), _material(desk, REGISTRATION, running, thought)
        words = "超过 {limit}必须登记为一般纳税人,登记后不能转回"
        rolled = [max(sales_of(m, end.plus(1 - YEAR), end).amount for end in (running, running.plus(-1))) for m in year]
        yield _against("近 12 个月销售额", rolled[0], rolled[1], year[0].limits.get("registration"), words)
    else:
        yield _of_burden(_material(desk, BURDEN, settled), _material(desk, BURDEN, settled, thought), settled)
    yield _of_scope(today[0], thought)


def _material(desk: Desk, key: str, month: Period, thought: Thought | None = None) -> Material:
    known = desk.known if thought is None else with_thought(desk.known, thought, desk.kind, month)
    rule = desk.rules.get(key)
    return known.at(month, {} if rule is None else desk.limits.of(key, rule, known.client.industry))


def _of_sales(title: str, of: tuple[Material, Material], first: Period, limit: int | None, words: str) -> Mark:
    before, after = (sales_of(m, first, m.month).amount for m in of)
    return _against(title, before, after, limit, words)


def _against(title: str, before: int, after: int, limit: int | None, words: str) -> Mark:
    if limit is None:
        return Mark(title, ten_thousands(before), ten_thousands(after))
    said = words.format(limit=ten_thousands(limit))
    told = f"还差 {ten_thousands(limit - after)};{said}" if after < limit else f"已经到了;{said}"
    return Mark(title, ten_thousands(before), ten_thousands(after), told, min(100, max(0, after * 100 // limit)))


def _of_burden(before: Material, after: Material, settled: Period) -> Mark:
    def burden(m: Material) -> str:
        sales = sales_of(m, m.months(YEAR), m.month).amount
        return percent(share_of(vat_of(m, m.months(YEAR), m.month).amount, sales)) if sales > 0 else "没有销售额"

    reference = before.limits.get("reference", 0)
    against = f"本机构参考值是 {percent(reference)}" if reference else "本机构没有设定参考值"
    words = f"按到{settled.label}的 12 个月计算,假定这张票没有新的进项可以抵扣;{against}"
    return Mark("增值税税负率", burden(before), burden(after), words)


def _of_scope(m: Material, thought: Thought) -> Mark:
    name = class_of(InvoiceLine(thought.goods, thought.amount, thought.tax))
    scope, words = m.profile.business_scope, scope_words().get(name)
    if scope is None:
        said, why = "没有比对", "企业资料没有经营范围"
    elif words is None:
        said, why = "没有比对", f"“{name}”不在对照表里,请会计核对经营范围"
    elif any(word in scope.value for word in words):
        said, why = "在经营范围内", f"经营范围里有与“{name}”有关的内容"
    else:
        said, why = "不在经营范围内", f"经营范围里没有与“{name}”有关的内容;真有这项业务的,请先办理经营范围变更"
    return Mark("经营范围", "", said, why)
