"""One suite for the SDK's ``Notices``, run against the fake and core's own."""

from collections.abc import Iterator

import pytest

from zhangfang_core.notices.service import KeptNotices
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.notices import Notice, NoticeKind, Notices, UnknownNoticeKind
from zhangfang_sdk.testing.fakes import FakeNotices

KINDS = (
    NoticeKind("asked", "请确认", "请确认{what}", permission="ledger.read"),
    NoticeKind("named", "点名", "请看一下"),
)


@pytest.fixture(params=["fake", "real"])
def notices(request: pytest.FixtureRequest) -> Iterator[Notices]:
    with declaring(*KINDS):
        yield KeptNotices() if request.param == "real" else FakeNotices(KINDS, DECLARING)


def notice(client: int, key: str = "k", kind: str = "asked", link: str = "/vouchers") -> Notice:
    return Notice(client, f"{DECLARING}.{kind}", key, link, {"what": "发票"})


async def test_a_key_is_sent_once(firm: TestFirm, notices: Notices) -> None:
    async with acting(firm, "owner"):
        assert await notices.send(notice(firm.restaurant))
        assert not await notices.send(notice(firm.restaurant))
        assert await notices.send(notice(firm.restaurant, "another"))


async def test_a_client_out_of_sight(firm: TestFirm, notices: Notices) -> None:
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await notices.send(notice(firm.trading))


async def test_a_kind_that_nobody_declared(firm: TestFirm, notices: Notices) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(UnknownNoticeKind, match="not declared by register_notice_kinds"):
            await notices.send(notice(firm.restaurant, kind="none"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda client: notice(client, link="https://elsewhere.example"), "links to a page"),
        (lambda client: notice(client, link="//elsewhere.example"), "links to a page"),
        (lambda client: notice(client, key=""), "the key"),
        (lambda client: notice(client, key="k" * 161), "the key"),
        (lambda client: notice(client, kind="named"), "say which people"),
        (lambda client: Notice(client, f"{DECLARING}.asked", "k", "/vouchers"), "need the value 'what'"),
    ],
    ids=["link", "host", "no key", "long key", "nobody", "value"],
)
async def test_mistakes_of_the_caller(firm: TestFirm, notices: Notices, wrong: "object", says: str) -> None:
    assert callable(wrong)
    async with acting(firm, "owner"):
        with pytest.raises(ValueError, match=says):
            await notices.send(wrong(firm.restaurant))


async def test_what_is_withdrawn(firm: TestFirm, notices: Notices) -> None:
    async with acting(firm, "owner"):
        assert await notices.withdraw(firm.restaurant, "k") == 0
        with pytest.raises(ValueError, match="empty"):
            await notices.withdraw(firm.restaurant, "")
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await notices.withdraw(firm.trading, "k")
