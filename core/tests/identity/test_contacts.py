"""How people are reached: codes, channels, hours and consent, through the whole portal."""

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import contact_codes
from zhangfang_core.identity.contact_codes import address_written
from zhangfang_core.identity.phones import phone_written
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.testing.vendors import offering
from zhangfang_sdk.contacts import MESSAGES, Channel, ContactKind, Contacts, QuietHours
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.messages import Mail, Receipt, TextMessage
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Settings as VendorSettings
from zhangfang_sdk.vendors import Vendor, VendorAway, VendorKind, VendorRefused

HOME = "/account/contacts"
PHONE = "+8613800138000"
PASSWORD = "eight quiet horses"


@dataclass
class PostOffice:
    """Takes messages and mails over; ``fails`` is raised for the next one."""

    sent: list[TextMessage | Mail] = field(default_factory=list)
    fails: Exception | None = None

    def open(self, settings: VendorSettings) -> "PostOffice":
        return self

    async def send(self, message: TextMessage | Mail) -> Receipt:
        if self.fails is not None:
            raise self.fails
        self.sent.append(message)
        return Receipt("1", dt.datetime.now(dt.UTC))

    @property
    def code(self) -> str:
        last = self.sent[-1]
        text = last.values["code"] if isinstance(last, TextMessage) else last.text
        found = re.search(r"\d{6}", text)
        assert found is not None
        return found[0]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    made = PostOffice()
    kinds = (VendorKind.SMS, VendorKind.EMAIL)
    with offering(*(Vendor(kind, f"office_{kind}", "测试", made.open, outside=False) for kind in kinds)):
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def boss_id(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await make_member(
            login="li", name="李总", password=PASSWORD, role="boss", client=firm.restaurant
        )


@pytest_asyncio.fixture(loop_scope="session", params=["client", "person"])
async def boss(request: pytest.FixtureRequest, portal: Portal, firm: TestFirm, boss_id: int) -> AsyncIterator[Visitor]:
    place = f"/f/{firm.id}/c/{firm.restaurant}" if request.param == "client" else "/me"
    async with portal.visitor(await session_for(boss_id), place) as visitor:
        yield visitor


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_phone_is_verified_by_its_code(boss: Visitor, office: PostOffice, firm: TestFirm, boss_id: int) -> None:
    assert (await boss.post(f"{HOME}/phone/code", address="138 0013 8000")).status_code == 303
    message = office.sent[0]
    assert isinstance(message, TextMessage)
    assert (message.phone, message.template, message.values["minutes"]) == (PHONE, "verification_code", "10")
    page = (await boss.get(HOME)).text
    assert PHONE in page
    assert "已验证" not in page
    async with acting(firm, "accountant"):
        assert (await use(Contacts).reach(boss_id)).phone == ""
    wrong = await boss.post(f"{HOME}/phone/confirm", code=other_than(office.code))
    assert "验证码不对" in wrong.text
    assert (await boss.post(f"{HOME}/phone/confirm", code=f" {office.code[:3]} {office.code[3:]}")).status_code == 303
    assert "已验证" in (await boss.get(HOME)).text
    async with acting(firm, "accountant"):
        known = await use(Contacts).reach(boss_id)
        assert known.phone == PHONE
        assert known.phone_verified_at is not None
    again = await boss.post(f"{HOME}/phone/confirm", code=office.code)
    assert "验证码不对" in again.text  # used once
    assert (await boss.post(f"{HOME}/phone/remove")).status_code == 303
    assert PHONE not in (await boss.get(HOME)).text


async def test_a_session_alone_takes_no_email_address_away(boss: Visitor, boss_id: int, firm: TestFirm) -> None:
    """Its person would hear of nothing any more."""
    async with scoped_transaction(Scope(user=boss_id)):
        await connection().execute(
            """insert into core_contact_point ("user", kind, address, verified_at) values ($1, 'email', 'li@example.cn', now())""", boss_id
        )
    for typed in ({}, {"password": "not this one"}):
        assert "当前密码不对" in (await boss.post(f"{HOME}/email/remove", **typed)).text
        assert "li@example.cn" in (await boss.get(HOME)).text
    await asyncio.sleep(1.1)
    assert (await boss.post(f"{HOME}/email/remove", password=PASSWORD)).status_code == 303
    assert "li@example.cn" not in (await boss.get(HOME)).text
    async with scoped_transaction(system_scope(firm.id)):
        told = await connection().fetchval("select count(*) from procrastinate_jobs where args::text like '%contact.remove%'")
    assert told > 0


async def test_five_wrong_codes_end_it(boss: Visitor, office: PostOffice) -> None:
    await boss.post(f"{HOME}/email/code", address="Li@Example.cn", password=PASSWORD)
    mail = office.sent[0]
    assert isinstance(mail, Mail)
    assert mail.to == "Li@example.cn"
    for _ in range(5):
        assert (await boss.post(f"{HOME}/email/confirm", code=other_than(office.code))).status_code == 200
    assert "验证码不对" in (await boss.post(f"{HOME}/email/confirm", code=office.code)).text
    assert "已验证" not in (await boss.get(HOME)).text


async def test_tries_in_parallel_count_one_by_one(boss: Visitor, office: PostOffice) -> None:
    await boss.post(f"{HOME}/phone/code", address=PHONE)
    wrong = other_than(office.code)
    await asyncio.gather(*(boss.post(f"{HOME}/phone/confirm", code=wrong) for _ in range(8)))
    assert "验证码不对" in (await boss.post(f"{HOME}/phone/confirm", code=office.code)).text


async def test_a_second_one_has_to_wait_and_the_first_goes_on(boss: Visitor, office: PostOffice) -> None:
    await boss.post(f"{HOME}/phone/code", address=PHONE)
    assert "60 秒" in (await boss.post(f"{HOME}/phone/code", address=PHONE)).text
    assert len(office.sent) == 1
    assert (await boss.post(f"{HOME}/email/code", address="li@example.cn", password=PASSWORD)).status_code == 303, "that is another one"
    del office.sent[1:]
    assert (await boss.post(f"{HOME}/phone/confirm", code=office.code)).status_code == 303


@pytest.mark.parametrize(("minutes", "sent", "refused"), [(2, 4, False), (2, 5, True), (70, 9, False), (70, 10, True)])
async def test_how_often_codes_are_sent(firm: TestFirm, boss_id: int, minutes: int, sent: int, refused: bool) -> None:
    async with scoped_transaction(Scope(user=boss_id)):
        await connection().execute(
            """insert into core_contact_code ("user", kind, address, code_hash, sent_at, expires_at, tries)
            select $1, 'phone', $2, 'x', now() - make_interval(mins => $3), now(), 0 from generate_series(1, $4)""",
            boss_id, PHONE, minutes, sent,
        )  # fmt: skip
        if refused:
            with pytest.raises(Refusal, match=r"contact\.too_often"):
                await contact_codes.begin(ContactKind.PHONE, PHONE)
        else:
            await contact_codes.begin(ContactKind.PHONE, PHONE)


async def test_an_old_code_is_worth_nothing(firm: TestFirm, boss_id: int) -> None:
    async with scoped_transaction(Scope(user=boss_id)):
        sending = await contact_codes.begin(ContactKind.PHONE, PHONE)
        await connection().execute("update core_contact_code set expires_at = now() - interval '1 second'")
        assert await contact_codes.confirm(ContactKind.PHONE, sending.code) is None


async def test_a_code_is_not_kept_as_itself(firm: TestFirm, boss_id: int) -> None:
    async with scoped_transaction(Scope(user=boss_id)):
        sending = await contact_codes.begin(ContactKind.PHONE, PHONE)
        kept = await connection().fetchrow("select * from core_contact_code where id = $1", sending.id)
        assert kept is not None
        assert sending.code not in str(
            {k: v for k, v in kept.items() if k not in ("address", "id", "sent_at", "expires_at")}
        )


async def test_without_a_vendor_the_person_is_told_so(boss: Visitor, firm: TestFirm) -> None:
    answer = await boss.post(f"{HOME}/phone/code", address=PHONE)
    assert answer.status_code == 200
    assert "还没有开通短信服务" in answer.text
    assert "6 位验证码" not in answer.text


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (VendorAway("down", maybe_done=False), "验证码没有发出去"),
        (VendorRefused("sms.blocked", "这个号码拒收短信。"), "这个号码拒收短信。"),
    ],
)
async def test_a_vendor_that_fails(boss: Visitor, office: PostOffice, failure: Exception, told: str) -> None:
    office.fails = failure
    answer = await boss.post(f"{HOME}/phone/code", address=PHONE)
    assert told in answer.text
    assert "6 位验证码" not in answer.text
    office.fails = None
    again = (await boss.post(f"{HOME}/phone/code", address=PHONE)).text
    assert "60 秒" in again
    assert "已经发送" not in again, "nothing was sent"


