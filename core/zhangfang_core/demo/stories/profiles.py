"""What the firm knows of the demo's companies beside their books. All of it is invented."""

import datetime as dt
from collections.abc import Iterator

from zhangfang_core.demo.stories.values import Company
from zhangfang_sdk.profile import (
    ContactPerson,
    ContactRole,
    FactKind,
    FactSource,
    FactValue,
    NewFact,
    QuarterEnds,
    RegisteredAddress,
)

_LICENCES: dict[str, dict[FactKind, FactValue]] = {
    "restaurant": {
        FactKind.LEGAL_REPRESENTATIVE: "李文韬",
        FactKind.REGISTERED_CAPITAL: 500_000_00,
        FactKind.FOUNDED_ON: dt.date(2021, 6, 18),
        FactKind.REGISTERED_ADDRESS: RegisteredAddress("浙江省杭州市西湖区示例路 18 号 1 层", "330106"),
        FactKind.BUSINESS_SCOPE: "许可项目:餐饮服务;食品销售。一般项目:餐饮管理;外卖递送服务。",
    },
    "trading": {
        FactKind.LEGAL_REPRESENTATIVE: "何木",
        FactKind.REGISTERED_CAPITAL: 3_000_000_00,
        FactKind.FOUNDED_ON: dt.date(2018, 3, 9),
        FactKind.REGISTERED_ADDRESS: RegisteredAddress("浙江省杭州市余杭区示例街 6 号 302 室", "330110"),
        FactKind.BUSINESS_SCOPE: "一般项目:家居用品销售;家具销售;日用百货销售;货物进出口。",
    },
    "software": {
        FactKind.LEGAL_REPRESENTATIVE: "范示",
        FactKind.REGISTERED_CAPITAL: 2_000_000_00,
        FactKind.FOUNDED_ON: dt.date(2020, 9, 1),
        FactKind.REGISTERED_ADDRESS: RegisteredAddress("浙江省杭州市滨江区示例大道 99 号 8 层", "330108"),
        FactKind.BUSINESS_SCOPE: "一般项目:软件开发;信息系统集成服务;技术服务、技术咨询。",
    },
    "materials": {
        FactKind.LEGAL_REPRESENTATIVE: "高宏图",
        FactKind.REGISTERED_CAPITAL: 2_000_000_00,
        FactKind.FOUNDED_ON: dt.date(2019, 11, 12),
        FactKind.REGISTERED_ADDRESS: RegisteredAddress("浙江省杭州市上城区示例路 66 号建材市场 12 号", "330102"),
        FactKind.BUSINESS_SCOPE: "一般项目:建筑材料销售;金属材料销售;五金产品批发。",
    },
    "neighbour": {
        FactKind.LEGAL_REPRESENTATIVE: "徐示例",
        FactKind.REGISTERED_CAPITAL: 80_000_00,
        FactKind.FOUNDED_ON: dt.date(2020, 5, 11),
        FactKind.REGISTERED_ADDRESS: RegisteredAddress("浙江省绍兴市越城区示例路 3 号", "330602"),
        FactKind.BUSINESS_SCOPE: "一般项目:五金产品零售;建筑材料销售;日用百货销售。",
    },
}
_PACKAGES = {
    "restaurant": "小规模记账报税(月付 800 元)",
    "trading": "一般纳税人记账报税",
    "software": "一般纳税人记账报税加研发归集",
    "materials": "一般纳税人记账报税",
    "neighbour": "小规模记账报税",
}
_CONTACTS = {"restaurant": "陈出纳", "trading": "孙经理", "software": "方助理", "materials": "林文员", "neighbour": "徐老板娘"}
_PEOPLE = {"restaurant": 13, "trading": 9, "software": 20, "materials": 3, "neighbour": 2}


def facts_of(company: Company, today: dt.date) -> tuple[NewFact, ...]:
    """What is entered when the company is taken on; nothing for one that has no profile here."""
    return tuple(_facts(company, today)) if company.key in _LICENCES else ()


def _facts(company: Company, today: dt.date) -> Iterator[NewFact]:
    key, start = company.key, company.books_start
    for kind, value in _LICENCES[key].items():
        yield NewFact(kind, value, start, FactSource.BUSINESS_LICENCE)
    yield NewFact(FactKind.RESTRICTED_INDUSTRY, False, start)
    yield NewFact(FactKind.SERVICE_PACKAGE, _PACKAGES[key], start)
    yield NewFact(FactKind.CONTACT, ContactPerson(ContactRole.DAILY, _CONTACTS[key]), start, FactSource.CLIENT)
    for number, month in enumerate((1, 4, 7)):
        quarter = dt.date(today.year, month, 1)
        if start <= quarter and dt.date(today.year, month + 3, 1) <= today:
            yield NewFact(FactKind.EMPLOYEES, QuarterEnds(_PEOPLE[key] + number, _PEOPLE[key] + number + 1), quarter)
