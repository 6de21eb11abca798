"""导入格式: how the firm reads the voucher files of other programs."""

import re
from collections.abc import Mapping
from typing import Annotated

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_books.importing import kept_profiles
from zhangfang_books.importing.profiles import FIELDS, Profile
from zhangfang_books.statement_pages import Form
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

Programs = Annotated[str, "the program's key, as the list of formats names it"]


@page("/books/import-profiles", of=FIRM, permission="books.import")
async def profiles_page(saved: str = "") -> Page:
    return Page(
        "books/profiles.html",
        title="导入格式",
        active="books-profiles",
        profiles=await kept_profiles.profiles(),
        saved=bool(saved),
    )


@page("/books/import-profiles/{program:str}", of=FIRM, permission="books.import", examples={"program": "lemon"})
async def profile_page(program: Programs) -> Page:
    """The headings of one program, to change; the firm's own copy is kept."""
    return _form(await _called(program))


@action("/books/import-profiles/{program:str}", of=FIRM, permission="books.import", examples={"program": "lemon"})
async def profile_form(program: Programs, data: Form) -> Redirect | Page:
    """Keeps it as looked at, or asks again."""
    before = await _called(program)
    changed = Profile(program, str(data.get("name", "")), _columns(data), own=True)
    try:
        await kept_profiles.keep(changed, confirmed=True)
    except Refusal as refusal:
        return _form(Profile(program, changed.name, changed.columns, own=before.own), refusal)
    return go(here("/books/import-profiles?saved=1"))


@action("/books/import-profiles/{program:str}/forget", of=FIRM, permission="books.import", examples={"program": "own"})
async def forget_form(program: Programs) -> Redirect:
    """Give the firm's own up; the preset of that program, where there is one, holds again."""
    await kept_profiles.forget(program)
    return go(here("/books/import-profiles?saved=1"))


async def _called(program: str) -> Profile:
    found = next((p for p in await kept_profiles.profiles() if p.program == program), None)
    if found is None:
        raise not_found("导入格式")
    return found


def _columns(data: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    split = {field: re.split(r"[,\uff0c、\n]+", str(data.get(field, ""))) for field in FIELDS}
    named = {field: tuple(dict.fromkeys(h.strip() for h in headings if h.strip())) for field, headings in split.items()}
    return {field: headings for field, headings in named.items() if headings}


def _form(profile: Profile, refusal: Refusal | None = None) -> Page:
    return Page(
        "books/profile.html",
        title=f"导入格式:{profile.name}"[:60],
        active="books-profiles",
        status_code=200 if refusal is None else refusal.status,
        profile=profile,
        fields=FIELDS,
        refusal=refusal,
    )


PAGES: list[HTTPRouteHandler] = [profiles_page, profile_page, profile_form, forget_form]
