"""The page that signs in, and that of a session which still owes its second factor: it asks for one, or shows how to set one up."""

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.enter import Entered
from zhangfang_core.identity.passkeys.party import relying_party
from zhangfang_core.identity.second_factor import factors, offer
from zhangfang_sdk.web import Page

WRONG_PASSKEY = "通行密钥没有通过,请再试一次,或者用其他方式。"


def sign_in_view(wanted: str, *, login: str = "", error: str | None = None) -> Page:
    return Page(
        "identity/sign_in.html",
        title="登录",
        wanted=wanted,
        login=login,
        error=error,
        keys_here=relying_party() is not None,
    )


async def owed_view(entered: Entered, wanted: str, *, error: str | None = None, sealed: str | None = None) -> Page:
    """``sealed`` is the secret that a form proposed, to be shown again."""
    await show_scope(entered.scope_of_person())
    if entered.owed == "code":
        had = await factors(entered.person)
        return Page(
            "identity/code.html",
            title="动态验证码" if had.codes else "通行密钥",
            wanted=wanted,
            error=error,
            had=had,
            keys_here=relying_party() is not None,
        )
    login = await connection().fetchval("select login from core_user where id = $1", entered.person)
    shown = offer(entered.person, login, sealed)
    return Page(
        "identity/enrol.html",
        title="设置动态验证码",
        wanted=wanted,
        error=error,
        offer=shown,
        keys_here=relying_party() is not None,
    )
