"""外部服务: which vendors the firm uses, in which order, with which settings."""

from collections.abc import Mapping
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, password_in, written
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.vendors.choices import (
    PERMISSION,
    Choice,
    change,
    choice,
    choices,
    choose,
    move,
    offer_to_choose,
    remove,
)
from zhangfang_core.vendors.connection_tests import NOT_TESTABLE, ask_whether_it_works
from zhangfang_core.vendors.keeping_count import Trouble, Usage, troubles, usage_by_month, usage_of_month
from zhangfang_core.vendors.offers import Offer, offered, offers
from zhangfang_core.vendors.prices import cost, fields_of
from zhangfang_core.vendors.setting_forms import LONGEST_TYPED, Filled, read_form, shown
from zhangfang_core.vendors.wording import kind_titles, title_of, trouble_words
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.vendors import VendorKind
from zhangfang_sdk.web import FIRM, Page, action, go, page

HOME = "/settings/vendors"
MONTHS = 6
"""Shown of one vendor's usage."""
_NOTHING: Mapping[str, str] = {}


def _example() -> dict[str, str]:
    """The first that is offered."""
    kind, vendor = next(iter(offers()), (VendorKind.OCR, "none"))
    return {"kind": kind, "vendor": vendor}


@page(HOME, of=FIRM, permission=PERMISSION)
async def vendors_page() -> Page:
    """Every kind: the firm's order, what may be added, how much was asked this month."""
    chosen = await choices()
    on = await enabled_modules()
    usage, trouble = await usage_of_month(), await troubles()
    kinds, nothing_there = [], []
    for kind, (title, purpose, icon) in kind_titles().items():
        mine = [c for c in chosen if c.kind is kind]
        offers_on = [o for o in offered(kind) if o.module.manifest.id in on]
        if not mine and not offers_on:
            nothing_there.append((title, purpose, icon))
            continue
        taken = {c.vendor for c in mine}
        asked = [
            _state(kind, c.vendor, usage, trouble, c.price) | {"chosen": c, "untestable": c.problem == NOT_TESTABLE}
            for c in mine
        ]
        unasked = [
            _state(kind, o.id, usage, trouble) | {"title": o.vendor.title}
            for o in offers_on
            if o.by_itself and not mine
        ]
        kinds.append(
            {
                "key": str(kind),
                "title": title,
                "purpose": purpose,
                "icon": icon,
                "asked": asked,
                "unasked": unasked,
                "to_add": [o for o in offers_on if o.id not in taken],
            }
        )
    return Page("vendors/list.html", title="外部服务", active="vendors", kinds=kinds, nothing_there=nothing_there)


@page(f"{HOME}/add/{{kind:str}}/{{vendor:str}}", of=FIRM, permission=PERMISSION, examples=_example)
async def add_page(kind: FromPath[str], vendor: FromPath[str]) -> Page:
    """The form of a vendor that is to be added."""
    offer = await offer_to_choose(kind, vendor)
    values = {f.key: f.default for f in offer.vendor.settings}
    return _form(offer, here(f"{HOME}/add/{kind}/{vendor}"), values)


@action(f"{HOME}/add/{{kind:str}}/{{vendor:str}}", of=FIRM, permission=PERMISSION, examples=_example)
async def add_form(kind: FromPath[str], vendor: FromPath[str], data: Form) -> Redirect | Page:
    """Adds it at the end of the order; asks again with each field's refusal when something is wrong."""
    offer = await offer_to_choose(kind, vendor)
    typed = _typed(offer, data)
    filled = read_form(fields_of(offer), typed)
    if filled.errors:
        return _form(offer, here(f"{HOME}/add/{kind}/{vendor}"), typed, errors=filled.errors)
    return go(here(f"{HOME}/{await choose(offer, filled)}"))


@page(f"{HOME}/{{vendor_choice_id:int}}", of=FIRM, permission=PERMISSION)
async def choice_page(vendor_choice_id: FromPath[int]) -> Page:
    """One chosen vendor with its settings; secrets say only that they are set."""
    chosen = await choice(vendor_choice_id)
    return await _choice_page(chosen, chosen.values())


@action(f"{HOME}/{{vendor_choice_id:int}}", of=FIRM, permission=PERMISSION)
async def change_form(vendor_choice_id: FromPath[int], data: Form) -> Redirect | Page:
    """New settings."""
    chosen = await choice(vendor_choice_id)
    if chosen.offer is None:
        raise Refusal("vendor.not_there", "提供这个服务的模块没有安装,不能设置;可以移除。", status=409)
    typed = _typed(chosen.offer, data)
    filled = _changed(chosen, chosen.offer, typed)
    if filled.errors:
        return await _choice_page(chosen, typed, errors=filled.errors)
    await change(chosen, filled)
    return go(here(f"{HOME}/{chosen.id}"))


