"""Where Piccolo finds the engine and every table: core's rooms and all installed plugins."""

from piccolo.conf.apps import AppRegistry

from zhangfang_core.database.engine import DB
from zhangfang_core.modules.discovery import plugin_apps

CORE_APPS = [
    "zhangfang_core.tenancy.piccolo_app",
    "zhangfang_core.identity.piccolo_app",
    "zhangfang_core.modules.piccolo_app",
    "zhangfang_core.documents.piccolo_app",
    "zhangfang_core.ledger.piccolo_app",
    "zhangfang_core.notifications.piccolo_app",
    "zhangfang_core.vendors.piccolo_app",
]

APP_REGISTRY = AppRegistry(apps=[*CORE_APPS, *plugin_apps()])

__all__ = ["APP_REGISTRY", "DB"]
