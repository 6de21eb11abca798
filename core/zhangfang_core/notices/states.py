"""What may become of a notice by e-mail, SMS or WeChat, and why."""

from collections.abc import Mapping
from enum import StrEnum

from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.contacts import Channel


class State(StrEnum):
    """``WAITING`` for its hour or for another try; ``SENDING`` is being handed over; ``SENT`` was taken over by the vendor.

    ``LEFT_OUT`` was never to go out, ``FAILED`` certainly did not. ``UNCERTAIN``: it was handed over and nobody heard what came of it; a
    vendor that knows no keys would send it twice if asked again, so that a person decides.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    LEFT_OUT = "left_out"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Reason(StrEnum):
    NONE = ""
    HELD = "held"
    AGAIN = "again"
    OPTED_OUT = "opted_out"
    NO_ADDRESS = "no_address"
    NOT_CHOSEN = "not_chosen"
    NOT_BOUND = "not_bound"
    GONE = "gone"
    NO_VENDOR = "no_vendor"
    NEVER_ALLOWED = "never_allowed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    BROKEN_OFF = "broken_off"
    DECIDED = "decided"
    SETTLED = "settled"


def state_words() -> Mapping[State, str]:
    return {
        State.WAITING: gettext("等待发送"),
        State.SENDING: gettext("正在发送"),
        State.SENT: gettext("已交给服务商"),
        State.LEFT_OUT: gettext("没有发送"),
        State.FAILED: gettext("发送失败"),
        State.UNCERTAIN: gettext("不确定"),
    }


def reason_words() -> Mapping[Reason, str]:
    return {
        Reason.NONE: "",
        Reason.HELD: gettext("夜间、免打扰时段和节假日不发,到点再发"),
        Reason.AGAIN: gettext("服务商暂时没有回应,稍后自动再试"),
        Reason.OPTED_OUT: gettext("本人关闭了这类通知"),
        Reason.NO_ADDRESS: gettext("本人没有验证这个联系方式"),
        Reason.NOT_CHOSEN: gettext("本人没有开通或没有同意这个方式"),
        Reason.NOT_BOUND: gettext("本人还没有绑定微信"),
        Reason.GONE: gettext("本人已停用或离开"),
        Reason.NO_VENDOR: gettext("没有开通这项外部服务"),
        Reason.NEVER_ALLOWED: gettext("本人的免打扰时段盖住了可以发送的全部时间"),
        Reason.REFUSED: gettext("服务商拒绝"),
        Reason.NO_ANSWER: gettext("多次尝试,服务商一直没有回应"),
        Reason.BROKEN_OFF: gettext("发送途中断开,对方可能已经收到"),
        Reason.DECIDED: gettext("人工确认对方已收到"),
        Reason.SETTLED: gettext("事情已经办好,不用再发"),
    }


def channel_words() -> Mapping[Channel, str]:
    return {
        Channel.SCREEN: gettext("站内"),
        Channel.EMAIL: gettext("邮件"),
        Channel.SMS: gettext("短信"),
        Channel.WECHAT: gettext("微信"),
    }
