"""What a form sent, as it is read."""

import pytest

from zhangfang_core.identity.forms import written


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (" 李总 ", "李总"),
        ("李\x00总\x07\x9f", "李总"),
        ("\u202e总李\u2066\ufeff\u200b", "总李"),
        ("第一行\r\n第二行\t完", "第一行\r\n第二行\t完"),
        (["第一个", "第二个"], "第一个"),
        ([], "[]"),
        ("王" * 300, "王" * 200),
    ],
)
def test_what_nobody_sees_is_left_out(sent: object, read: str) -> None:
    assert written({"name": sent}, "name") == read


def test_what_is_missing_is_empty() -> None:
    assert written({}, "name") == ""
