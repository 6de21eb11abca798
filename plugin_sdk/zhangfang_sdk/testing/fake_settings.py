"""Plugins' settings in memory."""

from collections.abc import Iterable, Mapping

from zhangfang_sdk.acting import acting
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.settings import SettingValue
from zhangfang_sdk.testing.fake_ledger import refusal

Values = Mapping[str, SettingValue]


class FakeSettings:
    """Of these ``manifests``: ``firm`` by plugin, ``clients`` by plugin and client; the rest is as the manifest says."""

    def __init__(
        self,
        manifests: Iterable[Manifest],
        firm: Mapping[str, Values] | None = None,
        clients: Mapping[tuple[str, int], Values] | None = None,
    ) -> None:
        self._schemas = {manifest.id: manifest.settings for manifest in manifests}
        self._firm, self._clients = firm or {}, clients or {}

    async def values(self, plugin: str, client: int | None) -> Mapping[str, SettingValue]:
        asking = acting()
        if asking is not None and asking.plugin != plugin:
            raise refusal("settings.not_yours", 403)
        if plugin not in self._schemas or (client is not None and not scope().sees(client)):
            raise not_found("模块")
        firm = self._firm.get(plugin, {})
        own = {} if client is None else self._clients.get((plugin, client), {})
        return {
            setting.field.key: (own if setting.per_client else {}).get(
                setting.field.key, firm.get(setting.field.key, setting.field.default)
            )
            for setting in self._schemas[plugin]
        }
