"""Forms whose bytes are no text, or bring signs that nobody sees, whichever way a program sends them."""

import re
from pathlib import Path

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.forms import PASSWORDS
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

CORE = Path(__file__).parents[2] / "zhangfang_core"
PASSWORD_FIELD = re.compile(r'field\("(\w+)"[^}]*?type="password"')


def multipart(value: bytes, charset: str) -> str:
    """As latin-1 text: one field, ``contact``, in the bytes of some character set."""
    head = (
        f'--b\r\nContent-Disposition: form-data; name="contact"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    )
    role = '\r\n--b\r\nContent-Disposition: form-data; name="role"\r\n\r\naccountant\r\n--b--\r\n'
    return head + value.decode("latin-1") + role


@pytest.mark.parametrize(
    ("value", "charset", "status"),
    [
        (b"\xff\xfe\xff", "utf-8", 400),
        (b"\xed\xa0\x80", "utf-8", 400),
        (b"abc", "no-such-code", 400),
        (b"abc", "hex", 400),
        (b"abc", "utf-16", 400),
        (b"a\\ud800\\u202eb", "unicode_escape", 200),
        (b"a\x00\x01\x1fb", "utf-8", 200),
    ],
)
async def test_bytes_that_are_no_text(portal: Portal, firm: TestFirm, value: bytes, charset: str, status: int) -> None:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as owner:
        answer = await owner.http.post(
            f"/f/{firm.id}/people/invite",
            content=multipart(value, charset).encode("latin-1"),
            headers={
                "content-type": "multipart/form-data; boundary=b",
                "accept": "text/html",
                **await owner._tokens("/f"),
            },
        )
    assert (answer.status_code, "无法识别的文字" in answer.text) == (status, status == 400)
    async with scoped_transaction(system_scope(firm.id)):
        kept = await connection().fetch("select contact from core_invitation where firm = $1", firm.id)
    assert [row["contact"] for row in kept] == ([] if status == 400 else ["ab"])


async def test_a_password_stays_as_it_was_typed(portal: Portal, firm: TestFirm) -> None:
    """Each field that hides what is typed has a name that is known; a sign that nobody sees makes another password."""
    templates = [path.read_text("utf-8") for path in (CORE / "templates" / "identity").rglob("*.html")]
    named = {name for text in templates for name in PASSWORD_FIELD.findall(text)}
    assert named == PASSWORDS
