"""The roles that every firm has, and those that plugins add."""

from typing import Literal

from zhangfang_core.modules.registry import registry
from zhangfang_sdk.roles import Role

OPERATOR = "operator"
PERSON = "person"
"""At their own pages, where no firm says what they may."""

BUILT_IN = (
    Role("owner", "负责人", "firm"),
    Role("admin", "管理员", "firm"),
    Role("accountant", "会计", "firm"),
    Role("reviewer", "审核", "firm"),
    Role("boss", "老板", "client"),
    Role("cashier", "出纳", "client"),
    Role("sales_manager", "销售主管", "client"),
    Role("driver", "司机(只上传票据)", "client"),
)

SEES_EVERY_CLIENT = frozenset({"owner", "admin", "reviewer"})
"""Firm roles that need no assignment; ``app_enter`` in the database holds the same list."""


def roles() -> tuple[Role, ...]:
    """Built-in roles, then the plugins' in dependency order."""
    return (*BUILT_IN, *(role for module in registry().modules.values() for role in module.roles))


def role(key: str) -> Role | None:
    return next((r for r in roles() if r.id == key), None)


def role_title(key: str) -> str:
    """The title of a role; of a role that a firm made, its key."""
    if key == OPERATOR:
        return "平台运维"
    if key == PERSON:
        return "个人"
    found = role(key)
    return key if found is None else found.title


def side_of(key: str) -> Literal["firm", "client"]:
    """Raises KeyError for a role that neither core nor a plugin has."""
    found = role(key)
    if found is None:
        raise KeyError(key)
    return found.side
