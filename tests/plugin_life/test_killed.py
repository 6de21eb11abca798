"""Each step is killed with -9 wherever it says what it does next: then the plugin is there whole, or it has gone whole, and the step can be made again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.plugin_life.shelves import Deployment, coloured_wheel, deployed, shelf_wheel
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.restoring import restore
from zhangfang_core.plugin_life.settling import settle
from zhangfang_core.plugin_life.uninstalling import uninstall
from zhangfang_core.testing.databases import TestServer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(test_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """2,000 rows, 20 of them with a file, in a plugin that is on."""
    folder = tmp_path_factory.mktemp("killed")
    async with deployed(test_server, folder) as made:
        await made.plugin("install", str(shelf_wheel(folder)))
        await made.migrate()
        await made.plugin("enable", "shelf", "--all")
        await made.fill(rows=2000, files=20)
        yield made


async def killed(place: Deployment, *words: str, after: str) -> str:
    """``zhangfang plugin …``, ended with -9 as soon as it said ``after``, or when a file of that pattern is below the plugins' place."""
    node = await place.begin(*words)
    while node.process.returncode is None and after not in node.said() and not list(place.folder.glob(f"plugins/{after}")):
        await asyncio.sleep(0.001)
    if node.process.returncode is None:
        os.kill(node.process.pid, signal.SIGKILL)
    await node.process.wait()
    await no_other_sessions(place)
    return node.said()


async def no_other_sessions(place: Deployment) -> None:
    """The server notices the end of a client a moment later; its transaction is over then."""
    query = "select from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() and state <> 'idle'"
    for _ in range(200):
        if not await place.fetch(query, place.database):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("a session goes on")


@pytest.mark.parametrize("after", [".incoming-*", ".incoming-*/zhangfang_shelf/plugin.py"])
async def test_install(test_server: TestServer, tmp_path: Path, after: str) -> None:
    wheel = str(shelf_wheel(tmp_path))
    async with deployed(test_server, tmp_path) as place:
        await killed(place, "install", wheel, after=after)
        assert "shelf" not in await place.plugin("list")
        assert "已安装 shelf 1.0" in await place.plugin("install", wheel)
    assert not list(tmp_path.glob("plugins/.incoming-*"))


@pytest.mark.parametrize("after", [".incoming-*", ".incoming-*/zhangfang_shelf/plugin.py", "shelf/2.0-*"])
async def test_upgrade(place: Deployment, tmp_path: Path, after: str) -> None:
    before = await place.contents()
    folders = PluginFolders(place.folder)
    was = folders.current("shelf")
    await killed(place, "upgrade", str(coloured_wheel(tmp_path)), after=after)
    now = folders.current("shelf")
    assert now is not None
    if now != was:  # it was quicker: back to where the next one begins
        folders.put_in_force("shelf", was)  # type: ignore[arg-type]
    assert await place.contents() == before
    assert "等待" not in await place.plugin("list")


@pytest.mark.parametrize("pause", [0.8, 2.5])
async def test_disable(place: Deployment, pause: float) -> None:
    entries = "select from core_audit_entry where action = 'module.disable' and subject = 'module:shelf'"
    before, told = await place.contents(), len(await place.fetch(entries))
    node = await place.begin("disable", "shelf", "--all")
    await asyncio.sleep(pause)
    if node.process.returncode is None:
        os.kill(node.process.pid, signal.SIGKILL)
    await node.process.wait()
    await no_other_sessions(place)
    ((is_on,),) = await place.fetch("select enabled from core_module_switch where module = 'shelf'")
    assert len(await place.fetch(entries)) - told == (0 if is_on else 1), "the switch and its entry on the trail come together"
    await place.plugin("enable", "shelf", "--all")
    assert await place.contents() == before


async def is_there(place: Deployment) -> bool:
    """Whether a start finds the plugin, after it settled what was cut off."""
    folders = PluginFolders(place.folder)
    await settle(folders, place.settings["ZHANGFANG_DSN"])
    return "shelf" in folders.in_force()


async def taken_out(place: Deployment) -> str:
    """The export. Here, not in a process: it is another step that is tried."""
    return str((await uninstall(PluginFolders(place.folder), place.owner, "shelf", named="shelf")).export)


async def firms_on(place: Deployment) -> int:
    return len(await place.fetch("select from core_module_switch where module = 'shelf' and enabled"))


@pytest.mark.parametrize("after", ["正在导出", "已导出到", "shelf/unsettled.json", "数据已移除"])
async def test_uninstall(place: Deployment, after: str) -> None:
    before = await place.contents()
    await killed(place, "uninstall", "shelf", "--named", "shelf", after=after)
    if await is_there(place):
        assert await place.contents() == before
        assert await firms_on(place) == 1
        await taken_out(place)
    await place.require_gone()
    await place.plugin("install", "--from-export", str(place.newest_export()))
    assert await place.contents() == before


@pytest.mark.parametrize("after", ["shelf/1.0-*", "正在建表", "正在装回数据", "shelf/unsettled.json", "数据已装回"])
async def test_restore(place: Deployment, after: str) -> None:
    before = await place.contents()
    export = await taken_out(place)
    await killed(place, "install", "--from-export", export, after=after)
    if not await is_there(place):
        await place.require_gone()
        await place.plugin("install", "--from-export", export)
    assert await place.contents() == before
    assert await firms_on(place) == 1


class CutOff(BaseException):
    """Stands for the end of the process between the commit and the folder."""


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*_: object) -> None:
        raise CutOff

    monkeypatch.setattr(PluginFolders, "take_away", end)
    monkeypatch.setattr(PluginFolders, "put_in_force", end)


async def test_cut_off_between_the_commit_and_the_folder(
    place: Deployment, cut_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start asks PostgreSQL, and goes on to the end: of an uninstall, and of the restore after it."""
    before = await place.contents()
    folders = PluginFolders(place.folder)
    with pytest.raises(CutOff):
        await uninstall(folders, place.owner, "shelf", named="shelf")
    assert folders.unsettled()["shelf"]["step"] == "uninstall"
    assert folders.in_force() == {}
    monkeypatch.undo()
    await settle(folders, place.settings["ZHANGFANG_DSN"])
    await place.require_gone()

    monkeypatch.setattr(PluginFolders, "put_in_force", lambda *_: (_ for _ in ()).throw(CutOff))
    with pytest.raises(CutOff):
        await restore(folders, place.newest_export(), place.server.addresses(place.database))
    monkeypatch.undo()
    assert folders.current("shelf") is None
    await settle(folders, place.settings["ZHANGFANG_DSN"])
    assert folders.unsettled() == {}
    assert folders.current("shelf") is not None
    assert await place.contents() == before


async def test_cut_off_before_the_commit(place: Deployment) -> None:
    """A note of a transaction that never was is taken away, and everything is as before."""
    before = await place.contents()
    folders = PluginFolders(place.folder)
    ((xid,),) = await place.fetch("select pg_current_xact_id()::text")
    folders.note_unsettled("shelf", {"step": "uninstall", "transaction": str(int(xid) + 10**6)})
    await settle(folders, place.settings["ZHANGFANG_DSN"])
    assert folders.in_force() == {}, "a transaction that the database does not know leaves the plugin out"
    rolled_back = await place.rolled_back()
    folders.note_unsettled("shelf", {"step": "uninstall", "transaction": rolled_back})
    await settle(folders, place.settings["ZHANGFANG_DSN"])
    assert folders.in_force().keys() == {"shelf"}
    assert await place.contents() == before
