"""Settings of plugins from their manifests: what a firm and a client of it choose, kept, shown, told on the trail; secrets never shown."""

import asyncio
import json
from dataclasses import dataclass, replace

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.module_settings.kept import choose_for_firm, of_firm
from zhangfang_core.modules import registry as registering
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.firm_keys import FirmKeys
from zhangfang_core.storage.keys import master_key
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.vendors.setting_forms import Filled
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.manifest import ManifestError, parse_manifest
from zhangfang_sdk.settings import settings

SCHEMA = """
id = "collab"
title = "协作"
summary = "测试"
category = "测试"

[settings.days]
type = "number"
title = "几天"
default = 3
smallest = 1
largest = 9
per_client = true

[settings.limit]
type = "money"
title = "限额"
default = 100
smallest = 0
per_client = true

[settings.loud]
type = "switch"
title = "提示音"
default = true

[settings.rhythm]
type = "choice"
title = "多久一次"
choices = [["weekly", "每周"], ["monthly", "每月"]]
default = "weekly"

[settings.key]
type = "secret"
title = "密钥"
"""


@dataclass(frozen=True)
class Chosen:
    days: int
    limit: int
    loud: bool
    rhythm: str
    key: str


@pytest.fixture(autouse=True)
def schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin collab with the settings above."""
    known = registering.registry()
    collab = known.modules["collab"]
    manifest = replace(collab.manifest, settings=parse_manifest(SCHEMA, version="1").settings)
    changed = replace(known, modules={**known.modules, "collab": replace(collab, manifest=manifest)})
    for place in ("module_settings.kept", "module_settings.pages", "modules.pages"):
        monkeypatch.setattr(f"zhangfang_core.{place}.registry", lambda: changed)


PAGE = "/settings/modules/collab"


async def test_until_somebody_chooses_the_manifest_s_defaults_hold(firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        assert await settings("collab", Chosen) == Chosen(3, 100, True, "weekly", "")


async def test_a_firm_chooses_and_a_client_has_its_own(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    form = {"days": "5", "limit": "1,200.50", "loud": "0", "rhythm": "monthly", "key": "s3cret-key"}
    assert (await owner.post(PAGE, **form)).status_code == 303
    of_client = await visit("owner")
    assert (await of_client.post(PAGE, days="9", limit="", loud="1")).status_code == 303
    async with acting(firm, "boss"):
        assert await settings("collab", Chosen) == Chosen(9, 120_050, False, "monthly", "s3cret-key")
    async with acting(firm, "accountant"):
        assert await settings("collab", Chosen, client=firm.trading) == Chosen(5, 120_050, False, "monthly", "s3cret-key")
        assert (await settings("collab", Chosen)).days == 5
    page = (await owner.get(PAGE)).text
    assert 'value="1,200.50"' in page
    assert "s3cret-key" not in page
    assert "已设置,留空则不变" in page
    assert "留空同公司:5" in (await of_client.get(PAGE)).text
    assert (await owner.post(PAGE, days="")).status_code == 303
    async with acting(firm, "accountant"):
        assert await settings("collab", Chosen) == Chosen(3, 100, True, "weekly", "s3cret-key"), "a secret left empty stays"
    assert (await owner.post(PAGE, clear_key="1")).status_code == 303
    async with acting(firm, "accountant"):
        assert (await settings("collab", Chosen)).key == ""


async def test_the_plugin_hears_of_a_change_and_no_other_does(firm: TestFirm, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(hook: str) -> list[str]:
        return ["archive", "collab"] if hook == "on_settings_changed" else []

    monkeypatch.setattr("zhangfang_core.jobs.facts.listeners", both)
    of_client, of_firm = await visit("owner"), await visit("owner", of_firm=True)
    assert (await of_client.post(PAGE, days="9")).status_code == 303
    assert (await of_client.post(PAGE, days="9")).status_code == 303, "the same again is no change"
    assert (await of_firm.post(PAGE, days="5")).status_code == 303
    async with acting(firm, "owner"):
        rows = await connection().fetch("select args from procrastinate_jobs where args::text like '%settings_changed%' order by id")
    told = [json.loads(row["args"])["arguments"] for row in rows]
    assert [(t["module"], t["ids"]) for t in told] == [("collab", [firm.restaurant]), ("collab", [firm.restaurant, firm.trading])]


async def test_changes_stand_on_the_trail_without_secrets(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    await owner.post(PAGE, days="5", key="s3cret-key")
    async with acting(firm, "owner"):
        rows = await connection().fetch("select * from core_audit_entry where action = 'module.settings'")
        kept = await connection().fetchrow("select * from core_module_setting")
    assert len(rows) == 1
    assert "几天" in str(dict(rows[0]))
    assert "s3cret-key" not in str(dict(rows[0])) + str(dict(kept))


async def test_a_rotated_key_opens_them_still(firm: TestFirm, visit: Visit) -> None:
    await (await visit("owner", of_firm=True)).post(PAGE, key="s3cret-key")
    async with acting(firm, "owner"):
        await FirmKeys(master_key(read_settings())).rotate()
        assert (await settings("collab", Chosen)).key == "s3cret-key"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"days": "0"}, "不能小于 1"),
        ({"days": "x"}, "请填写整数"),
        ({"limit": "-1"}, "不能小于 0.00"),
        ({"limit": "一百"}, "看不懂"),
        ({"rhythm": "daily"}, "请从列表里选择"),
        ({"loud": "2"}, "请从列表里选择"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    firm: TestFirm, visit: Visit, form: dict[str, str], told: str
) -> None:
    owner = await visit("owner", of_firm=True)
    answer = await owner.post(PAGE, **form)
    assert answer.status_code == 422
    assert told in answer.text
    async with acting(firm, "owner"):
        assert await settings("collab", Chosen) == Chosen(3, 100, True, "weekly", "")


async def test_only_who_manages_modules_and_only_where_there_are_settings(firm: TestFirm, visit: Visit) -> None:
    assert (await (await visit("accountant", of_firm=True)).get(PAGE)).status_code == 403
    assert (await (await visit("boss")).post(PAGE, days="4")).status_code == 403
    owner = await visit("owner", of_firm=True)
    assert (await owner.get("/settings/modules/archive")).status_code == 404
    assert (await owner.get("/settings/modules/nobody")).status_code == 404
    assert PAGE in (await owner.get("/modules")).text


async def test_a_field_of_another_type_is_a_fault_of_the_plugin(firm: TestFirm) -> None:
    @dataclass(frozen=True)
    class Wrong:
        days: str

    async with acting(firm, "boss"):
        with pytest.raises(TypeError, match="days"):
            await settings("collab", Wrong)
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await settings("collab", Chosen, client=firm.trading)


@pytest.mark.parametrize(
    "wrong",
    [
        'type = "number"\ntitle = "x"',
        'type = "number"\ntitle = "x"\ndefault = 5\nlargest = 4',
        'type = "money"\ntitle = "x"\ndefault = 1.5',
        'type = "float"\ntitle = "x"\ndefault = 1',
        'type = "number"\ndefault = 1',
        'type = "secret"\ntitle = "x"\nper_client = true',
        'type = "secret"\ntitle = "x"\ndefault = "geheim"',
        'type = "choice"\ntitle = "x"\ndefault = "a"',
        'type = "choice"\ntitle = "x"\ndefault = "b"\nchoices = [["a", "A"]]',
        'type = "switch"\ntitle = "x"\ndefault = 1',
        'type = "text"\ntitle = "x"\nsize = 4',
    ],
)
def test_a_schema_that_cannot_be_is_refused_with_the_plugin(wrong: str) -> None:
    text = f'id = "notes"\ntitle = "x"\nsummary = "x"\ncategory = "x"\n\n[settings.one]\n{wrong}\n'
    with pytest.raises(ManifestError, match="one"):
        parse_manifest(text, version="1")


async def test_two_who_save_secrets_at_once_keep_both(firm: TestFirm) -> None:
    """Sealed as one value, and neither is lost."""

    async def save(key: str) -> None:
        async with acting(firm, "owner"):
            await choose_for_firm("collab", Filled({}, {key: f"{key}-value"}, frozenset(), {}))

    await asyncio.gather(*(save(f"key{number}") for number in range(6)))
    async with acting(firm, "owner"):
        kept = await of_firm("collab")
        assert await kept.secrets("collab") == {f"key{n}": f"key{n}-value" for n in range(6)}
