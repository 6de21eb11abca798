"""What a form sent, as it is read."""

import pytest

from zhangfang_core.identity.forms import LONGEST_SHOWN, as_sent, written
from zhangfang_sdk.errors import Refusal


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (" 李总 ", "李总"),
        ("李\x00总\x07\x9f", "李总"),
        ("\u202e总李\u2066\ufeff\u200b", "总李"),
        ("第一行\r\n第二行\t完", "第一行\n第二行\t完"),
        ("一\r\n" * 99 + "二", "一\n" * 99 + "二"),
        (["第一个", "第二个"], "第一个"),
        ([], "[]"),
        ("王" * 200, "王" * 200),
    ],
)
def test_what_nobody_sees_is_left_out(sent: object, read: str) -> None:
    assert written({"name": sent}, "name") == read


def test_what_is_too_long_is_told_and_not_cut() -> None:
    """It may be shown again as it was sent."""
    with pytest.raises(Refusal, match=r"form\.too_long") as told:
        written({"name": f" {'王' * 201} "}, "name")
    assert (told.value.field, told.value.sentence) == ("name", "写得太长了,最多 200 个字,请缩短后再提交。")
    assert as_sent({"name": f" {'王' * 201}\x00 "}, "name") == "王" * 201
    assert len(as_sent({"name": "王" * 9000}, "name")) == LONGEST_SHOWN


def test_what_is_missing_is_empty() -> None:
    assert written({}, "name") == ""
