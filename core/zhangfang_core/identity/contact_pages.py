"""联系方式与通知: phone and e-mail of the person who is signed in, proved by codes; channels, quiet hours, consent."""

import datetime as dt
import re
from dataclasses import replace

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity import contact_codes, contacts
from zhangfang_core.identity.confirming import WRONG_PASSWORD, confirm_password
from zhangfang_core.identity.contact_codes import MINUTES
from zhangfang_core.identity.forms import Form, as_sent, password_in, told_to_wait
from zhangfang_core.identity.places import own_places
from zhangfang_sdk.contacts import Channel, ContactKind, QuietHours
from zhangfang_sdk.context import scope, transaction
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import ANYWHERE, SIGNED_IN, Page, action, go, page

EXAMPLE = {"kind": "phone"}
WRONG_CODE = "验证码不对或已过期。请核对后再输入;输错几次后需要重新发送。"


@page("/account/contacts", of=ANYWHERE, permission=SIGNED_IN)
async def contacts_page() -> Page:
    return await _contacts_page()


@action("/account/contacts/{kind:str}/code", of=ANYWHERE, permission=SIGNED_IN, examples=EXAMPLE, stream=True)
async def code_form(kind: FromPath[str], data: Form) -> Page | Redirect:
    """Sends a code; between its transactions the vendor is asked.

    Another e-mail address asks for the password: a link for a new one goes there, which a stolen session must not bring to itself.
    """
    asked, typed = _kind(kind), as_sent(data, "address")
    if asked is ContactKind.EMAIL and (refused := await _unproved(data, typed)) is not None:
        return refused
    try:
        async with transaction():
            firm = await _sending_firm(asked)
            sending = await contact_codes.begin(asked, typed)
    except Refusal as refusal:
        return await _later_page(asked, typed, refusal)
    try:
        await contact_codes.send(firm, sending)
    except Refusal as refusal:
        async with transaction():
            await contact_codes.give_up(sending)
        return await _later_page(asked, typed, refusal)
    return go(here("/account/contacts"))


@action("/account/contacts/{kind:str}/confirm", of=ANYWHERE, permission=SIGNED_IN, examples=EXAMPLE)
async def confirm_form(kind: FromPath[str], data: Form) -> Page | Redirect:
    asked = _kind(kind)
    if await contact_codes.confirm(asked, as_sent(data, "code")) is None:
        return await _contacts_page(asked, code_error=WRONG_CODE)
    return go(here("/account/contacts"))


@action("/account/contacts/{kind:str}/remove", of=ANYWHERE, permission=SIGNED_IN, examples=EXAMPLE, stream=True)
async def removal_form(kind: FromPath[str], data: Form) -> Page | Redirect:
    """The e-mail address asks for the password: without it its person would hear nothing, and have no link for a new password."""
    asked = _kind(kind)
    if asked is ContactKind.EMAIL and (refused := await _unproved(data, "")) is not None:
        return refused
    async with transaction():
        await contacts.remove(asked)
    return go(here("/account/contacts"))


@action("/account/contacts/choices", of=ANYWHERE, permission=SIGNED_IN)
async def choices_form(data: Form) -> Page | Redirect:
    """What is refused stands in the form again, but hours that nobody can read."""
    ticked = frozenset(c for c in Channel if as_sent(data, f"channel_{c}") == "1") - {Channel.SCREEN}
    chosen = replace(await contacts.own_choice(), channels=ticked, agreed=as_sent(data, "agreed") == "1")
    try:
        chosen = replace(chosen, quiet=QuietHours(_hour(data, "quiet_from"), _hour(data, "quiet_until")))
        await contacts.choose(chosen)
    except Refusal as refusal:
        return await _contacts_page(choice_error=refusal.sentence, chosen=chosen)
    return go(here("/account/contacts"))


async def _unproved(data: Form, typed: str) -> Page | None:
    """The page again where the password is not the person's; what was wrong is counted."""
    async with transaction():
        try:
            if await confirm_password(password_in(data)):
                return None
        except Refusal as refusal:
            return told_to_wait(
                await _contacts_page(ContactKind.EMAIL, password_error=refusal.sentence, typed=typed), refusal
            )
        return await _contacts_page(ContactKind.EMAIL, password_error=WRONG_PASSWORD, typed=typed)


async def _later_page(kind: ContactKind, typed: str, refusal: Refusal) -> Page:
    async with transaction():
        return await _contacts_page(kind, address_error=refusal.sentence, typed=typed)


async def _contacts_page(
    kind: ContactKind | None = None,
    *,
    address_error: str | None = None,
    password_error: str | None = None,
    code_error: str | None = None,
    choice_error: str | None = None,
    chosen: contacts.Chosen | None = None,
    typed: str = "",
) -> Page:
    """``kind`` is the one that an error is about."""
    known = await contacts.own_reach()
    return Page(
        "identity/contacts.html",
        title="联系方式与通知",
        active="account",
        back=here("/account"),
        known={"phone": known.phone, "email": known.email},
        waiting={each.value: await contact_codes.waiting_code(each) for each in ContactKind},
        chosen=chosen or await contacts.own_choice(),
        minutes=MINUTES,
        wrong=None if kind is None else kind.value,
        address_error=address_error,
        password_error=password_error,
        code_error=code_error,
        choice_error=choice_error,
        typed=typed,
    )


async def _sending_firm(kind: ContactKind) -> int:
    """Whose vendor sends: the firm of the address, at a person's own pages the first that they belong to."""
    firm = scope().firm
    if firm is not None:
        return firm
    places = await own_places()
    if not places:
        raise contact_codes.no_vendor("短信" if kind is ContactKind.PHONE else "邮件")
    return places[0].firm


def _hour(data: Form, name: str) -> dt.time:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", as_sent(data, name), re.ASCII)
    if found is None:
        raise Refusal("contact.hour_wrong", "请填写时间,例如 21:00。", field=name)
    return dt.time(int(found[1]), int(found[2]))


def _kind(text: str) -> ContactKind:
    if text not in list(ContactKind):
        raise not_found("联系方式")
    return ContactKind(text)


HANDLERS = [contacts_page, code_form, confirm_form, removal_form, choices_form]
