"""How the trail names what was done. Actions of plugins that are not here show their own code."""

ACTION_NAMES = {
    "client.take_on": "接收客户",
    "client.assign": "调整会计分工",
    "contact.verify": "验证联系方式",
    "contact.remove": "删除联系方式",
    "contact.choose": "修改通知方式",
    "profile.record": "录入企业资料",
    "profile.propose": "提出企业资料",
    "profile.accept": "采纳企业资料",
    "profile.withdraw": "撤回企业资料",
    "profile.confirm": "客户确认资料",
    "profile.object": "客户对资料有意见",
    "documents.store": "存入文件",
    "documents.view": "查看文件",
    "ledger.draft": "填制凭证",
    "ledger.discard": "作废草稿",
    "ledger.post": "凭证过账",
    "ledger.reverse": "红字冲销",
    "ledger.close": "结账",
    "ledger.reopen": "反结账",
    "ledger.import": "导入凭证",
    "calendar.move": "调整申报截止日",
    "calendar.restore": "恢复申报截止日",
    "calendar.day": "调整工作日",
    "audit.verify": "校验日志",
    "vendor.choose": "选用外部服务",
    "vendor.change": "修改外部服务设置",
    "vendor.order": "调整外部服务顺序",
    "vendor.remove": "移除外部服务",
    "vendor.test": "测试外部服务连接",
}


def action_name(action: str) -> str:
    return ACTION_NAMES.get(action, action)
