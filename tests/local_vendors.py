"""A mail server and an SMS service on this machine, which share no code with the adapters, chosen by a firm."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.vendors.choices import choose, offer_to_choose
from zhangfang_core.vendors.setting_forms import Filled
from zhangfang_sdk.context import system_scope

_REFERENCES = Path(__file__).parents[1] / "plugins" / "messaging" / "tests" / "reference_servers"


def _reference(name: str) -> ModuleType:
    spec = spec_from_file_location(f"reference_{name}", _REFERENCES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def local_servers(folder: Path) -> AsyncIterator[tuple[Any, Any]]:
    """Both until the context ends. Who trusts ``folder``/trusted.pem alone (SSL_CERT_FILE) believes the mail server."""
    mail, sms = _reference("mail_server"), _reference("aliyun_sms")
    with mail.serving(folder) as post, sms.serving(sms.AliyunServer()) as texts:
        yield post, texts


async def choose_both(firm: TestFirm, post: Any, texts: Any, offered_by: str = "messaging") -> None:
    """As an owner does on 外部服务, but that the page lets nobody name this machine."""
    known = {"key_id": texts.key_id, "sign": texts.sign, "key_secret": texts.key_secret}
    templates = {"template_code": "SMS_1", "template_notice": "SMS_2", "template_digest": "SMS_3"}
    chosen = (
        ("email", f"{offered_by}.smtp", post.settings, "password"),
        ("sms", f"{offered_by}.aliyun", {**known, **templates}, "key_secret"),
    )
    async with scoped_transaction(system_scope(firm.id)):
        for kind, vendor, settings, secret in chosen:
            plain = {key: value for key, value in settings.items() if key != secret}
            filled = Filled(plain, {secret: settings[secret]}, frozenset(), {})
            await choose(await offer_to_choose(kind, vendor), filled)
