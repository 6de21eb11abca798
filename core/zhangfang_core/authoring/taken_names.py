"""Words that a new plugin cannot stand under."""

from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.routes import CORE_HEADS, head


def taken_names() -> frozenset[str]:
    """First words of the pages of core and of the plugins that run, and the ids of all that are installed."""
    found, unread = discover()
    pages = {head(path) for module in registry().modules.values() for page in module.pages for path in page.paths}
    return CORE_HEADS | pages | {plugin.manifest.id for plugin in found} | {plugin.id for plugin in unread}
