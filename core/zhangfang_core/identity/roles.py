"""The roles that every firm has, and those that plugins add."""

from typing import Literal

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.roles import EVERY_PLUGINS, Role

OPERATOR = "operator"
PERSON = "person"
"""At their own pages, where no firm says what they may."""

AUDITOR = "auditor"
"""Who came by an auditor's link; given by nothing else."""

BUILT_IN = (
    Role("owner", "负责人", "firm", measures=None),
    Role("admin", "管理员", "firm", measures=None),
    Role("accountant", "会计", "firm", measures=None),
    Role("reviewer", "审核", "firm", measures=None),
    Role("boss", "老板", "client", measures=None),
    Role(
        "cashier",
        "出纳",
        "client",
        measures=frozenset(
            {
                "bank_balance",
                "cash_balance",
                "money_funds",
                "available_funds",
                "payables",
                "taxes_payable",
                EVERY_PLUGINS,
            }
        ),
    ),
    Role("sales_manager", "销售主管", "client", measures=frozenset({"sales", "receivables", EVERY_PLUGINS})),
    Role("driver", "司机(只上传票据)", "client"),
    Role(AUDITOR, "审计(只读链接)", "client", measures=frozenset()),
)


def roles() -> tuple[Role, ...]:
    """Built-in roles, then the plugins' in dependency order."""
    return (*BUILT_IN, *(role for module in registry().modules.values() for role in module.roles))


def role(key: str) -> Role | None:
    return next((r for r in roles() if r.id == key), None)


def role_title(key: str) -> str:
    """The title of a role in the language in force; a role that a firm made is called by its key."""
    if key == OPERATOR:
        return gettext("平台运维")
    if key == PERSON:
        return gettext("个人")
    found = role(key)
    return key if found is None else gettext(found.title)


def side_of(key: str) -> Literal["firm", "client"]:
    """Raises KeyError for a role that neither core nor a plugin has."""
    found = role(key)
    if found is None:
        raise KeyError(key)
    return found.side
