"""How the trail names what was done: core's actions here, a plugin's in its manifest (``[actions]``)."""

from functools import cache

from zhangfang_core.modules.registry import registry
from zhangfang_sdk.texts import translatable

CORE_ACTIONS = translatable(
    {
        "firm.make": "开设代账公司",
        "operator.make": "设立运维人员",
        "client.take_on": "接收客户",
        "client.assign": "调整会计分工",
        "member.join": "加入成员",
        "member.role": "调整成员角色",
        "member.activate": "恢复成员",
        "member.deactivate": "停用成员",
        "role.make": "设立角色",
        "role.change": "修改角色",
        "role.remove": "移除角色",
        "auditor.make": "发出审计链接",
        "auditor.end": "收回审计链接",
        "auditor.enter": "审计人员打开链接",
        "auditor.wrong_pin": "审计链接的 PIN 不对",
        "auditor.view": "审计人员查看",
        "invitation.make": "发出邀请",
        "invitation.withdraw": "撤回邀请",
        "invitation.accept": "接受邀请",
        "session.sign_in": "登录",
        "session.failed": "登录失败,密码不对",
        "session.wrong_code": "登录失败,验证码不对",
        "session.sign_out": "退出登录",
        "session.revoke": "退出一处登录",
        "session.revoke_others": "退出其他各处登录",
        "password.change": "修改密码",
        "password.wrong": "确认密码失败",
        "reset.make": "发出重设密码的链接",
        "reset.use": "用链接重设密码",
        "second_factor.set_up": "启用动态码",
        "second_factor.remove": "停用动态码",
        "second_factor.wrong": "确认动态码失败",
        "second_factor.recovery": "使用恢复码",
        "second_factor.recovery_codes": "重新生成恢复码",
        "contact.verify": "验证联系方式",
        "contact.remove": "删除联系方式",
        "contact.choose": "修改通知方式",
        "notices.choose": "选择接收哪些通知",
        "notices.again": "再次发送通知",
        "notices.ask_contact": "请人留下联系方式",
        "notices.arrived": "确认通知已送达",
        "profile.record": "录入企业资料",
        "profile.propose": "提出企业资料",
        "profile.accept": "采纳企业资料",
        "profile.withdraw": "撤回企业资料",
        "profile.confirm": "客户确认资料",
        "profile.object": "客户对资料有意见",
        "documents.store": "存入文件",
        "documents.view": "查看文件",
        "ledger.add_account": "新增科目",
        "ledger.change_account": "修改科目",
        "ledger.code_rule": "修改编码规则",
        "ledger.add_dimension": "新增辅助核算项目",
        "ledger.change_dimension": "修改辅助核算项目",
        "ledger.merge_dimensions": "合并辅助核算项目",
        "ledger.require_dimensions": "设置科目的辅助核算",
        "ledger.fill_opening": "填写期初",
        "ledger.start_books": "期初入账",
        "ledger.draft": "填制凭证",
        "ledger.redraft": "修改草稿",
        "ledger.review": "复核凭证",
        "ledger.hand_back": "退回草稿",
        "ledger.discard": "作废草稿",
        "ledger.voucher_seen": "查看凭证",
        "ledger.post": "凭证过账",
        "ledger.post_many": "批量过账",
        "ledger.import": "导入凭证",
        "ledger.import_drafts": "导入凭证草稿",
        "ledger.choose": "修改凭证设置",
        "ledger.close_period": "结账",
        "ledger.reopen_period": "反结账",
        "asset.add": "登记资产卡片",
        "asset.revise": "变更资产的会计估计",
        "asset.work": "填写资产的工作量",
        "asset.dispose": "处置资产",
        "month_end.skip": "本月不做月末凭证",
        "month_end.unskip": "恢复月末凭证",
        "month_end.keep_template": "保存凭证模板",
        "month_end.stop_template": "停用凭证模板",
        "open_items.settle": "核销往来款",
        "open_items.undo": "撤销核销",
        "calendar.move": "调整申报截止日",
        "calendar.restore": "恢复申报截止日",
        "calendar.day": "调整工作日",
        "admin.create": "在管理后台新增",
        "admin.change": "在管理后台修改",
        "admin.delete": "在管理后台删除",
        "audit.verify": "完整性校验",
        "audit.choose_mail": "订阅封存指纹",
        "job.again": "重办后台任务",
        "module.enable": "启用模块",
        "module.disable": "停用模块",
        "module.try_again": "重试模块的部件",
        "module.not_declared": "模块越权,已拒绝",
        "module.settings": "修改模块设置",
        "vendor.choose": "选用外部服务",
        "vendor.change": "修改外部服务设置",
        "vendor.order": "调整外部服务顺序",
        "vendor.remove": "移除外部服务",
        "vendor.test": "测试外部服务连接",
        "export.download": "导出或下载",
        "module.uninstall": "卸载模块,数据已导出",
        "module.restore": "装回模块和它的数据",
    }
)


@cache
def action_names() -> dict[str, str]:
    """Titles by action: core's, then those of every plugin that runs."""
    named = dict(CORE_ACTIONS)
    for module in registry().modules.values():
        named |= module.manifest.actions
    return named


def action_name(action: str) -> str:
    """What stands on the trail from a plugin that is gone shows its code."""
    return action_names().get(action, action)
