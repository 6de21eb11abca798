"""The SDK's ``PluginSettings``."""

from collections.abc import Mapping

from zhangfang_core.module_settings.kept import manifest_of, of_client, of_firm
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.setting_schema import Setting
from zhangfang_sdk.settings import SettingValue


class KeptSettings:
    """See the Protocol."""

    async def values(self, plugin: str, client: int | None) -> Mapping[str, SettingValue]:
        asking = caller()
        if asking is not None and asking.plugin != plugin:
            raise Refusal("settings.not_yours", "模块只能读取自己的设置。", status=403, details={"module": plugin})
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        schema = manifest_of(plugin).settings
        firm = await of_firm(plugin) if schema else None
        chosen: dict[str, SettingValue] = {}
        if firm is not None:
            chosen = {**firm.values, **(await firm.secrets(plugin))}
        if client is not None and any(setting.per_client for setting in schema):
            own = (await of_client(plugin, client)).values
            chosen |= {s.field.key: own[s.field.key] for s in schema if s.per_client and s.field.key in own}
        return {setting.field.key: _still_fits(setting, chosen) for setting in schema}


def _still_fits(setting: Setting, chosen: Mapping[str, SettingValue]) -> SettingValue:
    """The default where nothing was chosen, or where a newer version of the plugin asks for another type or other choices."""
    field = setting.field
    value = chosen.get(field.key, field.default)
    is_choice = not field.choices or value in dict(field.choices)
    return value if type(value) is type(field.default) and is_choice else field.default
