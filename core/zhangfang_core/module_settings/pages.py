"""A page for each plugin's settings, made from its manifest: the firm's, and a client's own where the manifest allows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, password_in
from zhangfang_core.module_settings.kept import (
    PERMISSION,
    Kept,
    choose_for_client,
    choose_for_firm,
    manifest_of,
    of_client,
    of_firm,
)
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.translations import gettext
from zhangfang_core.vendors.setting_forms import LONGEST_TYPED, read_form, shown
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.places import at, here
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import SettingField
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

PATH = "/settings/modules/{module:str}"
_NOTHING: Mapping[str, str] = {}


def _example() -> dict[str, str]:
    """One that has settings, for clients too."""
    modules = registry().modules.values()
    return {"module": next((m.manifest.id for m in modules if any(s.per_client for s in m.manifest.settings)), "none")}


@page(PATH, of=FIRM, permission=PERMISSION, examples=_example)
async def firm_page(module: FromPath[str], saved: str = "") -> Page:
    """The firm's settings; secrets say only that they are set."""
    manifest, kept = await _of_one_that_is_on(module), await of_firm(module)
    texts = _texts(_of_firm(manifest), kept.values)
    clients = await _who_may_differ(manifest)
    return _form(manifest, _of_firm(manifest), texts, kept, saved=bool(saved), clients=clients)


@action(PATH, of=FIRM, permission=PERMISSION, examples=_example)
async def firm_form(module: FromPath[str], data: Form) -> Redirect | Page:
    """Keeps them, or asks again with each field's refusal; what is left empty is as the manifest says."""
    manifest, kept = await _of_one_that_is_on(module), await of_firm(module)
    fields = _of_firm(manifest)
    typed = _typed(fields, data)
    filled = read_form(fields, typed, kept.secrets_set)
    if filled.errors:
        return _form(manifest, fields, typed, kept, errors=filled.errors, clients=await _who_may_differ(manifest))
    await choose_for_firm(module, filled)
    return go(here(f"/settings/modules/{module}?saved=1"))


@page(PATH, of=CLIENT, permission=PERMISSION, examples=_example)
async def client_page(module: FromPath[str], saved: str = "") -> Page:
    """What this client has otherwise than the firm."""
    manifest, kept = await _of_one_that_is_on(module), await of_client(module, client_in_scope())
    fields = _of_client(manifest)
    above = await of_firm(module)
    return _form(manifest, fields, _texts(fields, kept.values), kept, saved=bool(saved), above=above)


@action(PATH, of=CLIENT, permission=PERMISSION, examples=_example)
async def client_form(module: FromPath[str], data: Form) -> Redirect | Page:
    """Keeps them; what is left empty is as the firm has it."""
    manifest, client = await _of_one_that_is_on(module), client_in_scope()
    fields = _of_client(manifest)
    typed = _typed(fields, data)
    filled = read_form(fields, typed)
    if filled.errors:
        above = await of_firm(module)
        return _form(manifest, fields, typed, await of_client(module, client), errors=filled.errors, above=above)
    await choose_for_client(module, client, filled)
    return go(here(f"/settings/modules/{module}?saved=1"))


async def _of_one_that_is_on(module: str) -> Manifest:
    """Raises Refusal ``common.not_found``, also for a module without settings."""
    manifest = manifest_of(module)
    if module not in await enabled_modules() or not manifest.settings:
        raise not_found("模块设置")
    return manifest


async def _who_may_differ(manifest: Manifest) -> Sequence[Client]:
    return await use(Clients).clients() if any(s.per_client for s in manifest.settings) else ()


def _of_firm(manifest: Manifest) -> Sequence[SettingField]:
    return [setting.field for setting in manifest.settings]


def _of_client(manifest: Manifest) -> Sequence[SettingField]:
    """Raises Refusal ``common.not_found`` where clients have nothing of their own."""
    fields = [setting.field for setting in manifest.settings if setting.per_client]
    if not fields:
        raise not_found("模块设置")
    return fields


def _typed(fields: Sequence[SettingField], data: dict[str, Any]) -> dict[str, str]:
    names = [name for f in fields for name in (f.key, f"clear_{f.key}")]
    return {name: password_in(data, name, LONGEST_TYPED).strip() for name in names}


def _texts(fields: Sequence[SettingField], values: Mapping[str, str | int]) -> dict[str, str]:
    return {f.key: shown(f, values.get(f.key)) for f in fields}


def _form(
    manifest: Manifest,
    fields: Sequence[SettingField],
    texts: Mapping[str, str],
    kept: Kept,
    *,
    errors: Mapping[str, str] = _NOTHING,
    above: Kept | None = None,
    saved: bool = False,
    clients: Sequence[Client] = (),
) -> Page:
    """``above`` are the firm's, on a client's page; ``clients`` are those that may have their own."""
    return Page(
        "modules/settings.html",
        title=manifest.title,
        active="modules",
        back=here("/modules") if above is None else here("/profile"),
        status_code=422 if errors else 200,
        manifest=manifest,
        address=here(f"/settings/modules/{manifest.id}"),
        fields=[(f, "" if f.kind == "secret" else texts.get(f.key, "")) for f in fields],
        secrets_set=kept.secrets_set,
        unset={f.key: _holds_otherwise(f, above) for f in fields if f.kind != "secret"},
        errors=errors,
        of_client=above is not None,
        clients=[(client.name, at(client.id, f"/settings/modules/{manifest.id}")) for client in clients],
        saved=saved,
    )


def _holds_otherwise(field: SettingField, above: Kept | None) -> str:
    """What holds where the field is left empty, in words."""
    value = field.default if above is None else above.values.get(field.key, field.default)
    if field.kind == "choice":
        text = gettext(dict(field.choices).get(str(value), str(value)))
    elif field.kind == "switch":
        text = gettext("是") if value else gettext("否")
    else:
        text = shown(field, value) or gettext("空")
    return gettext("留空用默认:%(v)s") % {"v": text} if above is None else gettext("留空同公司:%(v)s") % {"v": text}


HANDLERS: list[HTTPRouteHandler] = [firm_page, firm_form, client_page, client_form]
