"""The words that piccolo-admin's script holds are those that are replaced: a newer one is looked at before it is let in."""

from pathlib import Path

import pytest
from piccolo_admin.endpoints import ASSET_PATH

from zhangfang_core.admin.page_words import WORDS, scripts


@pytest.fixture(scope="module")
def original() -> str:
    (script,) = Path(ASSET_PATH, "assets").glob("*.js")
    return script.read_text("utf-8")


@pytest.mark.parametrize("english", sorted(WORDS))
def test_each_stands_in_the_script(original: str, english: str) -> None:
    assert english in original


def test_none_is_left() -> None:
    (script,) = scripts().values()
    text = script.decode()
    assert [english for english in WORDS if english in text] == []
    assert "确定删除这一行吗?" in text