async def test_a_code_in_full_width_digits_is_the_same(boss: Visitor, office: PostOffice) -> None:
    """Chinese keyboards write "５８０９０４"."""
    await boss.post(f"{HOME}/phone/code", address=PHONE)
    wide = office.code.translate({ord(digit): ord("０") + int(digit) for digit in "0123456789"})
    assert (await boss.post(f"{HOME}/phone/confirm", code=wide)).status_code == 303


# The last one is an address by every rule but that it is longer than any that is kept.
BAD_ADDRESSES = (
    *("", "\x00", "\x1b[0m", "9" * 30, "12345", "a@b@c", "<b>@x.cn", "１３８００１３８０００a", "x" * 5000),
    f"li@{'a' * 60}.{'b' * 60}.cn",
)


@pytest.mark.parametrize("kind", ["phone", "email"])
@pytest.mark.parametrize("bad", BAD_ADDRESSES)
async def test_bad_addresses_are_told(boss: Visitor, office: PostOffice, kind: str, bad: str) -> None:
    answer = await boss.post(f"{HOME}/{kind}/code", address=bad, password=PASSWORD)
    assert answer.status_code == 200
    assert "field-error" in answer.text
    assert office.sent == []


@pytest.mark.parametrize("bad", ["", "\x00", "12345", "9" * 30, "9" * 5000, "１２３４５６", "abcdef"])
async def test_bad_codes_are_told(boss: Visitor, office: PostOffice, bad: str) -> None:
    await boss.post(f"{HOME}/phone/code", address=PHONE)
    answer = await boss.post(f"{HOME}/phone/confirm", code=bad)
    assert answer.status_code == 200
    assert "验证码不对" in answer.text


