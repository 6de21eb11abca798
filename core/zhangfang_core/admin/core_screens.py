"""Core's tables and forms on the admin desk."""

from pydantic import BaseModel, Field

from zhangfang_core.documents.tables import DocumentRow
from zhangfang_core.identity.tables import Invitation, Membership
from zhangfang_core.ledger.tables import ClosedPeriod, LedgerAccount, LedgerVoucher
from zhangfang_core.modules.switches import switch
from zhangfang_core.modules.tables import ModuleSwitch
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_core.tenancy.tables import Client, ClientFact
from zhangfang_core.trail.tables import AuditEntry
from zhangfang_sdk.admin import AdminForm, AdminScreen

SCREENS = (
    AdminScreen(
        Client,
        "客户企业",
        (Client.name, Client.tax_id, Client.standard, Client.books_start),
        permission="clients.manage",
    ),
    AdminScreen(
        ClientFact,
        "企业资料",
        (
            ClientFact.client,
            ClientFact.kind,
            ClientFact.part,
            ClientFact.value,
            ClientFact.valid_from,
            ClientFact.entered_by_name,
            ClientFact.confirmed_by_name,
        ),
        permission="profile.read",
    ),
    AdminScreen(
        Membership,
        "人员与角色",
        (Membership.user, Membership.client, Membership.role, Membership.active, Membership.created_at),
        permission="people.manage",
    ),
    AdminScreen(
        Invitation,
        "邀请",
        (Invitation.contact, Invitation.client, Invitation.role, Invitation.created_at),
        permission="people.manage",
    ),
    AdminScreen(
        LedgerAccount,
        "会计科目",
        (LedgerAccount.client, LedgerAccount.code, LedgerAccount.full_name, LedgerAccount.category),
    ),
    AdminScreen(ClosedPeriod, "会计期间", (ClosedPeriod.client, ClosedPeriod.period, ClosedPeriod.closed_at)),
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
    ),
    AdminScreen(
        DocumentRow,
        "原始单据",
        (DocumentRow.client, DocumentRow.name, DocumentRow.media_type, DocumentRow.size, DocumentRow.stored_at),
    ),
    AdminScreen(
        NoticeRow, "消息", (NoticeRow.client, NoticeRow.user, NoticeRow.title, NoticeRow.created_at)
    ),
    AdminScreen(
        AuditEntry,
        "操作日志",
        (AuditEntry.at, AuditEntry.user_name, AuditEntry.action, AuditEntry.subject, AuditEntry.address),
        permission="audit.read",
    ),
    AdminScreen(
        ModuleSwitch,
        "模块开关",
        (ModuleSwitch.module, ModuleSwitch.enabled, ModuleSwitch.changed_at),
        permission="modules.manage",
    ),
)


class SwitchModule(BaseModel):
    module: str = Field(title="模块编号", description="英文编号")
    enabled: bool = Field(title="启用", default=False)
    dependants: str = Field(
        title="同时停用的模块", description="停用时,把依赖它的模块编号写在这里,用逗号分开", default=""
    )


async def _switch(fields: BaseModel) -> str:
    form = SwitchModule.model_validate(fields.model_dump())
    named = [name.strip() for name in form.dependants.split(",")]
    await switch(form.module.strip(), on=form.enabled, named_dependants=named)
    return f"模块 {form.module} 已{'启用' if form.enabled else '停用'},下一次请求起生效。"


FORMS = (
    AdminForm(
        "switch_module", "启用或停用模块", "立即对本公司生效,数据保留。", SwitchModule, _switch, "modules.manage"
    ),
)
