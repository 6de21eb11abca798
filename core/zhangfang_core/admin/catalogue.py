"""What the admin desk can show: core's screens, and screens and forms of every plugin."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, TypeVar

from zhangfang_core.admin.core_screens import SCREENS
from zhangfang_core.identity.presence import asking
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import Address, at

CORE_GROUP = "基础"


Item = TypeVar("Item", AdminScreen, AdminForm)


@dataclass(frozen=True)
class Placed(Generic[Item]):
    """A screen or form with the module it comes from (None for core)."""

    item: Item
    module: str | None
    group: str

    def is_shown(self) -> bool:
        """Whether the actor in scope has it: permission, and the module is on for the firm."""
        request = asking()
        on = self.module is None or (request is not None and self.module in request.enabled)
        return on and scope().may(self.item.permission)


@cache
def screens() -> tuple[Placed[AdminScreen], ...]:
    """In the order of the menu, each with a title of its own: piccolo-admin knows them by that."""
    found = [Placed(screen, None, CORE_GROUP) for screen in SCREENS]
    taken = {screen.title for screen in SCREENS}
    for id_, module in registry().modules.items():
        for screen in module.admin_screens:
            title = screen.title if screen.title not in taken else f"{screen.title} ({id_})"
            taken.add(title)
            found.append(Placed(replace(screen, title=title), id_, module.manifest.title))
    return tuple(found)


@cache
def forms() -> tuple[Placed[AdminForm], ...]:
    """In the order of the menu. A plugin's form is called by the plugin's id and its own: "notes.import"."""
    found: list[Placed[AdminForm]] = []
    for id_, module in registry().modules.items():
        found += [
            Placed(replace(form, id=f"{id_}.{form.id}"), id_, module.manifest.title) for form in module.admin_forms
        ]
    return tuple(found)


def better_pages() -> dict[str, Address]:
    """Title and address of the firm's own pages that the screens shown now name."""
    pages = [placed.item.better for placed in screens() if placed.item.better and placed.is_shown()]
    return {page.title: at(None, page.path) for page in pages}
