"""Notices by e-mail and SMS: to whom, when, together, once, and what the firm reads of it (COLL-2)."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.notices import parcels
from zhangfang_core.notices.badges import unread_count, urgent_unread
from zhangfang_core.notices.delivery import ATTEMPTS, deliver
from zhangfang_core.notices.opt_outs import closable_kinds
from zhangfang_core.notices.service import DELIVER
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.post_office import PostOffice, make_reachable, post_office
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.vendors import service as vendor_service
from zhangfang_sdk.contacts import QuietHours
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import VendorAway, VendorKind, VendorRefused

KINDS = (
    NoticeKind("asked", "请确认", "请确认{what}", "明细", "待确认:{what}", "", "请确认{what}", permission="ledger.read"),
    NoticeKind("alarm", "紧急", "{what}", "", "", "", "{what}", urgent=True, permission="ledger.read"),
    NoticeKind("year", "年报", "{what}", sms="{what}", window=True, permission="ledger.read"),
    NoticeKind("quiet", "只发邮件", "{what}", permission="ledger.read"),
)
MORNING = "2026-11-26 10:00"
Run = Callable[[str], Awaitable[None]]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BUSINESS_TIME_ZONE)


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with declaring(*KINDS):
        yield


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    monkeypatch.setattr(vendor_service, "FIRST_WAIT_S", 0.01)
    with post_office() as made:
        yield made


@pytest.fixture
def run(firm: TestFirm) -> Run:
    async def run(moment: str) -> None:
        with in_scope(system_scope(firm.id)):
            await deliver(lambda: at(moment))

    return run


@pytest_asyncio.fixture(loop_scope="session")
async def boss(firm: TestFirm) -> int:
    return await make_reachable(firm.id, firm.restaurant, "boss", "li")


async def send(firm: TestFirm, *keys: str, kind: str = "asked", client: int | None = None) -> None:
    async with acting(firm, "owner"):
        for key in keys:
            about = client or firm.restaurant
            await use(Notices).send(Notice(about, f"{DECLARING}.{kind}", key, "/vouchers", {"what": key}))


async def rows(firm: TestFirm, person: int | None = None) -> list[Any]:
    async with scoped_transaction(system_scope(firm.id)):
        return await connection().fetch(
            'select * from core_notice_delivery where $1::bigint is null or "user" = $1 order by id', person
        )


async def outcome(firm: TestFirm, person: int) -> set[tuple[str, str, str]]:
    return {(row["channel"], row["state"], row["reason"]) for row in await rows(firm, person)}


async def test_to_those_who_can_be_reached(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    await send(firm, "九月的票")
    await run(MORNING)
    (mail,), (text,) = office.mails, office.texts
    assert (mail.to, mail.subject) == ("li@example.cn", "待确认:九月的票")
    assert "请确认九月的票(嘉喜餐饮有限公司)\n明细\n请登录账房查看。" in mail.text
    assert "“嘉喜”" in mail.text
    assert (text.phone, text.template, text.values) == (f"+86138{boss:08}", "notice", {"text": "请确认九月的票"})
    assert await outcome(firm, boss) == {("email", "sent", ""), ("sms", "sent", "")}
    assert {row["address"] for row in await rows(firm, boss)} == {"li***@example.cn", f"138****{boss:04}"}
    assert await outcome(firm, firm.owner) == {("email", "left_out", "no_address"), ("sms", "left_out", "no_address")}
    await run(MORNING)
    assert len(office.sent) == 2


async def test_a_link_where_the_address_of_the_portal_is_known(
    firm: TestFirm, boss: int, office: PostOffice, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGFANG_PUBLIC_URL", "https://portal.example")
    await send(firm, "票")
    await run(MORNING)
    assert f"查看:https://portal.example/f/{firm.id}/c/{firm.restaurant}/vouchers" in office.mails[0].text


async def test_a_kind_without_words_for_sms_sends_none(
    firm: TestFirm, boss: int, office: PostOffice, run: Run
) -> None:
    await send(firm, "票", kind="quiet")
    await run(MORNING)
    assert not office.texts
    assert await outcome(firm, boss) == {("email", "sent", "")}


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-27 00:05", "2026-11-27 09:00"),
        ("2026-11-29 10:00", "2026-11-30 09:00"),
        ("2026-10-01 10:00", "2026-10-08 09:00"),
        ("2026-11-26 21:00", "2026-11-27 09:00"),
    ],
    ids=["at night", "on a Sunday", "on a holiday", "in the evening"],
)
async def test_nothing_that_is_not_urgent_out_of_hours(
    firm: TestFirm, boss: int, office: PostOffice, run: Run, moment: str, opens: str
) -> None:
    """Held, then sent as one when it may; what is urgent goes at once and by itself."""
    await send(firm, "一", "二", "三")
    await send(firm, "工商年报", kind="alarm")
    await run(moment)
    assert [m.subject for m in office.mails] == ["工商年报"]
    assert [t.values for t in office.texts] == [{"text": "工商年报"}]
    held = [row for row in await rows(firm, boss) if row["state"] == "waiting"]
    assert {(row["reason"], row["due_at"]) for row in held} == {("held", at(opens))}
    async with scoped_transaction(system_scope(firm.id)):
        queued = "select count(*) from procrastinate_jobs where task_name = $1 and status = 'todo' and scheduled_at = $2"
        assert await connection().fetchval(queued, DELIVER, at(opens)) == 1
    await run(opens)
    assert [m.subject for m in office.mails[1:]] == ["您有 3 条新通知:待确认:一等"]
    assert [line for line in office.mails[1].text.splitlines() if line[:2] in ("1.", "2.", "3.")] == [
        f"{n}. 请确认{key}(嘉喜餐饮有限公司)" for n, key in enumerate("一二三", 1)
    ]
    assert [(t.template, t.values) for t in office.texts[1:]] == [("notice_digest", {"count": "3"})]
    assert {row["state"] for row in await rows(firm, boss)} == {"sent"}


async def test_a_person_s_own_quiet_hours(firm: TestFirm, office: PostOffice, run: Run) -> None:
    late = await make_reachable(firm.id, firm.restaurant, "boss", "late", quiet=QuietHours(dt.time(8), dt.time(15)))
    never = await make_reachable(firm.id, firm.restaurant, "boss", "never", quiet=QuietHours(dt.time(9), dt.time(21)))
    await send(firm, "票")
    await run(MORNING)
    assert not office.sent
    assert await outcome(firm, never) == {(c, "left_out", "never_allowed") for c in ("email", "sms")}
    await run("2026-11-26 14:59")
    assert not office.sent
    await run("2026-11-26 15:00")
    assert {row["state"] for row in await rows(firm, late)} == {"sent"}


async def test_consent_and_choices_hold_until_it_goes_out(
    firm: TestFirm, boss: int, office: PostOffice, run: Run
) -> None:
    await send(firm, "一", "二")
    await run("2026-11-27 00:05")
    async with scoped_transaction(Scope(user=boss)):
        await connection().execute('update core_consent set withdrawn_at = now() where "user" = $1', boss)
    await run("2026-11-27 09:00")
    assert not office.sent
    assert await outcome(firm, boss) == {(c, "left_out", "not_chosen") for c in ("email", "sms")}


async def test_a_kind_that_a_person_has_closed(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    async with scoped_transaction(Scope(user=boss)):
        for kind in ("asked", "alarm"):
            await connection().execute(
                'insert into core_notice_opt_out ("user", kind, since) values ($1, $2, now())', boss, f"{DECLARING}.{kind}"
            )
    await send(firm, "票")
    await send(firm, "年报", kind="alarm")
    await run(MORNING)
    assert [m.subject for m in office.mails] == ["年报"], "what is urgent cannot be closed"
    assert ("email", "left_out", "opted_out") in await outcome(firm, boss)


async def test_a_window_that_is_not_urgent_keeps_hours_and_choices(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    """It stands before every page at once; by e-mail and SMS it goes when others may, and not to who has closed its kind."""
    await send(firm, "年报", kind="year")
    await run("2026-11-29 10:00")
    assert not office.sent
    assert await outcome(firm, boss) == {(c, "waiting", "held") for c in ("email", "sms")}
    async with acting(firm, "boss", user=boss):
        assert [row["title"] for row in await urgent_unread()] == ["年报"]
        assert f"{DECLARING}.year" in await closable_kinds()
    await run("2026-11-30 09:00")
    assert (len(office.mails), len(office.texts)) == (1, 1)
    async with scoped_transaction(Scope(user=boss)):
        await connection().execute(
            'insert into core_notice_opt_out ("user", kind, since) values ($1, $2, now())', boss, f"{DECLARING}.year"
        )
    await send(firm, "明年的年报", kind="year")
    await run("2026-11-30 10:00")
    assert (len(office.mails), len(office.texts)) == (1, 1)


async def test_what_is_settled_before_its_hour_goes_out_no_more(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    """Planned or not yet, by whomever; what is out already stays as it was."""
    await send(firm, "九月:交了", "九月:晚了", "十月:没交")
    await run("2026-11-26 22:00")
    await send(firm, "九月:又晚了")
    async with acting(firm, "boss", client=firm.restaurant):
        assert await use(Notices).withdraw(firm.restaurant, "九月:") == 4
        assert await use(Notices).withdraw(firm.restaurant, "九月:") == 0
    await run("2026-11-27 09:00")
    assert [m.subject for m in office.mails] == ["待确认:十月:没交"]
    assert len(office.texts) == 1
    assert await outcome(firm, boss) == {(c, *how) for c in ("email", "sms") for how in (("sent", ""), ("left_out", "settled"))}
    async with acting(firm, "owner"):
        assert await use(Notices).withdraw(firm.restaurant, "十月:") == 0, "it is out"


async def test_what_is_settled_stands_as_read(firm: TestFirm, boss: int) -> None:
    """Whoever settles it, for everybody; the others stay as they were."""
    await send(firm, "九月:交了", "十月:没交")
    async with acting(firm, "boss", user=boss):
        assert await unread_count() == 2
    async with acting(firm, "owner"):
        await use(Notices).withdraw(firm.restaurant, "九月:")
    async with acting(firm, "boss", user=boss):
        assert await unread_count() == 1


async def test_somebody_who_left_is_sent_nothing(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    await send(firm, "票")
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute('update core_membership set active = false where "user" = $1', boss)
    await run(MORNING)
    assert not office.sent
    assert await outcome(firm, boss) == {(c, "left_out", "gone") for c in ("email", "sms")}


async def test_without_a_vendor(firm: TestFirm, boss: int, run: Run) -> None:
    with post_office(VendorKind.EMAIL) as office:
        await send(firm, "票")
        await run(MORNING)
    assert len(office.mails) == 1
    assert await outcome(firm, boss) == {("email", "sent", ""), ("sms", "left_out", "no_vendor")}


async def test_what_a_vendor_refuses_is_said(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    office.fails = [VendorRefused("email.bad_address", "邮箱不存在。"), VendorRefused("sms.blocked", "对方退订。")]
    await send(firm, "票")
    await run(MORNING)
    assert {(row["state"], row["reason"]) for row in await rows(firm, boss)} == {("failed", "refused")}
    assert {row["detail"] for row in await rows(firm, boss)} == {"邮箱不存在。", "对方退订。"}


async def test_tried_again_with_the_same_key(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    """A mail that may have gone out carries its Message-ID again; where a vendor knows no keys a person decides."""
    office.fails = [VendorAway("broke off"), VendorAway("broke off")]
    await send(firm, "票")
    await run(MORNING)
    assert await outcome(firm, boss) == {("email", "waiting", "again"), ("sms", "uncertain", "broken_off")}
    first = {row["key"] for row in await rows(firm, boss)}
    await send(firm, "另一张", kind="quiet")
    await run("2026-11-26 10:01")
    assert sorted(m.subject for m in office.mails) == ["另一张", "待确认:票"], "a new one does not join a message that may be out"
    assert {m.key for m in office.mails} & first
    assert ("sms", "uncertain", "broken_off") in await outcome(firm, boss)
    assert not office.texts


async def test_what_certainly_did_not_go_out_is_tried_for_hours(
    firm: TestFirm, boss: int, office: PostOffice, run: Run
) -> None:
    await send(firm, "票", kind="quiet")
    for number in range(ATTEMPTS):
        office.fails = [VendorAway("gone", maybe_done=False) for _ in range(9)]
        async with scoped_transaction(system_scope(firm.id)):
            # The breaker would leave the vendor out: that is no attempt of the vendor's, but one of ours.
            await connection().execute("delete from core_vendor_breaker")
        await run(f"2026-11-26 {10 + number:02}:00")
    assert await outcome(firm, boss) == {("email", "failed", "no_answer")}
    office.fails = []
    await run("2026-11-26 20:00")
    assert not office.sent


async def test_left_by_a_dead_worker(
    firm: TestFirm, boss: int, office: PostOffice, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was being handed over: again with its key, or not at all; and never while another worker may be at it."""
    await send(firm, "票")
    killed = asyncio.CancelledError()

    async def dies(*_: object) -> None:
        raise killed

    with monkeypatch.context() as patch:
        patch.setattr("zhangfang_core.notices.delivery._hand_over", dies)
        for _ in range(2):
            with pytest.raises(asyncio.CancelledError):
                await run(MORNING)
    sending = {row["channel"]: row["key"] for row in await rows(firm, boss)}
    await run("2026-11-26 10:04")
    assert not office.sent
    assert {row["state"] for row in await rows(firm, boss)} == {"sending"}
    await run("2026-11-26 10:05")
    assert [m.key for m in office.mails] == [sending["email"]]
    assert not office.texts
    assert await outcome(firm, boss) == {("email", "sent", ""), ("sms", "uncertain", "broken_off")}


