"""What a firm chose of a plugin's settings, and a client's own, as it is kept; secrets sealed. In the caller's transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.modules.registry import registry
from zhangfang_core.storage.firm_keys import SealedColumn, sealed_columns
from zhangfang_core.storage.sealed_secrets import open_texts, seal_texts
from zhangfang_core.storage.sealing import Unsealable
from zhangfang_core.vendors.setting_forms import Filled
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.services import use
from zhangfang_sdk.settings import SettingValue

PERMISSION = "modules.manage"
CHANGED = "settings_changed"
_LOCK = "select pg_advisory_xact_lock(hashtextextended($1, 0))"

sealed_columns.append(SealedColumn("core_module_setting", "sealed", "concat('module:', firm, ':', module)"))


@dataclass(frozen=True, slots=True)
class Kept:
    """``values`` are the plain ones that were chosen, by key; ``secrets_set`` names the secret ones."""

    values: Mapping[str, SettingValue]
    secrets_set: frozenset[str] = frozenset()
    sealed: bytes | None = field(default=None, repr=False)
    key_version: int | None = None

    async def secrets(self, module: str) -> dict[str, str]:
        """Empty when they cannot be opened any more."""
        if self.sealed is None or self.key_version is None:
            return {}
        try:
            return await open_texts(self.sealed, self.key_version, bound_to=_bound(module))
        except (LookupError, Unsealable):
            return {}


def manifest_of(module: str) -> Manifest:
    """Raises Refusal ``common.not_found``."""
    found = registry().modules.get(module)
    if found is None:
        raise not_found("模块")
    return found.manifest


async def of_firm(module: str) -> Kept:
    row = await connection().fetchrow(
        "select values, secrets_set, sealed, key_version from core_module_setting where firm = $1 and module = $2",
        firm_in_scope(),
        module,
    )
    if row is None:
        return Kept({})
    return Kept(json.loads(row["values"]), frozenset(json.loads(row["secrets_set"])), row["sealed"], row["key_version"])


async def of_client(module: str, client: int) -> Kept:
    values = await connection().fetchval(
        "select values from core_client_setting where firm = $1 and client = $2 and module = $3",
        firm_in_scope(),
        client,
        module,
    )
    return Kept({} if values is None else json.loads(values))


async def choose_for_firm(module: str, filled: Filled) -> None:
    """Keep what was typed; secrets that were left empty stay. Needs ``modules.manage``; on the trail, secrets only by name."""
    require(PERMISSION)
    # Secrets are sealed together: who saves another one at the same time waits, and adds to these.
    await connection().execute(_LOCK, f"module_setting:{firm_in_scope()}:{module}")
    before = await of_firm(module)
    secrets = {key: text for key, text in (await before.secrets(module)).items() if key not in filled.cleared}
    secrets |= filled.secrets
    sealed, version = await seal_texts(secrets, bound_to=_bound(module)) if secrets else (None, None)
    await connection().execute(
        """insert into core_module_setting (firm, module, values, secrets_set, sealed, key_version, changed_at)
        values ($1, $2, $3, $4, $5, $6, now()) on conflict (firm, module) do update set values = excluded.values,
        secrets_set = excluded.secrets_set, sealed = excluded.sealed, key_version = excluded.key_version, changed_at = now()""",
        firm_in_scope(),
        module,
        json.dumps(dict(filled.plain), ensure_ascii=False),
        json.dumps(sorted(secrets)),
        sealed,
        version,
    )
    renewed = dict.fromkeys(filled.secrets, "已更换") | dict.fromkeys(filled.cleared, "已清除")
    await use(Audit).record(
        "module.settings", f"module:{module}", before=_titled(module, before.values), after=_titled(module, {**filled.plain, **renewed})
    )
    if before.values != filled.plain or renewed:
        clients = await connection().fetch("select id from core_client where firm = $1 order by id", firm_in_scope())
        tell(CHANGED, [row["id"] for row in clients], module=module)


def _titled(module: str, values: Mapping[str, object]) -> dict[str, object]:
    """For readers of the trail: by the titles of the settings."""
    known = registry().modules.get(module)
    titles = {} if known is None else {each.field.key: each.field.title for each in known.manifest.settings}
    return {titles.get(key, key): value for key, value in values.items()}


async def choose_for_client(module: str, client: int, filled: Filled) -> None:
    """Keep what differs for this client. Needs ``modules.manage``; on the trail."""
    require(PERMISSION)
    before = await of_client(module, client)
    await connection().execute(
        """insert into core_client_setting (firm, client, module, values, changed_at) values ($1, $2, $3, $4, now())
        on conflict (firm, client, module) do update set values = excluded.values, changed_at = now()""",
        firm_in_scope(),
        client,
        module,
        json.dumps(dict(filled.plain), ensure_ascii=False),
    )
    await use(Audit).record(
        "module.settings", f"module:{module}", client=client, before=_titled(module, before.values), after=_titled(module, filled.plain)
    )
    if before.values != filled.plain:
        tell(CHANGED, [client], module=module)


def _bound(module: str) -> str:
    return f"module:{firm_in_scope()}:{module}"
