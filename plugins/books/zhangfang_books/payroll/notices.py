"""What the client's people are told of payrolls: that one waits for their word, and that their word is void. No amount of anybody leaves the portal."""

from zhangfang_books.payroll import readers
from zhangfang_books.payroll.tables import Payroll
from zhangfang_sdk import use
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.periods import Period

NOTICE_KINDS = (
    NoticeKind(
        key="payroll_to_confirm",
        title="请确认工资表",
        heading="请确认{month}工资表",
        body="{again}{people} 人,请核对后确认,确认后会计入账、报个税。",
        mail="{again}{month}工资表等您确认,共 {people} 人。请登录核对。",
        sms="{month}工资表等您确认,请登录核对",
        permission=readers.CONFIRM,
    ),
    NoticeKind(
        key="payroll_reopened",
        title="工资表重做",
        heading="{month}工资表要重做,您原来的确认已作废",
        body="{why}。改好后会再请您确认,现在不用做什么。",
        sms="{month}工资表要重做,改好后再请您确认",
        permission=readers.CONFIRM,
    ),
)


async def ask_to_confirm(payroll: Payroll) -> None:
    """Each time that it is brought in."""
    again = f"原来的确认已作废({payroll.why})。" if payroll.why else ""
    values = {"month": _month(payroll), "people": str(payroll.people), "again": again}
    key = f"payroll:{payroll.id}:{payroll.made_at:%Y%m%d%H%M%S%f}"
    await use(Notices).send(Notice(int(payroll.client), "books.payroll_to_confirm", key, f"/books/payroll/{payroll.id}", values))


async def tell_reopened(payroll: Payroll) -> None:
    """Once for each payroll that was brought in and confirmed."""
    values = {"month": _month(payroll), "why": payroll.why}
    key = f"payroll_reopened:{payroll.id}:{payroll.made_at:%Y%m%d%H%M%S%f}"
    await use(Notices).send(Notice(int(payroll.client), "books.payroll_reopened", key, f"/books/payroll/{payroll.id}", values))


def _month(payroll: Payroll) -> str:
    return Period.from_number(payroll.period).label