async def test_left_by_a_dead_worker_in_the_evening(
    firm: TestFirm, boss: int, office: PostOffice, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going on after a kill is no reason to wake anybody."""
    await send(firm, "票", kind="quiet")
    with monkeypatch.context() as patch:
        patch.setattr("zhangfang_core.notices.delivery._hand_over", _dies)
        with pytest.raises(asyncio.CancelledError):
            await run("2026-11-26 20:58")
    await run("2026-11-26 21:04")
    assert not office.sent
    assert await outcome(firm, boss) == {("email", "waiting", "held")}
    await run("2026-11-27 09:00")
    assert len(office.mails) == 1


async def _dies(*_: object) -> None:
    raise asyncio.CancelledError


async def test_several_workers_at_once(firm: TestFirm, boss: int, office: PostOffice, run: Run) -> None:
    people = [await make_reachable(firm.id, firm.restaurant, "boss", f"p{n}") for n in range(10)]
    await send(firm, "一")
    await send(firm, "二", kind="alarm")
    await asyncio.gather(*(run(MORNING) for _ in range(6)))
    assert len(office.mails) == len({m.key for m in office.mails}) == 2 * (len(people) + 1)
    assert {(row["state"]) for row in await rows(firm) if row["user"] in (*people, boss)} == {"sent"}


async def test_another_firm_s_stay_its_own(firm: TestFirm, other_firm: TestFirm, boss: int, office: PostOffice) -> None:
    await send(firm, "票")
    with in_scope(system_scope(other_firm.id)):
        await deliver(lambda: at(MORNING))
    assert not office.sent
    assert await rows(other_firm) == []
    async with acting(firm, "boss", user=boss):
        assert await connection().fetch("select * from core_notice_delivery") == []


def test_the_lease_is_longer_than_a_hand_over() -> None:
    from zhangfang_core.notices.delivery import CALL_S

    assert parcels.LEASE.total_seconds() > vendor_service.ATTEMPTS * (CALL_S + vendor_service.LONGEST_WAIT_S * 1.5)
