"""The database's addresses and the plugins' folders, ready for a process to look for plugins. Before anything asks which there are."""

from zhangfang_core.database.roles import Addresses, addresses
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.settling import settle
from zhangfang_core.settings import Settings


async def ready(settings: Settings) -> Addresses:
    """Start or find the database, settle what was cut off, and let Python find the plugins in force."""
    at = await addresses(settings)
    folders = PluginFolders(settings.data_dir)
    await settle(folders, at.application)
    folders.add_to_path()
    return at
