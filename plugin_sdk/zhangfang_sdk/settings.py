"""What the firm chose of a plugin's ``[settings]`` (:mod:`zhangfang_sdk.setting_schema`), read as a dataclass of the plugin's own::

    @dataclass(frozen=True)
    class RiskSettings:
        tolerance: int

    chosen = await settings("risk", RiskSettings, client=client)
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from zhangfang_sdk.acting import needs
from zhangfang_sdk.context import scope
from zhangfang_sdk.services import use

if TYPE_CHECKING:
    from dataclasses import Field

SettingValue = str | int | bool


class _Fields(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, "Field[Any]"]]


T = TypeVar("T", bound=_Fields)


class PluginSettings(Protocol):
    """Values of the plugins' settings in the firm in scope, in the caller's transaction."""

    @needs()
    async def values(self, plugin: str, client: int | None) -> Mapping[str, SettingValue]:
        """Every setting of ``plugin`` by its key: the client's own, else the firm's, else the default.

        Numbers are int, money is fen, a switch is bool, all else str ("" for a secret that nobody set). A plugin gets its own
        alone: Refusal ``settings.not_yours`` for another's. ``common.not_found`` for a client out of scope or a plugin that is not there.
        """
        ...


async def settings(plugin: str, kind: type[T], *, client: int | None = None) -> T:
    """The plugin's settings whose keys are the fields of the dataclass ``kind``, for ``client`` (None: the one that is open, if any).

    ``plugin`` is the caller's own id. Raises TypeError when the manifest knows no such key or another type, and what ``values`` raises.
    """
    values = await use(PluginSettings).values(plugin, client if client is not None else scope().client)
    wanted = {field.name: field.type for field in fields(kind)}
    for name, type_ in wanted.items():
        written = type_ if isinstance(type_, str) else type_.__name__
        if name not in values or type(values[name]).__name__ != written:
            raise TypeError(f"{plugin} has no setting {name} of type {written}")
    return kind(**{name: values[name] for name in wanted})
