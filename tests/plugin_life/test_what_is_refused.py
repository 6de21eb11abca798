"""What does not fit is refused with its reason, and nothing has changed; what fits brings nothing that the portal has."""

import argparse
import errno
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plugin_life.shelves import COLOUR, coloured_wheel, deployed, shelf_wheel
from zhangfang_core import life_commands
from zhangfang_core.database.roles import Addresses
from zhangfang_core.plugin_life.archive import opened, written
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.installing import install, upgrade
from zhangfang_core.plugin_life.uninstalling import uninstall
from zhangfang_core.plugin_life.wheels import parcel_at
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.processes import start
from zhangfang_core.testing.strangers import PLUGIN, write_stranger
from zhangfang_core.testing.wheels import SDK, build_wheel
from zhangfang_sdk.errors import Refusal


def other_wheel(into: Path, plugin: str, *, name: str = "", manifest: str = "", code: str = PLUGIN) -> Path:
    package = write_stranger(into / f"of-{plugin}-{name}", plugin, manifest=manifest, code=code, name=name)
    return build_wheel(package.parent, into, name=package.name.replace("_", "-"), plugin=plugin, package=package.name)


def helper_wheel(into: Path) -> Path:
    (into / "of-helper" / "shelf_helper").mkdir(parents=True)
    (into / "of-helper" / "shelf_helper" / "__init__.py").write_text("LEVEL = 7\n")
    return build_wheel(into / "of-helper", into, name="shelf-helper", plugin="", package="shelf_helper", needs=())


def _nothing(folder: Path) -> Path:
    return folder / "nothing.whl"


def _no_zip(folder: Path) -> Path:
    (folder / "broken-1.0-py3-none-any.whl").write_bytes(b"PK nothing")
    return folder / "broken-1.0-py3-none-any.whl"


def _garbled(folder: Path) -> Path:
    """Its table of contents is whole; what it says of itself is not."""
    whole = shelf_wheel(folder)
    with zipfile.ZipFile(whole) as packed:
        place = packed.getinfo(next(name for name in packed.namelist() if name.endswith("METADATA"))).header_offset
    content = bytearray(whole.read_bytes())
    content[place + 80 : place + 120] = bytes(40)
    whole.write_bytes(content)
    return whole


def _two(folder: Path) -> Path:
    shelf_wheel(folder)
    other_wheel(folder, "paper")
    return folder


CASES: list[tuple[str, str, Callable[[Path], Path]]] = [
    ("plugin.no_such_file", "nothing.whl", _nothing),
    ("plugin.not_a_wheel", "broken-1.0", _no_zip),
    ("plugin.not_a_wheel", "zhangfang_shelf-1.0", _garbled),
    ("plugin.not_a_plugin", "zhangfang.plugins", helper_wheel),
    ("plugin.several", "paper", _two),
    ("plugin.does_not_fit", "需要 zhangfang-sdk>=9", lambda folder: shelf_wheel(folder, needs=["zhangfang-sdk>=9"])),
    ("plugin.does_not_fit", "litestar", lambda folder: shelf_wheel(folder, needs=[SDK, "litestar<1"]).parent),
    ("plugin.does_not_fit", "nowhere-to-be-had", lambda folder: shelf_wheel(folder, needs=[SDK, "nowhere-to-be-had"]).parent),
    ("plugin.id_taken", "books", lambda folder: other_wheel(folder, "books", name="another-books")),
    ("plugin.package_taken", "zhangfang-books", lambda folder: other_wheel(folder, "paper", name="zhangfang-books")),
    ("plugin.does_not_run", "kein Anfang", lambda folder: other_wheel(folder, "paper", code="raise RuntimeError('kein Anfang')")),
    ("plugin.does_not_run", "缺少依赖: Nowhere", lambda folder: other_wheel(folder, "paper", manifest='requires = ["Nowhere"]')),
]


@pytest.mark.parametrize(("code", "words", "made"), CASES)
def test_what_does_not_fit(tmp_path: Path, code: str, words: str, made: Callable[[Path], Path]) -> None:
    folders = PluginFolders(tmp_path / "data")
    (tmp_path / "wheels").mkdir()
    path = made(tmp_path / "wheels")
    with pytest.raises(Refusal) as refused:
        install(folders, path, None)
    assert (refused.value.code, words in refused.value.sentence) == (code, True), refused.value.sentence
    assert "warning:" not in refused.value.sentence, "the reason is not behind what the tool says of itself"
    assert folders.in_force() == {}


