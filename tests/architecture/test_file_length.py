"""A file is read in one sitting. Lists of data are no reading."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 500
SOURCES = (".py", ".html", ".scss", ".js", ".mjs")
MADE_BY_TOOLS = ("/node_modules/", "/static/dist/", "/.venv")


def sources() -> list[Path]:
    found = [
        path
        for room in ("core", "plugin_sdk", "plugins", "tests")
        for path in (ROOT / room).rglob("*")
        if path.suffix in SOURCES and path.is_file()
    ]
    return [path for path in found if not any(part in path.as_posix() for part in MADE_BY_TOOLS)]


def test_no_file_is_too_long() -> None:
    found = sources()
    assert len(found) > 100
    long = {
        str(path.relative_to(ROOT)): length
        for path in found
        if (length := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_names_say_what_a_module_is_for() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    assert [str(p.relative_to(ROOT)) for p in sources() if p.stem in vague] == []
