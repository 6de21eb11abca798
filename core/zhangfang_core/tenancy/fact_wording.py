"""How facts are told to people, in the language of the request."""

import datetime as dt
from collections.abc import Mapping

from zhangfang_core.modules.translations import gettext
from zhangfang_core.tenancy.small_low_profit import quarter_of
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.money import yuan
from zhangfang_sdk.profile import (
    ContactPerson,
    ContactRole,
    Fact,
    FactKind,
    FactSource,
    FactValue,
    QuarterEnds,
    RegisteredAddress,
    TaxpayerKind,
    YearAmount,
)


def titles() -> Mapping[FactKind, str]:
    return {
        FactKind.TAXPAYER_KIND: gettext("纳税人身份"),
        FactKind.INDUSTRY: gettext("行业"),
        FactKind.LEGAL_REPRESENTATIVE: gettext("法定代表人"),
        FactKind.REGISTERED_CAPITAL: gettext("注册资本"),
        FactKind.FOUNDED_ON: gettext("成立日期"),
        FactKind.REGISTERED_ADDRESS: gettext("注册地址"),
        FactKind.BUSINESS_SCOPE: gettext("经营范围"),
        FactKind.RESTRICTED_INDUSTRY: gettext("国家限制或禁止行业"),
        FactKind.EMPLOYEES: gettext("从业人数"),
        FactKind.TOTAL_ASSETS: gettext("资产总额"),
        FactKind.TAXABLE_INCOME: gettext("应纳税所得额"),
        FactKind.LOSS: gettext("可弥补亏损"),
        FactKind.SERVICE_PACKAGE: gettext("服务套餐"),
        FactKind.CONTACT: gettext("联系人"),
    }


def groups() -> Mapping[str, tuple[FactKind, ...]]:
    """The parts of a profile's page."""
    return {
        gettext("工商登记"): (
            FactKind.LEGAL_REPRESENTATIVE,
            FactKind.REGISTERED_CAPITAL,
            FactKind.FOUNDED_ON,
            FactKind.REGISTERED_ADDRESS,
            FactKind.BUSINESS_SCOPE,
        ),
        gettext("税务"): (
            FactKind.TAXPAYER_KIND,
            FactKind.INDUSTRY,
            FactKind.RESTRICTED_INDUSTRY,
            FactKind.TAXABLE_INCOME,
            FactKind.LOSS,
        ),
        gettext("人员与资产"): (FactKind.EMPLOYEES, FactKind.TOTAL_ASSETS),
        gettext("服务与联系人"): (FactKind.SERVICE_PACKAGE, FactKind.CONTACT),
    }


def quick_objections() -> tuple[str, ...]:
    """What is wrong, chosen with a thumb."""
    return (gettext("已经变更了"), gettext("写错了"), gettext("不是我们公司的"))


def explanations() -> Mapping[FactKind, str]:
    """What a fact is good for, in a client's words; only where it does not go without saying."""
    return {
        FactKind.TAXPAYER_KIND: gettext("决定增值税怎么算、多久报一次。"),
        FactKind.RESTRICTED_INDUSTRY: gettext("关系到能不能按小型微利企业少缴企业所得税。"),
        FactKind.EMPLOYEES: gettext("包括与公司签合同的员工和接受的劳务派遣人员,关系到小型微利企业优惠。"),
        FactKind.TOTAL_ASSETS: gettext("资产负债表上的资产总计,关系到小型微利企业优惠。"),
        FactKind.TAXABLE_INCOME: gettext("企业所得税按它计算,到目前为止的累计数。"),
        FactKind.LOSS: gettext("以前年度的亏损,可以抵减以后年度的利润。"),
        FactKind.SERVICE_PACKAGE: gettext("您向代账公司购买的服务。"),
    }


def roles() -> Mapping[ContactRole, str]:
    return {
        ContactRole.DAILY: gettext("日常联系人"),
        ContactRole.FINANCE: gettext("财务负责人"),
        ContactRole.TAX: gettext("办税人"),
    }


def taxpayers() -> Mapping[TaxpayerKind, str]:
    return {
        TaxpayerKind.SMALL_SCALE: gettext("小规模纳税人"),
        TaxpayerKind.GENERAL: gettext("一般纳税人"),
    }


def industries() -> Mapping[str, str]:
    return {key: gettext(title) for key, title in INDUSTRIES.items()}


def sources() -> Mapping[FactSource, str]:
    return {
        FactSource.TYPED: gettext("人工录入"),
        FactSource.BUSINESS_LICENCE: gettext("营业执照"),
        FactSource.TAX_AUTHORITY: gettext("税务机关"),
        FactSource.LEDGER: gettext("账簿"),
        FactSource.CLIENT: gettext("客户告知"),
    }


def title_of(fact: Fact[FactValue]) -> str:
    """The title with the quarter, the year or the role that the fact is about."""
    title = titles()[fact.kind]
    if isinstance(fact.value, QuarterEnds):
        return f"{title} · {quarter_written(fact.valid_from)}"
    if isinstance(fact.value, YearAmount):
        return f"{title} · {fact.value.year}"
    return roles()[fact.value.role] if isinstance(fact.value, ContactPerson) else title


def quarter_written(day: dt.date) -> str:
    return gettext("{year} 年第 {number} 季度").format(year=day.year, number=quarter_of(day))


def shown(kind: FactKind, value: FactValue) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return gettext("属于") if value else gettext("不属于")
    if isinstance(value, TaxpayerKind):
        return taxpayers()[value]
    if isinstance(value, RegisteredAddress):
        return f"{value.text} ({value.area})" if value.area else value.text
    if isinstance(value, QuarterEnds):
        ends = (str(n) if kind is FactKind.EMPLOYEES else yuan(n) for n in (value.start, value.end))
        text = gettext("季初 {0} 人,季末 {1} 人") if kind is FactKind.EMPLOYEES else gettext("季初 {0} 元,季末 {1} 元")
        return text.format(*ends)
    if isinstance(value, YearAmount):
        return gettext("{amount} 元").format(amount=yuan(value.amount))
    if isinstance(value, ContactPerson):
        return " · ".join(way for way in (value.name, value.phone, value.email) if way)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return gettext("{amount} 元").format(amount=yuan(value))
    return industries().get(value, value) if kind is FactKind.INDUSTRY else value