def test_of_two_versions_in_a_folder_the_newest_is_meant(tmp_path: Path) -> None:
    """As a build leaves them."""
    for version in ("1.9", "1.10", "1.2"):
        shelf_wheel(tmp_path, version)
    assert install(PluginFolders(tmp_path / "data"), tmp_path, None).version == "1.10"


def test_sources_are_told_how_to_become_a_wheel(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(Refusal, match="uv build --wheel"):
        parcel_at(tmp_path)


@pytest.mark.parametrize("words", [("list",), ("install", "x.whl"), ("enable", "shelf", "--all"), ("uninstall", "shelf")])
async def test_a_folder_with_no_deployment_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Typed in the wrong folder, a command makes no portal there."""
    node = await start(("plugin", *words), {"ZHANGFANG_DATA_DIR": str(tmp_path / "var")}, tmp_path / "log")
    assert await node.process.wait() == 1
    assert f"{tmp_path / 'var'} 不是账房的数据文件夹" in node.said()
    assert "plugin.no_deployment" in node.said()
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("raised", "todo"),
    [(PermissionError(errno.EACCES, "Permission denied"), "那个账号"), (OSError(errno.ENOSPC, "No space left"), "腾出空间")],
)
def test_what_cannot_be_written_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, raised: OSError, todo: str
) -> None:
    async def no_database(_: Settings) -> Addresses:
        return Addresses(None, "")

    async def step(*_: object) -> None:
        raise raised

    monkeypatch.setattr(life_commands, "ready", no_database)
    monkeypatch.setattr(life_commands, "read_settings", lambda: replace(settings, dsn="postgresql://"))
    with pytest.raises(Refusal, match=r"plugin\.cannot_write") as refused:
        life_commands._in_deployment(step)(argparse.Namespace())
    assert todo in refused.value.sentence


def test_what_the_portal_has_is_not_brought_and_the_rest_is(tmp_path: Path) -> None:
    folders = PluginFolders(tmp_path / "data")
    helper_wheel(tmp_path)
    install(folders, shelf_wheel(tmp_path, needs=[SDK, "openpyxl>=3", "shelf-helper"]).parent, None)
    current = folders.current("shelf")
    assert current is not None
    brought = {path.name.partition("-")[0] for path in current.glob("*.dist-info")}
    assert brought == {"zhangfang_shelf", "shelf_helper"}
    with pytest.raises(Refusal, match=r"plugin\.installed"):
        install(folders, shelf_wheel(tmp_path), None)
    with pytest.raises(Refusal, match=r"plugin\.other_package"):
        upgrade(folders, other_wheel(tmp_path, "shelf", name="another-shelf"), None)
    with pytest.raises(Refusal, match=r"plugin\.not_installed"):
        upgrade(folders, other_wheel(tmp_path, "paper"), None)
    with folders.locked(), pytest.raises(Refusal, match=r"plugin\.busy"):
        upgrade(folders, shelf_wheel(tmp_path), None)


async def test_an_upgrade_that_does_not_fit_leaves_the_old_version(test_server: TestServer, tmp_path: Path) -> None:
    """Its migration fails (it ran, and was rolled back), it lacks one that has run, or another plugin would stop."""
    async with deployed(test_server, tmp_path) as place:
        await place.plugin("install", str(coloured_wheel(tmp_path)))
        await place.migrate()
        await place.fill(rows=3, files=1)
        needy = other_wheel(tmp_path, "needy", manifest='requires = ["plugin:shelf"]')
        await place.plugin("install", str(needy))
        before, current = await place.contents(), PluginFolders(place.folder).current("shelf")
        bad = {"migrations/shelf_0004_bad.py": BAD}
        for words, wheel in (
            ("division by zero", shelf_wheel(tmp_path, "3.0", files={**bad, **COLOUR})),
            ("这个版本不认识的迁移", shelf_wheel(tmp_path, "3.1")),
            ("kein Anfang", shelf_wheel(tmp_path, "3.2", files={**COLOUR, "plugin.py": "raise RuntimeError('kein Anfang')"})),
        ):
            said = await place.plugin("upgrade", str(wheel), status=1)
            assert "plugin.does_not_run" in said
            assert words in said
        assert PluginFolders(place.folder).current("shelf") == current
        assert await place.contents() == before

        said = await place.plugin("uninstall", "shelf", "--named", "shelf", status=1)
        assert "外来模块needy" in said
        assert "plugin.has_dependants" in said
        assert await place.contents() == before
        assert "随平台安装的模块可以停用" in await place.plugin("uninstall", "books", "--named", "books", status=1)
        assert "plugin.no_such_firm" in await place.plugin("enable", "shelf", "--firm", "999", status=1)
        said = await place.plugin("enable", "needy", "--all", status=1)
        assert "加上 --with-others 就一起启用。 [module.needs_others]" in said
        await place.plugin("enable", "needy", "--all", "--with-others")
        assert "module.has_dependants" in await place.plugin("disable", "shelf", "--all", status=1)
        assert "needy 1.0" in await place.plugin("check", "needy", status=1), "what the deployment has is found"


BAD = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from zhangfang_sdk.walls import build

ID = "2026-11-27T04:00:04:000023"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shelf", description="Bad")

    async def run() -> None:
        await build("update shelf_box set title = 'gone';", "select 1 / 0")

    manager.add_raw(run)
    return manager
"""


async def test_an_export_that_was_touched_is_refused(test_server: TestServer, tmp_path: Path) -> None:
    async with deployed(test_server, tmp_path) as place:
        await place.plugin("install", str(shelf_wheel(tmp_path)))
        await place.migrate()
        await place.fill(rows=50, files=2)
        await place.plugin("uninstall", "shelf", "--named", "shelf")
        whole = place.newest_export()
        assert whole.stat().st_mode & 0o077 == 0
        cut = whole.with_name("cut.zip")
        cut.write_bytes(whole.read_bytes()[:-200])
        assert "plugin.export_broken" in await place.plugin("install", "--from-export", str(cut), status=1)
        garbled = whole.with_name("garbled.zip")
        with zipfile.ZipFile(whole) as packed:
            place_of_rows = packed.getinfo("tables/shelf_paper.copy").header_offset
        content = bytearray(whole.read_bytes())
        content[place_of_rows + 100 : place_of_rows + 140] = b"\xff" * 40
        garbled.write_bytes(content)
        assert "plugin.export_broken" in await place.plugin("install", "--from-export", str(garbled), status=1)
        with opened(whole) as archive, written(whole.with_name("other.zip"), lambda: archive.manifest) as other:
            for name in archive.manifest["members"]:
                other.add(name, archive.content(name))
            other.members["tables/shelf_paper.copy"] = "0" * 64  # as if a row had been written anew
        assert "plugin.export_broken" in await place.plugin("install", "--from-export", str(whole.with_name("other.zip")), status=1)
        await place.require_gone()
        await place.plugin("install", "--from-export", str(whole))
        assert len(await place.fetch("select from shelf_paper")) == 50


async def test_an_upgrade_that_no_node_has_taken_yet_is_brought_back_too(test_server: TestServer, tmp_path: Path) -> None:
    """Its tables are still the old version's: so they come back, and the next start changes them."""
    async with deployed(test_server, tmp_path) as place:
        await place.plugin("install", str(shelf_wheel(tmp_path)))
        await place.migrate()
        await place.fill(rows=5, files=1)
        before = await place.contents()
        await place.plugin("upgrade", str(coloured_wheel(tmp_path)))
        await place.plugin("uninstall", "shelf", "--named", "shelf")
        assert "已装回 shelf 2.0" in await place.plugin("install", "--from-export", str(place.newest_export()))
        assert await place.contents() == before
        assert "1 of shelf" in await place.migrate()
        assert len(await place.fetch("select colour from shelf_box")) == 1


async def test_a_refused_uninstall_changes_nothing(test_server: TestServer, tmp_path: Path) -> None:
    """Another's table hangs on one of its."""
    async with deployed(test_server, tmp_path) as place:
        await place.plugin("install", str(shelf_wheel(tmp_path)))
        await place.migrate()
        before = await place.contents()
        await place.fetch("create table other_paper (id bigint references shelf_paper (id))")
        with pytest.raises(Refusal, match=r"plugin\.held"):
            await uninstall(PluginFolders(place.folder), place.owner, "shelf", named="shelf")
        assert await place.contents() == before
        assert not list(place.folder.glob("plugin_exports/*.zip"))
        assert PluginFolders(place.folder).current("shelf") is not None