async def test_channels_work_once_verified_and_agreed(
    boss: Visitor, office: PostOffice, firm: TestFirm, boss_id: int
) -> None:
    ticked = {"channel_sms": "1", "channel_email": "1", "quiet_from": "22:30", "quiet_until": "07:00"}
    refused = await boss.post(f"{HOME}/choices", **ticked)
    assert "需要先勾选同意" in refused.text
    for name in ("channel_sms", "channel_email"):
        assert re.search(rf'name="{name}" value="1" checked', refused.text), "what was ticked is ticked still"
    assert 'value="22:30"' in refused.text
    assert (await boss.post(f"{HOME}/choices", **ticked, agreed="1")).status_code == 303
    assert (await boss.post(f"{HOME}/choices", **ticked, agreed="1")).status_code == 303
    async with acting(firm, "accountant"):
        known = await use(Contacts).reach(boss_id)
        assert known.channels == {Channel.SCREEN}
        assert known.quiet == QuietHours(dt.time(22, 30), dt.time(7))
        assert known.consents[MESSAGES].text_version
    await boss.post(f"{HOME}/phone/code", address=PHONE)
    await boss.post(f"{HOME}/phone/confirm", code=office.code)
    async with acting(firm, "accountant"):
        assert (await use(Contacts).reach(boss_id)).channels == {Channel.SCREEN, Channel.SMS}
    plain = {"quiet_from": "21:00", "quiet_until": "09:00"}
    assert (await boss.post(f"{HOME}/choices", **plain)).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        assert (await use(Contacts).reach(boss_id)).consents == {}
        kept = await connection().fetch('select withdrawn_at from core_consent where "user" = $1', boss_id)
        assert [row["withdrawn_at"] is None for row in kept] == [False]


