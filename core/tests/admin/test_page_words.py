"""What piccolo-admin's script holds is what is replaced: a newer one is looked at before it is let in."""

from pathlib import Path

import pytest
from piccolo_admin.endpoints import ASSET_PATH

from zhangfang_core.admin.page_words import NARROW, PARTS, WORDS, changed_files


@pytest.fixture(scope="module")
def original() -> str:
    (script,) = Path(ASSET_PATH, "assets").glob("*.js")
    return script.read_text("utf-8")


def sent(ending: str) -> str:
    (text,) = [body.decode() for name, (body, _) in changed_files().items() if name.endswith(ending)]
    return text


@pytest.mark.parametrize("english", sorted(WORDS))
def test_each_stands_in_the_script(original: str, english: str) -> None:
    assert english in original


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_stands_in_the_script_once(original: str, part: str) -> None:
    assert original.count(part) == 1


def test_none_is_left() -> None:
    text = sent(".js")
    assert [english for english in WORDS if english in text] == []
    assert [part for part in PARTS if part in text and part not in PARTS[part]] == []
    assert "确定删除这一行吗?" in text


def test_the_styles_are_those_of_the_page_and_ours() -> None:
    (styles,) = Path(ASSET_PATH, "assets").glob("*.css")
    assert sent(".css") == styles.read_text("utf-8") + NARROW
