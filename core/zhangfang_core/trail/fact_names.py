"""What stands beside an action on the trail, in words: the keys of ``before`` and ``after``, and the kinds of things that were acted on.

Core's are here, a plugin's in its manifest (``[facts]``); a plugin may use core's too. Settings are recorded by their titles, rows of the
admin desk by their columns' names, which are words already.
"""

from zhangfang_core.modules.registry import registry
from zhangfang_sdk.texts import translatable

CORE_FACTS = translatable(
    {
        "account": "科目",
        "added": "新增",
        "address": "页面地址",
        "also_factor": "同时停用动态码",
        "amount": "金额(分)",
        "area": "地区",
        "asked": "条件",
        "clean_limit": "批量过账的单张金额上限(分)",
        "clients": "客户企业",
        "closed": "不接收的通知",
        "code": "编码",
        "contact": "联系方式",
        "cost": "原值(分)",
        "debit": "借方合计(分)",
        "digest": "凭证指纹",
        "digests": "凭证指纹",
        "document": "文件编号",
        "drafts": "草稿",
        "date": "日期",
        "due": "截止日",
        "early": "提前结账",
        "ended": "退出的登录数",
        "faults": "发现的问题数",
        "file": "文件",
        "first": "第一张",
        "head": "封存指纹",
        "holds": "数据完整",
        "ids": "编号",
        "into": "并入",
        "kind": "种类",
        "last": "最后一张",
        "lengths": "各级编码长度",
        "lines": "行数",
        "matches": "核销笔数",
        "media_type": "文件类型",
        "method": "折旧方法",
        "months": "使用月数",
        "moved_from": "余额移自",
        "name": "名称",
        "number": "号码",
        "offered": "可选的辅助核算",
        "on": "日期或状态",
        "part": "部件",
        "period": "月份",
        "plugin": "模块",
        "position": "顺序",
        "reason": "原因",
        "required": "必填的辅助核算",
        "residual": "残值(分)",
        "result": "结果",
        "retired": "已停用",
        "reversal": "红字核销",
        "role": "角色",
        "rule": "规则",
        "sha256": "文件指纹",
        "since": "开始月份",
        "size": "大小(字节)",
        "source": "来源",
        "state": "状态",
        "summary": "摘要",
        "tax_id": "税号",
        "title": "标题",
        "total": "合计(分)",
        "units": "工作量",
        "user": "用户编号",
        "valid_from": "生效日期",
        "value": "内容",
        "version": "版本",
        "voucher": "凭证编号",
        "vouchers": "凭证",
        "wait_seconds": "下次可再试的等待秒数",
        "wanted": "要做的事",
        "whole": "含全部文件",
        "with_it": "一起启用的模块",
        "back_with_it": "随之恢复的模块",
        "dependants_off": "一起停用的模块",
        "words": "凭证字",
        "working": "上班",
        # Kinds of things acted on, as subjects begin: "core_voucher:17".
        "core_account": "科目",
        "core_audit_block": "操作日志",
        "core_client": "客户企业",
        "core_client_fact": "企业资料",
        "core_code_rule": "编码规则",
        "core_dimension_item": "辅助核算项目",
        "core_document": "文件",
        "core_firm": "代账公司",
        "core_fixed_asset": "资产卡片",
        "core_invitation": "邀请",
        "core_membership": "成员",
        "core_month_end_skip": "不做的月末凭证",
        "core_notice_delivery": "通知",
        "core_period": "会计月份",
        "core_session": "登录",
        "core_settlement": "核销",
        "core_user": "用户",
        "core_voucher": "凭证",
        "core_voucher_choice": "凭证设置",
        "core_voucher_template": "凭证模板",
        "day": "日子",
        "deadline": "申报截止日",
        "job": "后台任务",
        "module": "模块",
        "page": "页面",
        "vendor": "外部服务",
        "verification": "完整性校验",
    }
)


def fact_name(key: str, action: str) -> str:
    """Its Chinese name where ``action`` was recorded; what stands there from a plugin that is gone shows its code."""
    module = registry().modules.get(action.partition(".")[0])
    own = {} if module is None else module.manifest.facts
    return own.get(key) or CORE_FACTS.get(key, key)


def is_named(key: str, action: str) -> bool:
    """Whether readers of the trail see words and no code: it has a name, or is one (a setting's title, a column's)."""
    return fact_name(key, action) != key or any(ord(sign) > 0x2E80 for sign in key)
