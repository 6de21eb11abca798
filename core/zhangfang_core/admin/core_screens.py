"""Core's tables on the admin desk. What core can do has pages of its own: they are linked from the desk (``better``)."""

import json
from collections.abc import Callable

from zhangfang_core.admin import choices
from zhangfang_core.documents.tables import DocumentRow
from zhangfang_core.identity.tables import Invitation, Membership
from zhangfang_core.ledger.charts.chart import CATEGORY_TITLES
from zhangfang_core.ledger.rules import KIND_TITLES, kinds_of
from zhangfang_core.ledger.tables import ClosedPeriod, LedgerAccount, LedgerVoucher
from zhangfang_core.modules.tables import ModuleSwitch
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_core.tenancy import fact_values, fact_wording
from zhangfang_core.tenancy.tables import Client, ClientFact
from zhangfang_core.trail.tables import AuditEntry
from zhangfang_core.trail.value_words import subject_words
from zhangfang_sdk.admin import AdminScreen, BetterPage, Row
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.profile import FactKind


def _fact(row: Row) -> str:
    if "kind" not in row:
        return ""
    kind = FactKind(row["kind"])
    return fact_wording.shown(kind, fact_values.read(kind, json.loads(row["value"])))


def _subject(row: Row) -> str:
    return subject_words(row["subject"], row.get("action", ""))


def _dimensions(column: str) -> Callable[[Row], str]:
    return lambda row: "、".join(KIND_TITLES[DimensionKind(kind)] for kind in kinds_of(row[column]))


SCREENS = (
    AdminScreen(
        Client,
        "客户企业",
        (Client.name, Client.tax_id, Client.standard, Client.books_start),
        permission="clients.manage",
        choices={"standard": choices.standards},
        better=BetterPage("客户档案", "/clients"),
    ),
    AdminScreen(
        ClientFact,
        "企业资料",
        (
            ClientFact.client,
            ClientFact.kind,
            ClientFact.value,
            ClientFact.valid_from,
            ClientFact.source,
            ClientFact.standing,
            ClientFact.entered_by_name,
            ClientFact.confirmed_by_name,
        ),
        {
            "value": "内容",
            "part": "年份或角色",
            "valid_from": "生效日期",
            "standing": "状态",
            "entered_at": "录入时间",
            "entered_by_name": "录入人",
            "decided_at": "采纳时间",
            "decided_by_name": "采纳人",
            "confirmed_at": "客户确认时间",
            "confirmed_by_name": "客户确认人",
            "objection": "客户意见",
            "objected_at": "提出意见时间",
            "objected_by_name": "提出意见的人",
        },
        permission="profile.read",
        choices={"kind": choices.fact_kinds, "source": choices.fact_sources, "standing": choices.STANDINGS},
        words={"value": _fact},
        hidden=(ClientFact.entered_by,),
        better=BetterPage("客户档案", "/clients"),
    ),
    AdminScreen(
        Membership,
        "人员与角色",
        (Membership.user, Membership.client, Membership.role, Membership.active, Membership.created_at),
        permission="people.manage",
        references={"client": Client},
        better=BetterPage("人员与权限", "/people"),
    ),
    AdminScreen(
        Invitation,
        "邀请",
        (Invitation.contact, Invitation.client, Invitation.role, Invitation.created_at),
        {"revoked_at": "撤回时间"},
        permission="people.manage",
        references={"client": Client},
        better=BetterPage("人员与权限", "/people"),
    ),
    AdminScreen(
        LedgerAccount,
        "会计科目",
        (LedgerAccount.client, LedgerAccount.code, LedgerAccount.full_name, LedgerAccount.category),
        {"dimensions": "可用的辅助核算", "required": "必填的辅助核算", "open_items": "往来核销", "retired": "已停用", "moved_to": "余额转入的下级科目"},
        permission="ledger.read",
        choices={"category": CATEGORY_TITLES, "normal_balance": choices.SIDES},
        words={"dimensions": _dimensions("dimensions"), "required": _dimensions("required")},
    ),
    AdminScreen(
        ClosedPeriod,
        "会计期间",
        (ClosedPeriod.client, ClosedPeriod.period, ClosedPeriod.closed_at, ClosedPeriod.closed_by),
        {"closed_by": "结账人"},
        permission="ledger.read",
    ),
    AdminScreen(
        LedgerVoucher,
        "记账凭证",
        (
            LedgerVoucher.client,
            LedgerVoucher.period,
            LedgerVoucher.word,
            LedgerVoucher.number,
            LedgerVoucher.summary,
            LedgerVoucher.total,
            LedgerVoucher.state,
        ),
        {
            "drafted_by_name": "制单",
            "posted_by_name": "过账",
            "reviewed_by_name": "审核",
            "reverses": "冲销的凭证",
            "discard_reason": "作废原因",
            "returned_reason": "退回原因",
            "returned_by_name": "退回人",
        },
        permission="ledger.read",
        money=(LedgerVoucher.total,),
        choices={"kind": choices.VOUCHER_KINDS, "state": choices.VOUCHER_STATES},
        references={"reverses": LedgerVoucher},
        hidden=(
            LedgerVoucher.source,
            LedgerVoucher.reasons,
            LedgerVoucher.draft_lines,
            LedgerVoucher.drafted_by,
            LedgerVoucher.posted_by,
            LedgerVoucher.reviewed_by,
            LedgerVoucher.version,
        ),
        better=BetterPage("凭证", "/vouchers"),
    ),
    AdminScreen(
        DocumentRow,
        "原始单据",
        (
            DocumentRow.client,
            DocumentRow.name,
            DocumentRow.size,
            DocumentRow.source,
            DocumentRow.stored_by_name,
            DocumentRow.stored_at,
        ),
        {"stored_by_name": "存入人"},
        permission="documents.read",
        choices={"source": choices.DOCUMENT_SOURCES},
        hidden=(DocumentRow.object, DocumentRow.stored_by),
    ),
    AdminScreen(
        NoticeRow,
        "消息",
        (NoticeRow.client, NoticeRow.user, NoticeRow.kind, NoticeRow.title, NoticeRow.created_at, NoticeRow.read_at),
        {"urgent": "紧急", "mail": "邮件正文", "sms": "短信正文"},
        permission="notices.manage",
        choices={"kind": choices.kinds_of_notices},
        hidden=(NoticeRow.key, NoticeRow.subject, NoticeRow.planned_at, NoticeRow.link),
        better=BetterPage("通知记录", "/messages/deliveries"),
    ),
    AdminScreen(
        AuditEntry,
        "操作日志",
        (
            AuditEntry.at,
            AuditEntry.user_name,
            AuditEntry.client,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.address,
        ),
        permission="audit.read",
        choices={"action": choices.actions},
        words={"subject": _subject},
        references={"client": Client},
        hidden=(AuditEntry.user, AuditEntry.before, AuditEntry.after),
        better=BetterPage("操作日志", "/audit"),
    ),
    AdminScreen(
        ModuleSwitch,
        "模块开关",
        (ModuleSwitch.module, ModuleSwitch.enabled, ModuleSwitch.changed_at),
        permission="modules.manage",
        better=BetterPage("功能模块", "/modules"),
    ),
)
