"""What a role may see and do, and what not, as the owner reads it before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_core.identity.own_roles.service import RoleDraft, permissions_offered
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import Scope
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.measures import Definition, Measures
from zhangfang_sdk.services import use


@dataclass(frozen=True, slots=True)
class InWords:
    """Headings with what stands under each, first what the role may, then what it may not."""

    may: Sequence[tuple[str, Sequence[str]]]
    may_not: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the words are made of: the firm's clients, figures and account names, of the first client's books."""

    clients: Mapping[int, str]
    measures: Sequence[Definition]
    accounts: Mapping[str, str]


async def known() -> Known:
    """Figures and accounts are empty while the firm has no client."""
    clients = {client.id: client.name for client in await use(Clients).clients()}
    first = next(iter(clients), None)
    if first is None:
        return Known(clients, (), {})
    return Known(clients, await use(Measures).offered(first), await use(Ledger).account_names(first))


async def in_words(draft: RoleDraft, of: Known) -> InWords:
    offered = await permissions_offered(draft.side)
    seen = Scope(permissions=draft.permissions, measures=draft.measures, accounts=draft.accounts)
    figures = {gettext(d.title, d.plugin): seen.sees_measure(d.key, d.accounts) for d in of.measures}
    may = [
        (gettext("权限"), [gettext(p.title) for p in offered if p.id in draft.permissions]),
        (gettext("指标"), [title for title, shown in figures.items() if shown]),
        (gettext("科目"), _accounts(draft, of)),
        (gettext("客户"), _clients(draft, of)),
    ]
    may_not = [
        (gettext("权限"), [gettext(p.title) for p in offered if p.id not in draft.permissions]),
        (gettext("指标"), [title for title, shown in figures.items() if not shown]),
        (
            gettext("科目"),
            [] if draft.accounts is None else [gettext("其他科目的余额和明细,在列表里不出现,也不显示为零")],
        ),
        (gettext("客户"), _others(draft, of)),
    ]
    return InWords([x for x in may if x[1]], [x for x in may_not if x[1]])


def _accounts(draft: RoleDraft, of: Known) -> list[str]:
    if draft.accounts is None:
        return [gettext("全部科目(以权限能打开的页面为限)")]
    any_below = gettext("%(code)s 开头的科目")
    return [
        f"{code} {of.accounts[code]}" if code in of.accounts else any_below % {"code": code} for code in draft.accounts
    ]


def _clients(draft: RoleDraft, of: Known) -> list[str]:
    if draft.side == "client":
        return [gettext("加入的那一家企业")]
    if draft.every_client:
        return [gettext("全部客户,包括以后接收的")]
    return [gettext("分给本人的客户")] if draft.clients is None else [of.clients.get(c, "") for c in draft.clients]


def _others(draft: RoleDraft, of: Known) -> list[str]:
    if draft.every_client:
        return []
    if draft.side == "firm" and draft.clients is not None:
        return [name for id_, name in of.clients.items() if id_ not in draft.clients]
    return [gettext("其他客户企业")]
