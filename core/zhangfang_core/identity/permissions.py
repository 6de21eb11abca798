"""From a role to what it may do: core's own table, the plugins' manifests, the firm's own versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from zhangfang_core.identity.roles import AUDITOR
from zhangfang_core.identity.roles import role as role_called
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.manifest import Permission

_EVERYBODY = ("owner", "admin", "accountant", "reviewer", "boss", "cashier", "sales_manager", "driver")
_READERS = ("owner", "admin", "accountant", "reviewer", "boss")
_PAYERS = (*_READERS, "cashier")
"""Who handles the money sees what came in, went out and is to be paid, and neither profit nor wages."""
_KEEPERS = ("owner", "admin")
_AUDITED = (*_READERS, AUDITOR)
"""With who came by an auditor's link, whose reach the gate and the services keep to its years."""

CORE_PERMISSIONS = (
    Permission("ledger.read", "查看账簿", _AUDITED),
    Permission("accounts.read", "查看科目余额和明细账", _AUDITED),
    Permission("parties.read", "查看往来账龄", (*_PAYERS, "sales_manager")),
    Permission("receivables.read", "其中的应收往来", (*_READERS, "sales_manager")),
    Permission("payables.read", "其中的应付往来", _PAYERS),
    Permission("funds.read", "查看资金收支", _PAYERS),
    Permission("ledger.draft", "填制凭证", ("owner", "admin", "accountant")),
    Permission("ledger.post", "审核过账", ("owner", "admin", "accountant", "reviewer")),
    Permission("ledger.close", "结账", ("owner", "admin", "accountant")),
    Permission("documents.read", "查看原始单据", (*_PAYERS, AUDITOR)),
    Permission("documents.upload", "上传单据", _EVERYBODY),
    Permission("invoices.read", "查看发票", _PAYERS),
    Permission("tasks.read", "查看待办任务", _PAYERS),
    Permission("alerts.read", "查看风险提醒", ("owner", "admin", "accountant", "reviewer", "boss")),
    Permission("bank.read", "查看银行流水", _READERS),
    Permission("bank.write", "导入和核对银行流水", ("owner", "admin", "accountant")),
    Permission("taxes.read", "查看税款计算", ("owner", "admin", "accountant", "reviewer", "boss")),
    Permission("filings.read", "查看纳税申报", _READERS),
    Permission("filings.write", "办理纳税申报", ("owner", "admin", "accountant")),
    Permission("filings.confirm", "代表企业确认申报", ("boss",)),
    Permission("clients.read", "查看客户企业", (*_EVERYBODY, AUDITOR)),
    Permission("clients.manage", "管理客户企业", _KEEPERS),
    Permission("profile.read", "查看企业资料", ("owner", "admin", "accountant", "reviewer", "boss")),
    Permission("profile.write", "维护企业资料", ("owner", "admin", "accountant")),
    Permission("profile.propose", "提出企业资料", ("owner", "admin", "accountant", "boss")),
    Permission("profile.confirm", "代表企业确认资料", ("boss",)),
    Permission("contacts.read", "查看联系方式", ("owner", "admin", "accountant", "reviewer")),
    Permission("notices.manage", "查看和处理通知的发送", ("owner", "admin", "accountant")),
    Permission("admin.use", "使用管理后台", _KEEPERS),
    Permission("people.manage", "管理人员与权限", _KEEPERS),
    Permission("audit.read", "查看操作日志", _KEEPERS),
    Permission("modules.manage", "启用和停用功能模块", _KEEPERS),
)

OPERATOR_PERMISSIONS = frozenset({"operator.use"})

WHOLE_BOOKS = frozenset(
    {
        *("ledger.read", "ledger.draft", "ledger.post", "ledger.close", "bank.read", "bank.write", "taxes.read"),
        *("filings.read", "filings.write", "filings.confirm", "alerts.read", "audit.read"),
    }
)
"""What shows amounts of any account: no role that is kept to some accounts holds it. The database keeps the same list."""


KEEPERS_ALONE = frozenset({"people.manage"})
"""Who gives roles could give any to a second sign-in of their own: no role that a firm made holds it. The database keeps the same list."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do and see. ``measures`` and ``accounts`` are None for all."""

    permissions: frozenset[str]
    measures: frozenset[str] | None = frozenset()
    accounts: tuple[str, ...] | None = None


def rights_of(role: str, own: Rights | None, enabled_plugins: frozenset[str]) -> Rights:
    """``own`` is what the firm says of the role, where it made it or its own version of it."""
    permissions = permissions_of(role, {} if own is None else {role: own.permissions}, enabled_plugins)
    if own is not None:
        return Rights(permissions, own.measures, own.accounts)
    declared = role_called(role)
    return Rights(permissions) if declared is None else Rights(permissions, declared.measures, declared.accounts)


def permissions_of(
    role: str, firm_roles: Mapping[str, frozenset[str]], enabled_plugins: frozenset[str]
) -> frozenset[str]:
    """What ``role`` may do. ``firm_roles`` are the firm's own roles (core_role) by key: one of them stands for itself alone."""
    return _resolved(role, firm_roles.get(role), enabled_plugins)


@lru_cache(maxsize=1024)
def _resolved(role: str, own: frozenset[str] | None, enabled: frozenset[str]) -> frozenset[str]:
    plugins = [p for id_, m in registry().modules.items() if id_ in enabled for p in m.manifest.permissions]
    known = (*CORE_PERMISSIONS, *plugins)
    if own is not None:
        return own & {p.id for p in known}
    declared = role_called(role)
    added = frozenset[str]() if declared is None else declared.permissions
    return added | {p.id for p in known if role in p.roles}
