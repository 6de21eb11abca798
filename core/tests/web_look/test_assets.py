"""The build: hashed names, nothing fetched from elsewhere, nothing built twice."""

import json
import re
import time
from pathlib import Path

import pytest

from zhangfang_core.testing.pace import in_time
from zhangfang_core.web import assets_manifest, build_assets
from zhangfang_core.web.assets_manifest import AssetsMissing, UnknownAsset, asset
from zhangfang_core.web.icons import icon, icon_names

LARGEST_STYLE_SHEET = 110 * 1024
LARGEST_SCRIPT = 76 * 1024


@pytest.mark.parametrize("name", ["portal.css", "portal.js"])
def test_built_files_carry_their_hash(name: str) -> None:
    address = asset(name)
    stem, ending = name.split(".")
    assert re.fullmatch(rf"/static/dist/{stem}-[0-9a-f]{{10}}\.{ending}", address)
    assert (assets_manifest.STATIC_DIR / address.removeprefix("/static/")).is_file()


def test_files_of_the_static_folder_change_their_address_with_their_content() -> None:
    assert re.fullmatch(r"/static/icon\.svg\?v=[0-9a-f]{10}", asset("icon.svg"))


@pytest.mark.parametrize("name", ["nothing.css", "../assets/package.json"])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownAsset):
        asset(name)


def test_before_the_first_build_the_error_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets_manifest, "DIST_DIR", tmp_path)
    with pytest.raises(AssetsMissing, match=r"zhangfang_core\.web\.build_assets"):
        asset("portal.css")


def test_the_browser_is_sent_nowhere_else() -> None:
    style = (assets_manifest.STATIC_DIR / asset("portal.css").removeprefix("/static/")).read_text("utf-8")
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", style)
    assert all(a.startswith("data:image/svg+xml") for a in addresses)
    assert "@import" not in style


def test_licences_travel_with_what_they_cover() -> None:
    notices = (assets_manifest.DIST_DIR / "LICENSES.txt").read_text("utf-8")
    assert all(word in notices for word in ("The Bootstrap Authors", "htmx", "Lucide"))


def test_style_sheet_and_script_stay_small() -> None:
    style, script = (
        assets_manifest.STATIC_DIR / asset(n).removeprefix("/static/") for n in ("portal.css", "portal.js")
    )
    assert style.stat().st_size <= LARGEST_STYLE_SHEET
    assert script.stat().st_size <= LARGEST_SCRIPT


def test_an_unchanged_tree_is_not_built_again_and_costs_next_to_nothing() -> None:
    began = time.perf_counter()
    assert build_assets.build() is False
    assert time.perf_counter() - began < in_time(0.05)


def test_any_changed_source_asks_for_a_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.scss").write_text("a{}")
    monkeypatch.setattr(build_assets, "SOURCES", tmp_path)
    before = build_assets.inputs_hash()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text("1")
    assert build_assets.inputs_hash() == before
    (tmp_path / "css" / "a.scss").write_text("b{}")
    assert build_assets.inputs_hash() != before


def test_the_lock_file_names_no_host_to_fetch_from_and_pins_contents() -> None:
    lock = json.loads((build_assets.SOURCES / "package-lock.json").read_text("utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert packages
    assert not [name for name, p in packages.items() if "resolved" in p]
    assert not [name for name, p in packages.items() if "integrity" not in p]


def test_icons_are_decoration_and_a_misprint_shows_a_circle() -> None:
    drawn = icon("camera", "i-lg")
    assert 'aria-hidden="true"' in drawn
    assert 'class="i-lg"' in drawn
    inner = drawn.split(">", 1)[1]
    assert inner != icon("no-such-icon").split(">", 1)[1]
    assert icon("no-such-icon") == icon("circle")
    assert "circle" in icon_names()