@pytest.mark.parametrize("bad", ["", "25:00", "9", "２１:00", "\x00", "9" * 30])
async def test_bad_hours_are_told(boss: Visitor, bad: str) -> None:
    assert "请填写时间" in (await boss.post(f"{HOME}/choices", quiet_from=bad, quiet_until="09:00")).text


@pytest.mark.parametrize("kind", ["fax", "phone%00", "screen"])
async def test_an_unknown_kind_is_not_there(boss: Visitor, kind: str) -> None:
    for what in ("code", "confirm", "remove"):
        assert (await boss.post(f"{HOME}/{kind}/{what}", address="x", code="1")).status_code == 404


async def test_who_may_read_whom(firm: TestFirm, other_firm: TestFirm, boss_id: int) -> None:
    async with scoped_transaction(Scope(user=boss_id)):
        await connection().execute(
            """insert into core_contact_point ("user", kind, address, verified_at) values ($1, 'phone', $2, now())""",
            boss_id,
            PHONE,
        )
    async with acting(firm, "accountant"):
        assert [known.phone for known in await use(Contacts).of_client(firm.restaurant)] == [PHONE]
        assert await use(Contacts).of_client(firm.trading) == []
    counted = "select count(*) from core_contact_point"
    async with acting(other_firm, "owner"):
        with pytest.raises(Refusal, match="not_found"):
            await use(Contacts).reach(boss_id)
        with pytest.raises(Refusal, match="not_found"):
            await use(Contacts).of_client(firm.restaurant)
        assert await connection().fetchval(counted) == 0
    async with acting(firm, "boss", client=firm.trading):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await use(Contacts).reach(boss_id)
        assert await connection().fetchval(counted) == 0


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [(dt.time(20, 59), False), (dt.time(21), True), (dt.time(0, 5), True), (dt.time(8, 59), True), (dt.time(9), False)],
)
def test_quiet_hours_go_over_midnight(moment: dt.time, quiet: bool) -> None:
    assert QuietHours().cover(moment) is quiet
    assert QuietHours(dt.time(12), dt.time(14)).cover(moment) is False
    assert QuietHours(moment, moment).cover(moment) is False


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138 0013 8000", PHONE),
        ("+86 138-0013-8000", PHONE),
        ("0571-88888888", "+8657188888888"),
        ("＋8613800138000", PHONE),
    ],
)
def test_phones_as_people_write_them(text: str, phone: str) -> None:
    assert phone_written(text) == phone


def test_a_landline_takes_no_messages() -> None:
    with pytest.raises(Refusal, match=r"contact\.not_mobile"):
        address_written(ContactKind.PHONE, "0571-88888888")


async def test_another_e_mail_address_asks_for_the_password(boss: Visitor, office: PostOffice) -> None:
    """Links for a new password go there: a stolen session brings none to itself."""
    for given in ({}, {"password": "nine loud horses"}):
        answer = await boss.post(f"{HOME}/email/code", address="thief@example.cn", **given)
        assert (answer.status_code, "当前密码不对" in answer.text) == (200, True)
    assert office.sent == []
    statuses = [(await boss.post(f"{HOME}/email/code", address="t@x.cn", password="x")).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert office.sent == []
