"""What accountants do to a client's chart: add an account below another, rename, retire, take up again."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.ledger.accounts import add_account, change_account
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, action, go


@action("/accounts/{code:str}/add", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def add_form(code: str, data: Form) -> Redirect:
    made = await add_account(client_in_scope(), code, written(data, "code", 20), written(data, "name", 80))
    return go(here(f"/accounts/{made.code}"))


@action("/accounts/{code:str}/rename", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def rename_form(code: str, data: Form) -> Redirect:
    await change_account(client_in_scope(), code, name=written(data, "name", 80))
    return go(here(f"/accounts/{code}"))


@action("/accounts/{code:str}/retire", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def retire_form(code: str, data: Form) -> Redirect:
    """``retired`` "1" retires, anything else takes the account up again."""
    await change_account(client_in_scope(), code, retired=written(data, "retired", 1) == "1")
    return go(here(f"/accounts/{code}"))


HANDLERS: list[HTTPRouteHandler] = [add_form, rename_form, retire_form]
