"""Every kind of notice: core's own and those that plugins declared."""

from collections.abc import Mapping
from functools import cache

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.acting import caller
from zhangfang_sdk.notices import NoticeKind, UnknownNoticeKind

CORE = "core"
CONTACT_WANTED = "contact_wanted"
ACCOUNT_CHANGED = "account_changed"
CORE_KINDS = (
    NoticeKind(
        key="profile_to_confirm",
        title="企业资料待确认",
        heading="企业资料有变动,请您确认",
        body="代账公司更新了贵公司的资料,请核对是否正确。",
        sms="企业资料有变动,请登录核对",
        permission="profile.confirm",
    ),
    NoticeKind(
        key=CONTACT_WANTED,
        title="请留下联系方式",
        heading="请留下手机号或邮箱",
        body="代账公司的通知现在只能在这里看到。验证手机号或邮箱以后,重要的事会及时发给您。",
    ),
    NoticeKind(
        key=ACCOUNT_CHANGED,
        title="账号安全",
        heading="您的账号{what}",
        body="{when},您的账号{what}。不是您本人操作?请马上修改密码、退出其他设备,并告诉您的代账公司。",
        urgent=True,
    ),
)


@cache
def notice_kinds() -> Mapping[str, NoticeKind]:
    """By full name: "core.profile_to_confirm", "notes.returned"."""
    every = {f"{CORE}.{kind.key}": kind for kind in CORE_KINDS}
    for id_, module in registry().modules.items():
        every |= {f"{id_}.{kind.key}": kind for kind in module.notice_kinds}
    return every


def kind_to_send(name: str) -> NoticeKind:
    """For whoever calls the service. Raises UnknownNoticeKind for one that is not declared, and for another plugin's."""
    plugin = caller()
    owner = CORE if plugin is None else plugin.plugin
    known = notice_kinds().get(name)
    if known is None:
        raise UnknownNoticeKind(f"notice kind {name!r} is not declared by register_notice_kinds")
    # Core also sends for plugins in tests and tools; a plugin speaks for itself alone.
    if plugin is not None and name.partition(".")[0] != owner:
        raise UnknownNoticeKind(f"notice kind {name!r} is not declared by the plugin {owner}")
    return known


def only_stands(name: str) -> bool:
    """Whether it stands as a window and is not urgent beyond that."""
    known = notice_kinds().get(name)
    return known is not None and known.window and not known.urgent


def title_of(name: str) -> str:
    """For people; the name itself of a kind whose plugin is gone."""
    known = notice_kinds().get(name)
    return name if known is None else gettext(known.title, name.partition(".")[0])
