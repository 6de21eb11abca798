"""Words on the trail: nobody who reads it should need the program to understand it."""

from collections.abc import Mapping

from zhangfang_core.modules.translations import gettext, speaking
from zhangfang_core.trail.action_names import action_name
from zhangfang_core.trail.fact_names import fact_name, is_named

_BY_TITLES = ("module.settings", "vendor.choose", "vendor.change")


def refuse_nameless(action: str, subject: str, *facts: Mapping[str, object] | None) -> None:
    """Raises AssertionError for a key, or a kind of thing in ``subject``, that has no name in Chinese or none in English."""
    plugin = action.partition(".")[0]
    by_titles = action.startswith("admin.") or action in _BY_TITLES  # what the screen, the manifest or the vendor calls them
    keys = {subject.partition(":")[0], *(key for some in facts for key in some or {} if not by_titles)}
    nameless = sorted(key for key in keys if not action.startswith("admin.") and not is_named(key, action))
    if nameless:
        raise AssertionError(f"{action} puts {nameless} on the trail: name them in trail/fact_names.py or in the manifest's [facts]")
    with speaking("en"):
        named = {action_name(action), *(fact_name(key, action) for key in keys if fact_name(key, action) != key)}
        silent = sorted(name for name in named if gettext(name, plugin) == name)
    if silent:
        raise AssertionError(f"{action}: no English for {silent}")
