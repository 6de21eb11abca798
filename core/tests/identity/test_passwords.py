"""PLAT-8: passwords that many people use, or that are soon guessed, are refused with a sentence."""

import pytest

from zhangfang_core.identity.passwords import check_strength
from zhangfang_sdk.errors import Refusal


@pytest.mark.parametrize(
    "password",
    [
        *(
            "12345678",
            "88888888",
            "password",
            "Password1!",
            "P@ssw0rd",
            "1qaz@WSX",
            "qwertyuiop",
            "abcd1234",
            "aa123456",
        ),
        *(
            "woaini1314",
            "5201314520",
            "kuaiji123",
            "Admin@123",
            "zhangfang2026",
            "caiwu2024",
            "zhangsan123",
            "密码密码密码密码",
        ),
        *("13800000001", "13800000001a", "a" * 40),
    ],
)
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    with pytest.raises(Refusal, match="很多人在用,或者太容易被猜到") as refused:
        check_strength(password, "13800000001")
    assert (refused.value.code, refused.value.field) == ("password.weak", "password")


@pytest.mark.parametrize(
    "password", ["eight quiet horses", "x7Kq9mPz", "八匹安静的马在跑", "correct horse battery", "@4e31!0$5+7%2" * 9]
)
def test_what_is_not_is_taken_whatever_its_signs(password: str) -> None:
    check_strength(password, "13800000001")


@pytest.mark.parametrize(("password", "said"), [("x7Kq9mP", "至少要 8"), ("x7Kq9mPz" * 17, "最多 128")])
def test_length_is_told(password: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        check_strength(password, "wang")
