"""Where Piccolo finds the engine and every table: core's rooms and all installed plugins."""

import contextlib

from piccolo.conf.apps import AppRegistry

from zhangfang_core.database.engine import DB
from zhangfang_core.modules.discovery import app_of, discover

CORE_APPS = [
    "zhangfang_core.identity.piccolo_app",
    "zhangfang_core.tenancy.piccolo_app",
    "zhangfang_core.modules.piccolo_app",
    "zhangfang_core.documents.piccolo_app",
    "zhangfang_core.ledger.piccolo_app",
    "zhangfang_core.trail.piccolo_app",
    "zhangfang_core.notices.piccolo_app",
    "zhangfang_core.vendors.piccolo_app",
    "zhangfang_core.calendar.piccolo_app",
    "zhangfang_core.module_settings.piccolo_app",
    "zhangfang_core.search.piccolo_app",
]
"""In the order of their migrations."""


def _plugin_apps() -> list[str]:
    """Those that can be imported: one that cannot is left out by :mod:`zhangfang_core.modules.life`, which says why."""
    usable = []
    for plugin in discover()[0]:
        with contextlib.suppress(Exception, SystemExit):
            if app_of(plugin) is not None:
                usable.append(f"{plugin.package}.piccolo_app")
    return usable


APP_REGISTRY = AppRegistry(apps=[*CORE_APPS, *_plugin_apps()])

__all__ = ["APP_REGISTRY", "DB"]
