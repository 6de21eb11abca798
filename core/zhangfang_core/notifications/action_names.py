"""How the trail names what was done. Actions of plugins that are not here show their own code."""

ACTION_NAMES = {
    "clients.take_on": "接收客户",
    "documents.store": "存入文件",
    "documents.view": "查看文件",
    "ledger.draft": "填制凭证",
    "ledger.discard": "作废草稿",
    "ledger.post": "凭证过账",
    "ledger.reverse": "红字冲销",
    "ledger.close": "结账",
    "ledger.reopen": "反结账",
    "ledger.import": "导入凭证",
    "audit.verify": "校验日志",
}


def action_name(action: str) -> str:
    return ACTION_NAMES.get(action, action)
