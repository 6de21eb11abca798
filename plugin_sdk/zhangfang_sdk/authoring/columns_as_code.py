"""Columns of Piccolo as a migration writes them: with what differs from the column's own defaults, and no more."""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from piccolo.columns import Column, ForeignKey
from piccolo.columns.defaults.base import Default
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table


class NotWritable(ValueError):
    """This column cannot be written by a machine; the message, in Chinese, says which part of it."""


@dataclass
class Imports:
    """Names that the written code needs, by module."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def add(self, module: str, name: str) -> str:
        self.names.setdefault(module, set()).add(name)
        return name

    def lines(self) -> Iterator[str]:
        """Sorted as isort does: Python's own modules before others; constants, classes, functions."""
        of_python = [module for module in sorted(self.names) if module.partition(".")[0] in sys.stdlib_module_names]
        for module in of_python:
            yield self._line(module)
        if of_python:
            yield ""
        for module in sorted(set(self.names) - set(of_python)):
            yield self._line(module)

    def _line(self, module: str) -> str:
        ordered = sorted(self.names[module], key=lambda n: (not n.isupper(), not n[0].isupper(), n))
        return f"from {module} import {', '.join(ordered)}"


def written(column: Column, owner: type[Table], imports: Imports) -> str:
    """``Varchar(length=200)``. ``owner`` is the table that the column stands in. Raises NotWritable."""
    where = f"{owner.__name__}.{column._meta.name}"
    kind = type(column)
    if not kind.__module__.startswith("piccolo.columns"):
        raise NotWritable(f"{where}: {kind.__name__} 不是 Piccolo 自己的列类型")
    arguments: list[str] = []
    known = _defaults(kind)
    for name, value in column._meta.params.items():
        if name == "references":
            arguments.insert(0, _target(column, owner, imports))
        elif name == "target_column" and value is None:
            continue
        elif name not in known or not _same(value, known[name]):
            arguments.append(f"{name}={written_value(value, f'{where} 的 {name}', owner, imports)}")
    return f"{imports.add('piccolo.columns', kind.__name__)}({', '.join(arguments)})"


def target_of(column: ForeignKey[Any]) -> type[Table]:
    """The table that it points at, however it was named."""
    target: type[Table] = column._foreign_key_meta.resolved_references
    return target


def _target(column: Column, owner: type[Table], imports: Imports) -> str:
    if not isinstance(column, ForeignKey):
        raise NotWritable(f"{owner.__name__}.{column._meta.name}: 只有 ForeignKey 可以指向别的表")
    target = target_of(column)
    if target is owner:
        return '"self"'
    if target.__module__ == "zhangfang_sdk.references":
        return imports.add(target.__module__, target.__name__)
    return target.__name__


def _defaults(kind: type[Column]) -> dict[str, Any]:
    """What the constructors of the type and of those it is made from take when nothing is said."""
    found: dict[str, Any] = {}
    for one in reversed(kind.__mro__):
        if "__init__" in vars(one):
            parameters = inspect.signature(vars(one)["__init__"]).parameters.values()
            found |= {p.name: p.default for p in parameters if p.default is not p.empty}
    return found


def _same(value: object, default: object) -> bool:
    if isinstance(value, Default) or isinstance(default, Default):
        return type(value) is type(default) and vars(value) == vars(default)
    return type(value) is type(default) and bool(value == default)


def written_value(value: Any, where: str, owner: type[Table] | None, imports: Imports) -> str:
    """One value of a column's parameters. Raises NotWritable, which names ``where``."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return _quoted(value)
    if value is None or (isinstance(value, bool | int | float | list | dict) and not isinstance(value, Enum)):
        return repr(value)
    if isinstance(value, Enum) and type(value).__module__.startswith("piccolo"):
        return f"{imports.add(type(value).__module__, type(value).__name__)}.{value.name}"
    if isinstance(value, Enum):  # the plugin's own: what it stands for in the database
        return written_value(value.value, where, owner, imports)
    if isinstance(value, Default):
        arguments = ", ".join(f"{name}={given!r}" for name, given in vars(value).items() if not name.startswith("_"))
        return f"{imports.add(type(value).__module__, type(value).__name__)}({arguments})"
    if isinstance(value, Column) and owner is not None:
        return written(value, owner, imports)
    if inspect.isfunction(value) and value.__name__.isidentifier():
        return imports.add(value.__module__, value.__name__)
    if inspect.isclass(value) and issubclass(value, Enum):
        members = ", ".join(
            f"{_quoted(name)}: {written_value(m.value, where, None, imports)}" for name, m in value.__members__.items()
        )
        return f"{imports.add('enum', 'Enum')}({_quoted(value.__name__)}, {{{members}}})"
    if inspect.isclass(value) and value.__module__ == "builtins":
        return value.__name__
    if isinstance(value, LazyTableReference):
        return value.resolve().__name__
    raise NotWritable(f"{where} 是 {value!r}, 请自己写这一步迁移")


def _quoted(text: str) -> str:
    escaped = repr(text)
    return f'"{escaped[1:-1]}"' if '"' not in text and escaped.startswith("'") else escaped
