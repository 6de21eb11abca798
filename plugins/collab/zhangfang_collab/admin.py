"""Tables on the admin desk, for reading: pages do the work."""

from zhangfang_collab.due_dates import RULE_TITLES
from zhangfang_collab.tables import Reminders, Task, Template
from zhangfang_collab.templates import OWNER_ROLES
from zhangfang_sdk.admin import AdminScreen, BetterPage

SCREENS = (
    AdminScreen(
        Task,
        "待办事项",
        (Task.client, Task.period, Task.title, Task.due_on, Task.turn, Task.done_at, Task.done_by, Task.result),
        {
            **{"due_on": "到期日", "done_at": "完成时间", "done_by": "完成人", "turn": "轮到谁", "result": "结果", "note": "说明"},
            **{"template": "模板", "covers": "所属月份", "party": "对方", "owner_firm": "我方负责人", "owner_client": "客户负责人"},
            **{"asked_on": "轮到这一方的日期", "reopened": "重新打开的原因", "until": "收到的到哪一天", "document": "文件"},
            **{"link": "办理页面", "feeds": "对应的申报"},
        },
        hidden=(Task.key, Task.steps, Task.reminded, Task.took, Task.due_rule, Task.due_number, Task.due_tax),
        choices={"turn": {"": "已完成", "client": "客户", "firm": "我们", "tax_office": "税务局"}},
        permission="collab.read",
        better=BetterPage("待办事项", "/tasks"),
    ),
    AdminScreen(
        Reminders,
        "提醒时间",
        (Reminders.duty, Reminders.levels, Reminders.changed_at),
        {"duty": "哪些任务", "levels": "离到期日的天数和语气", "changed_at": "修改时间"},
        choices={"duty": {"monthly": "每月的任务", "yearly": "年度事项"}},
        better=BetterPage("提醒时间", "/tasks/reminders"),
    ),
    AdminScreen(
        Template,
        "任务模板",
        (Template.title, Template.payer, Template.package, Template.month, Template.due_rule, Template.due_number, Template.active),
        {
            **{"payer": "哪些客户", "package": "服务套餐", "month": "月份(0 为每月)", "due_rule": "到期日怎么算", "due_number": "天数"},
            **{"active": "启用", "note": "说明", "due_tax": "按哪一项申报", "feeds": "影响哪一项申报", "party": "对方", "link": "办理页面"},
            **{"owner_role": "客户那边谁负责", "changed_at": "修改时间"},
        },
        choices={"owner_role": OWNER_ROLES, "payer": {"": "全部客户", "general": "一般纳税人", "small_scale": "小规模纳税人"}, "due_rule": RULE_TITLES},
        hidden=(Template.key, Template.steps),
        better=BetterPage("任务模板", "/tasks/templates"),
    ),
)
