"""docs/writing_a_plugin.md is followed to the letter: the plugin is made of its code, installed from its wheel, and used."""

import asyncio
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import httpx
import pytest

from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer, empty
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import make_test_firm
from zhangfang_core.testing.wheels import build_wheel, install
from zhangfang_core.web.icons import icon_names
from zhangfang_core.web.templates import environment
from zhangfang_sdk.testing.conformance import PluginConformance

PAGE = Path(__file__).parents[2] / "docs" / "writing_a_plugin.md"
FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EMPTY = re.compile(r"`(zhangfang_notes/[\w./]+)`(?= and `zhangfang_notes/py.typed` are empty| are empty| is empty)")


def files() -> dict[str, str]:
    text = PAGE.read_text("utf-8")
    found = dict(FILE.findall(text))
    return found | dict.fromkeys(EMPTY.findall(text), "")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


@pytest.fixture
def installed(sources: Path, tmp_path: Path) -> Path:
    about = tomllib.loads((sources / "pyproject.toml").read_text("utf-8"))["project"]
    ((plugin, target),) = about["entry-points"]["zhangfang.plugins"].items()
    package = target.partition(".")[0]
    folder = tmp_path / "installed"
    wheel = build_wheel(
        sources, tmp_path, name=about["name"], plugin=plugin, package=package, version=about["version"]
    )
    install(wheel, folder)
    return folder


@pytest.fixture
def entry(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EntryPoint]:
    monkeypatch.syspath_prepend(str(installed))
    (found,) = [e for d in distributions(path=[str(installed)]) for e in d.entry_points]
    yield found
    for name in [name for name in sys.modules if name.startswith("zhangfang_notes")]:
        del sys.modules[name]


def test_every_file_that_it_names_is_there() -> None:
    assert len(files()) == 17, sorted(files())


def test_it_keeps_the_contract(entry: EntryPoint) -> None:
    """Installed from a wheel, as a reader has it in the end."""
    PluginConformance(entry, environment=environment()).check_all()
    assert "notebook-pen" in icon_names()


async def test_it_runs(installed: Path, test_server: TestServer, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with empty(test_server) as database, AsyncExitStack() as stack:
        dsn = test_server.addresses(database).application
        (tmp_path / "data").mkdir()
        settings = {
            "ZHANGFANG_DSN": dsn,
            "ZHANGFANG_OWNER_DSN": test_server.owner(database),
            "ZHANGFANG_DATA_DIR": str(tmp_path / "data"),
            "ZHANGFANG_PORT": str(port),
            "PYTHONPATH": str(installed),
        }
        web = await stack.enter_async_context(running("web", settings, tmp_path / "web.log"))
        await until_up(web, address)
        assert "notes 0.1.0" in web.said().partition("plugins that run: ")[2]
        await open_pool(dsn)
        stack.push_async_callback(close_pool)
        firm = await make_test_firm("嘉喜")
        token = await session_for(firm.owner)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, cookies={COOKIE: token}))
        owner = Visitor(http, f"/f/{firm.id}/c/{firm.restaurant}")
        of_firm = Visitor(http, f"/f/{firm.id}")
        assert (await owner.get("/notes")).status_code == 404
        assert (await of_firm.post("/modules/notes", on="1")).status_code == 303
        assert "没有便签" in (await owner.get("/notes")).text
        assert (await owner.post("/notes", words="  ")).status_code == 422
        assert (await owner.post("/notes", words="<b>请补发票</b>")).status_code == 303
        assert "&lt;b&gt;请补发票&lt;/b&gt;" in (await owner.get("/notes")).text
        assert "嘉喜餐饮" in (await of_firm.get("/notes")).text
        assert "&lt;b&gt;请补发票" in (await owner.get("/cards/notes.newest")).text
        assert (await owner.get("/notes")).text.count("notes/1/down") == 1
        assert (await owner.post("/notes/1/down")).status_code == 303
        assert (await owner.get("/cards/notes.newest")).text == ""
        rows = await Visitor(http).get(f"/admin/{firm.id}/api/tables/便签/")
        assert [row["words"] for row in rows.json()["rows"]] == ["<b>请补发票</b>"]
        await asyncio.sleep(0.1)
        assert "Traceback" not in web.said()
