"""A firm's switches: new code waits for a yes, and nobody loses a module without having read its name (PLAT-4)."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import Consequences, consequences, decide_for_new_firm, enabled_modules, switch
from zhangfang_core.testing.strangers import write_stranger
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal

LAST = "select action, subject, before, after from core_audit_entry order by id desc limit 1"
OURS = {"archive", "books", "capture_ocr", "collab", "dashboard", "marketplace", "messaging", "risk_rules"}


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, firm: TestFirm) -> Iterator[None]:
    """Installed after the firm was made: ``base`` and, one upon the other, ``middle`` and ``top``."""
    write_stranger(tmp_path, "base", manifest="enabled_by_default = true")
    write_stranger(tmp_path, "middle", manifest='requires = ["plugin:base"]')
    write_stranger(tmp_path, "top", manifest='requires = ["plugin:middle"]')
    monkeypatch.syspath_prepend(tmp_path)
    discover.cache_clear()
    found = registry.__wrapped__()
    discover.cache_clear()
    monkeypatch.setattr("zhangfang_core.modules.switches.registry", lambda: found)
    yield
    for name in [n for n in sys.modules if n.startswith("stranger_")]:
        del sys.modules[name]


@pytest_asyncio.fixture(loop_scope="session")
async def owner(strangers: None, firm: TestFirm) -> AsyncIterator[None]:
    async with acting(firm, "owner"):
        yield


async def test_code_that_is_new_is_off_until_somebody_switches_it_on(owner: None) -> None:
    """``enabled_by_default`` is for firms that are made from now on, not for those that are there."""
    assert await enabled_modules() == OURS
    await switch("base", on=True)
    assert await enabled_modules() == OURS | {"base"}


async def test_a_firm_that_is_made_has_on_what_manifests_say(owner: None) -> None:
    await connection().execute("delete from core_module_switch")
    await decide_for_new_firm()
    assert {row["module"] for row in await connection().fetch("select module from core_module_switch")} == OURS | {
        "base"
    }


async def test_nothing_is_switched_off_before_its_dependants_are_named(owner: None) -> None:
    for module in ("base", "middle", "top"):
        await switch(module, on=True)
    with pytest.raises(Refusal) as refusal:
        await switch("base", on=False, named_dependants=["top"])
    assert refusal.value.code == "module.has_dependants"
    assert refusal.value.details == {"dependants": ["middle"]}
    assert "外来模块middle" in refusal.value.sentence
    assert "外来模块top" not in refusal.value.sentence
    assert {"base", "middle", "top"} <= await enabled_modules()

    await switch("base", on=False, named_dependants=["middle", "top"])
    assert await enabled_modules() == OURS


async def test_what_it_needs_is_offered_with_it_and_what_comes_back_is_on_the_trail(owner: None) -> None:
    for module in ("base", "middle", "top"):
        await switch(module, on=True)
    await switch("base", on=False, named_dependants=["middle", "top"])
    assert await consequences("top", on=True) == Consequences(needed=("base", "middle"))
    for named in ((), ("base",), ("top", "middle")):
        with pytest.raises(Refusal) as refusal:
            await switch("top", on=True, named_requirements=named)
        assert refusal.value.code == "module.needs_others"
        assert refusal.value.details == {"requirements": [m for m in ("base", "middle") if m not in named]}
        assert "外来模块base" in refusal.value.sentence or "base" in named
    await switch("top", on=True, named_requirements=["base", "middle"])
    assert await enabled_modules() == OURS | {"base", "middle", "top"}
    kept = await connection().fetchrow(LAST)
    assert kept is not None
    assert json.loads(kept["after"]) == {"on": True, "with_it": ["base", "middle"]}

    await switch("base", on=False, named_dependants=["middle", "top"])
    assert await consequences("base", on=True) == Consequences(back=("middle", "top"))
    await switch("base", on=True)
    kept = await connection().fetchrow(LAST)
    assert kept is not None
    assert json.loads(kept["after"]) == {"on": True, "back_with_it": ["middle", "top"]}


async def test_a_dependant_that_is_off_needs_no_naming(owner: None) -> None:
    await switch("base", on=True)
    await switch("base", on=False)
    assert "base" not in await enabled_modules()


async def test_every_switch_stands_on_the_trail_with_what_went_with_it(owner: None) -> None:
    for module in ("base", "middle", "top"):
        await switch(module, on=True)
    row = await connection().fetchrow(LAST)
    assert (row["action"], row["subject"]) == ("module.enable", "module:top")
    assert (json.loads(row["before"]), json.loads(row["after"])) == ({"on": False}, {"on": True})

    await switch("base", on=False, named_dependants=["middle", "top"])
    row = await connection().fetchrow(LAST)
    assert (row["action"], row["subject"]) == ("module.disable", "module:base")
    assert json.loads(row["before"]) == {"on": True}
    assert json.loads(row["after"]) == {"on": False, "dependants_off": ["middle", "top"]}


async def test_a_module_that_is_not_there_is_not_switched(owner: None) -> None:
    with pytest.raises(Refusal) as refusal:
        await switch("nowhere", on=True)
    assert refusal.value.code == "module.unknown"