@action(f"{HOME}/{{vendor_choice_id:int}}/move", of=FIRM, permission=PERMISSION)
async def move_form(vendor_choice_id: FromPath[int], data: Form) -> Redirect:
    """One place up or down."""
    await move(await choice(vendor_choice_id), up=written(data, "to", 4) != "down")
    return go(here(HOME))


@action(f"{HOME}/{{vendor_choice_id:int}}/remove", of=FIRM, permission=PERMISSION)
async def remove_form(vendor_choice_id: FromPath[int]) -> Redirect:
    await remove(await choice(vendor_choice_id))
    return go(here(HOME))


@action(f"{HOME}/{{vendor_choice_id:int}}/test", of=FIRM, permission=PERMISSION, stream=True)
async def test_form(vendor_choice_id: FromPath[int]) -> Redirect:
    """Asks the vendor; no transaction is open meanwhile."""
    await ask_whether_it_works(vendor_choice_id)
    return go(here(f"{HOME}/{vendor_choice_id}"))


def _changed(chosen: Choice, offer: Offer, typed: Mapping[str, str]) -> Filled:
    addresses = [f.key for f in offer.vendor.settings if f.kind == "url"]
    # Whoever may set an address must not have a secret sent there that they could not read here.
    elsewhere = any(typed[key] != str(chosen.settings.get(key, "")) for key in addresses)
    return read_form(fields_of(offer), typed, frozenset() if elsewhere else chosen.secrets_set)


def _typed(offer: Offer, data: dict[str, Any]) -> dict[str, str]:
    names = [name for f in fields_of(offer) for name in (f.key, f"clear_{f.key}")]
    return {name: password_in(data, name, LONGEST_TYPED).strip() for name in names}


def _form(
    offer: Offer,
    address: Address,
    values: Mapping[str, str | int] | Mapping[str, str],
    *,
    errors: Mapping[str, str] = _NOTHING,
    **of_choice: Any,
) -> Page:
    context: dict[str, Any] = {"chosen": None, "state": None, "untestable": False, "months": [], **of_choice}
    return Page(
        "vendors/form.html",
        title=offer.vendor.title,
        active="vendors",
        back=here(HOME),
        status_code=422 if errors else 200,
        vendor=offer.vendor,
        module_title=offer.module.manifest.title,
        kind_title=title_of(offer.vendor.kind),
        address=address,
        fields=[(f, shown(f, values.get(f.key, ""))) for f in fields_of(offer)],
        errors=errors,
        **context,
    )


async def _choice_page(
    chosen: Choice, values: Mapping[str, str | int] | Mapping[str, str], *, errors: Mapping[str, str] = _NOTHING
) -> Page:
    if chosen.offer is None:
        return Page("vendors/gone.html", title=chosen.title, active="vendors", back=here(HOME), chosen=chosen)
    return _form(
        chosen.offer,
        here(f"{HOME}/{chosen.id}"),
        values,
        errors=errors,
        chosen=chosen,
        state=_state(chosen.kind, chosen.vendor, await usage_of_month(), await troubles(), chosen.price),
        months=[
            {"label": month.label, "usage": used, "cost": cost(used, chosen.price)}
            for month, used in await usage_by_month(chosen.kind, chosen.vendor, MONTHS)
        ],
        untestable=chosen.problem == NOT_TESTABLE,
    )


def _state(
    kind: VendorKind,
    vendor: str,
    usage: Mapping[tuple[str, str], Usage],
    trouble: Mapping[tuple[str, str], Trouble],
    price: int | None = None,
) -> dict[str, Any]:
    """This month's usage and what it costs in fen, the last failure in words, and until when the vendor is left out."""
    failed, used = trouble.get((kind, vendor)), usage.get((kind, vendor))
    return {
        "usage": used,
        "cost": None if used is None else cost(used, price),
        "failed": None if failed is None else trouble_words(failed.reason),
        "failures": 0 if failed is None else failed.failures,
        "paused_until": None if failed is None else failed.paused_until,
    }


HANDLERS: list[HTTPRouteHandler] = [
    vendors_page,
    add_page,
    add_form,
    choice_page,
    change_form,
    move_form,
    remove_form,
    test_form,
]
