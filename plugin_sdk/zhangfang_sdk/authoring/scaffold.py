"""``zhangfang plugin new``: a whole plugin that works, to be changed into another.

Its files stand in ``template/`` with ``${names}`` in texts and paths. What it is made of, and why, is docs/writing_a_plugin.md.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from zhangfang_sdk.manifest import RESERVED

_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")
_TITLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·]{1,12}")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9 -]{0,39}")
_TEMPLATES = files("zhangfang_sdk.authoring") / "template"


class ScaffoldError(ValueError):
    """Nothing was written; the message, in Chinese, says why."""


def new_plugin(
    name: str, into: Path, *, title: str, english: str = "", taken: Collection[str] = (), at: dt.datetime | None = None
) -> Path:
    """Write the plugin ``name`` as the folder ``into``/``name``, and return that.

    ``title`` is what people read, in Chinese, and ``english`` the same in English (the name, left out). ``taken`` are words that the
    deployment's own pages and plugins stand under already. ``at`` (UTC, now) gives the migrations their ids. Raises ScaffoldError.
    """
    english = english or name.replace("_", " ").capitalize()
    folder = into / name
    _refuse(name, title, english, folder, taken)
    names = _names(name, title, english, at or dt.datetime.now(dt.UTC))
    for path, text in _written(names):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return folder


def template_files(name: str, *, title: str, english: str, at: dt.datetime) -> dict[str, str]:
    """What :func:`new_plugin` writes, by path, unchecked."""
    return {str(path): text for path, text in _written(_names(name, title, english, at))}


def _refuse(name: str, title: str, english: str, folder: Path, taken: Collection[str]) -> None:
    if not _ID.fullmatch(name):
        raise ScaffoldError(f"编号 {name!r} 不能用: 以小写字母开头, 只含小写字母、数字和下划线, 最多 30 个字符。")
    if name.partition("_")[0] in RESERVED:
        raise ScaffoldError(f"编号 {name!r} 不能用: {name.partition('_')[0]} 是平台自己的表、任务和权限的开头。")
    if name in taken or name.replace("_", "-") in taken:
        raise ScaffoldError(f"编号 {name!r} 不能用: 已有模块或页面叫这个名字。")
    if not _TITLE.fullmatch(title) or not re.search("[\u4e00-\u9fff]", title):
        raise ScaffoldError(f"名称 {title!r} 不能用: 请用 --title 给一个中文名称, 最多 12 个字, 不带标点。")
    if not _ENGLISH.fullmatch(english):
        raise ScaffoldError(f"英文名称 {english!r} 不能用: 只含字母、数字、空格和连字符, 最多 40 个字符。")
    if folder.exists():
        raise ScaffoldError(f"{folder} 已经存在, 没有写入任何文件。")


def _names(name: str, title: str, english: str, at: dt.datetime) -> Mapping[str, str]:
    sdk = version("zhangfang-sdk")
    return {
        "id": name,
        "package": f"zhangfang_{name}",
        "distribution": f"zhangfang-{name.replace('_', '-')}",
        "path": name.replace("_", "-"),
        "title": title,
        "english": english,
        "class_name": "".join(part.capitalize() for part in name.split("_")),
        "sdk": ".".join(sdk.split(".")[:2]),
        "next_sdk": next_breaking(sdk),
        "moment": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "today": at.date().isoformat(),
    }


def next_breaking(sdk: str) -> str:
    """The first version that may break what runs with ``sdk``: the next major, and before 1.0 the next minor."""
    major, minor = (int(part) for part in sdk.split(".")[:2])
    return f"{major + 1}" if major else f"0.{minor + 1}"


def _written(names: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    root = Path(str(_TEMPLATES))
    for path in sorted(root.rglob("*.txt")):
        target = Template(path.relative_to(root).as_posix().removesuffix(".txt")).substitute(names)
        text = Template(path.read_text("utf-8")).substitute(names)
        yield Path(target), _sorted_catalogue(text) if target.endswith(".po") else text


def _sorted_catalogue(text: str) -> str:
    """As ``plugin texts`` writes it: by the characters of the texts, each once."""
    head, *messages = text.strip().split("\n\n")
    by_text = {message.partition("\n")[0]: message for message in reversed(messages)}
    return "\n\n".join([head, *(by_text[one] for one in sorted(by_text))]) + "\n"
