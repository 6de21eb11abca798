"""``python -m zhangfang_sdk.documenting_values > docs/values.md``: everything of the SDK that is neither a hook nor a service.

What hooks answer with, what services take and give, and the functions that a plugin calls; from their definitions, module by module. A test
asserts that the page in the repository is this text.
"""

import dataclasses
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any

import zhangfang_sdk
from zhangfang_sdk.documenting import as_markdown, default, signature
from zhangfang_sdk.documenting_services import services

_OF_TOOLS = (
    "authoring",
    "documenting",
    "documenting_services",
    "documenting_values",
    "drafts",
    "fitting",
    "handed_over",
    "hookspecs",
    "testing",
)
"""Of authors' tools, of the host, and on pages of their own."""
_LINE = 120

INTRODUCTION = """# Values and functions

<!-- Written by `python -m zhangfang_sdk.documenting_values > docs/values.md`; change the definitions instead. -->

What [hooks](hooks.md) answer with, what [services](services.md) take and give, and what else a plugin calls, by the module of `zhangfang_sdk` that it is
imported from. A value is made by naming its fields: `NavEntry(id="notes", label="便签", …)`; those with `=` may be left out. Money is fen, days are
business dates (Asia/Shanghai), moments are UTC.
"""


def page() -> str:
    """The whole page as Markdown."""
    told_elsewhere = set(services())
    parts = [INTRODUCTION]
    for module in _modules():
        names = [part for thing in _own(module) if thing not in told_elsewhere for part in _told(thing)]
        if names:
            parts.append(f"## `{module.__name__}`\n\n{_sentences(module)}\n")
            parts += names
    return "\n".join(parts)


def _modules() -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(zhangfang_sdk.__path__), key=lambda info: info.name):
        if not info.name.startswith("_") and info.name not in _OF_TOOLS and not info.ispkg:
            yield import_module(f"zhangfang_sdk.{info.name}")


def _own(module: ModuleType) -> Iterator[Any]:
    """Public classes and functions in the order in which they are written."""
    for name, thing in vars(module).items():
        is_own = getattr(thing, "__module__", None) == module.__name__ and getattr(thing, "__name__", None) == name
        if not name.startswith("_") and is_own and (inspect.isclass(thing) or inspect.isfunction(thing)):
            yield thing


def _told(thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield _block(thing.__name__, f"{_entered(thing)}{signature(thing.__name__, thing)}", _sentences(thing))
    elif issubclass(thing, Enum):
        members = "\n".join(f"{thing.__name__}.{member.name} = {member.value!r}" for member in thing)
        yield _block(thing.__name__, members, _sentences(thing))
    else:
        is_value = "__dataclass_fields__" in vars(thing)
        made = (
            _fields(thing)
            if is_value
            else f"class {thing.__name__}({', '.join(base.__name__ for base in thing.__bases__)})"
        )
        yield _block(thing.__name__, made, _sentences(thing))
        for name, method in vars(thing).items():
            if shown := _method(name, method):
                yield shown


def _entered(function: Callable[..., Any]) -> str:
    """What is entered by ``with`` says so."""
    written = inspect.unwrap(function)
    if written is function:
        return ""
    return (
        "@asynccontextmanager\n"
        if inspect.isasyncgenfunction(written)
        else "@contextmanager\n"
        if inspect.isgeneratorfunction(written)
        else ""
    )


def _fields(value: type[Any]) -> str:
    fields = [f"{field.name}: {_type(field)}{_default(field)}" for field in dataclasses.fields(value) if field.init]
    short = f"{value.__name__}({', '.join(fields)})"
    return (
        short if len(short) <= _LINE else "\n".join([f"{value.__name__}(", *(f"    {field}," for field in fields), ")"])
    )


def _type(field: "dataclasses.Field[Any]") -> str:
    def typed(value: Any) -> None: ...

    typed.__annotations__ = {"value": field.type, "return": None}
    return signature("f", typed).partition("value: ")[2].rpartition(") -> ")[0]


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return f" = {default(field.default)}"
    return "" if field.default_factory is dataclasses.MISSING else f" = {default(field.default_factory())}"


def _method(name: str, method: Any) -> str:
    """Public ones that say something of themselves, properties among them; "" for others."""
    if isinstance(method, classmethod | staticmethod):
        method = method.__func__
    function: Callable[..., Any] | None = (
        method.fget if isinstance(method, property) else method if inspect.isfunction(method) else None
    )
    if function is None or name.startswith("_") or not (said := _sentences(function)):
        return ""
    mark = "@property\n" if isinstance(method, property) else ""
    return f"```python\n{mark}{signature(name, function)}\n```\n\n{said}\n"


def _block(name: str, code: str, said: str) -> str:
    return (
        f"### `{name}`\n\n```python\n{code}\n```\n\n{said}\n" if said else f"### `{name}`\n\n```python\n{code}\n```\n"
    )


def _sentences(thing: Any) -> str:
    """What it says of itself; nothing for what dataclasses write by themselves."""
    said = thing.__doc__ or ""
    if inspect.isclass(thing) and re.match(rf"{thing.__name__}\(", said):
        return ""
    return as_markdown(inspect.cleandoc(said))


if __name__ == "__main__":
    sys.stdout.write(page())
