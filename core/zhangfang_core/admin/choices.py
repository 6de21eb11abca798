"""Titles of the codes that core's tables hold, and of those that many tables share."""

from collections.abc import Awaitable, Callable, Mapping

from zhangfang_core.identity.roles import roles
from zhangfang_core.identity.tables import OwnRole
from zhangfang_core.ledger.charts.chart import Side
from zhangfang_core.ledger.charts.loading import load_chart
from zhangfang_core.ledger.charts.loading import standards as known_standards
from zhangfang_core.modules.registry import registry
from zhangfang_core.notices.kinds import notice_kinds
from zhangfang_core.tenancy import fact_wording
from zhangfang_core.trail.action_names import action_names
from zhangfang_sdk.admin import Titles
from zhangfang_sdk.ledger import VoucherKind, VoucherState
from zhangfang_sdk.profile import Standing

SIDES: Titles = {Side.DEBIT: "借", Side.CREDIT: "贷"}
VOUCHER_KINDS: Titles = {
    VoucherKind.OPENING: "期初",
    VoucherKind.NORMAL: "日常",
    VoucherKind.CLOSING: "结转损益",
    VoucherKind.REVERSAL: "红字冲销",
}
VOUCHER_STATES: Titles = {VoucherState.DRAFT: "草稿", VoucherState.POSTED: "已过账", VoucherState.DISCARDED: "已作废"}
DOCUMENT_SOURCES: Titles = {"upload": "人工上传", "system": "系统生成"}
STANDINGS: Titles = {Standing.PROPOSED: "待采纳", Standing.IN_FORCE: "有效", Standing.WITHDRAWN: "已撤回"}


async def standards() -> Titles:
    return {key: load_chart(key).title for key in known_standards()}


async def fact_kinds() -> Titles:
    return dict(fact_wording.titles().items())


async def fact_sources() -> Titles:
    return dict(fact_wording.sources().items())


async def actions() -> Titles:
    return action_names()


async def kinds_of_notices() -> Titles:
    return {name: kind.title for name, kind in notice_kinds().items()}


async def role_titles() -> Titles:
    """Built-in roles, plugins' and the firm's own."""
    own = await OwnRole.select(OwnRole.key, OwnRole.title)
    return {role.id: role.title for role in roles()} | {row["key"]: row["title"] for row in own}


async def module_titles() -> Titles:
    return {id_: module.manifest.title for id_, module in registry().modules.items()}


SHARED_CHOICES: Mapping[str, Callable[[], Awaitable[Titles]]] = {"role": role_titles, "module": module_titles}
"""Of every screen that says nothing else of such a column."""
