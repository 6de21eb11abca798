"""One suite for the SDK's ``PluginSettings``, run against the fake and core's own, over a plugin of ours that has some."""

import json
from collections.abc import Awaitable, Callable, Mapping

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.module_settings.service import KeptSettings
from zhangfang_core.modules.calling import calling, know
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import guarded
from zhangfang_sdk.settings import PluginSettings
from zhangfang_sdk.testing.fakes import FakeSettings

PLUGIN, KEY = "risk_rules", "tolerance"
Make = Callable[[Mapping[str, int], Mapping[int, Mapping[str, int]]], Awaitable[PluginSettings]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Make:
    async def fake(of_firm: Mapping[str, int], of_clients: Mapping[int, Mapping[str, int]]) -> PluginSettings:
        manifests = [module.manifest for module in registry().modules.values()]
        return FakeSettings(manifests, {PLUGIN: of_firm}, {(PLUGIN, c): own for c, own in of_clients.items()})

    async def real(of_firm: Mapping[str, int], of_clients: Mapping[int, Mapping[str, int]]) -> PluginSettings:
        async with acting(firm, "owner"):
            await connection().execute(
                "insert into core_module_setting (firm, module, values, secrets_set, changed_at) values ($1, $2, $3, '[]', now())",
                firm.id,
                PLUGIN,
                json.dumps(of_firm),
            )
            for client, own in of_clients.items():
                await connection().execute(
                    "insert into core_client_setting (firm, client, module, values, changed_at) values ($1, $2, $3, $4, now())",
                    firm.id,
                    client,
                    PLUGIN,
                    json.dumps(own),
                )
        return guarded(PluginSettings, KeptSettings(), None)

    return fake if request.param == "fake" else real


async def test_the_client_s_own_before_the_firm_s_before_the_default(firm: TestFirm, make: Make) -> None:
    chosen = await make({KEY: 500}, {firm.restaurant: {KEY: 900}})
    async with acting(firm, "accountant"):
        assert await chosen.values(PLUGIN, firm.restaurant) == {KEY: 900}
        assert await chosen.values(PLUGIN, firm.trading) == {KEY: 500}
        assert await chosen.values(PLUGIN, None) == {KEY: 500}
        assert await chosen.values("capture_ocr", None) == {"prompt_days": 2}
        assert await chosen.values("archive", None) == {}


async def test_of_nobody_else(firm: TestFirm, other_firm: TestFirm, make: Make) -> None:
    chosen = await make({KEY: 500}, {})
    for plugin, client, code in ((PLUGIN, firm.trading, "common.not_found"), ("nobody", None, "common.not_found")):
        with pytest.raises(Refusal) as refused:
            async with acting(firm, "boss"):
                await chosen.values(plugin, client)
        assert refused.value.code == code
    for module in registry().modules.values():
        know(module.manifest)
    async with acting(firm, "boss"):
        with calling(PLUGIN, "test"):
            assert await chosen.values(PLUGIN, firm.restaurant) == {KEY: 500}
        with calling("archive", "test"), pytest.raises(Refusal) as refused:
            await chosen.values(PLUGIN, None)
    assert refused.value.code == "settings.not_yours"
