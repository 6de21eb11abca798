"""``python -m zhangfang_sdk.documenting_services > docs/services.md``: the page of all services, from their Protocols.

A service is a Protocol of the SDK whose methods say what they need (:func:`zhangfang_sdk.acting.needs`). A test asserts that the page in the
repository is this text.
"""

import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Protocol

import zhangfang_sdk
from zhangfang_sdk.documenting import as_markdown, signature
from zhangfang_sdk.services import methods_of

DRAFTS = "zhangfang_sdk.drafts"
_NOT_READ = ("zhangfang_sdk.testing", "zhangfang_sdk.scaffold")

INTRODUCTION = """# Services

<!-- Written by `python -m zhangfang_sdk.documenting_services > docs/services.md`; change the Protocols instead. -->

What plugins ask of core and of each other: `await use(Ledger).post(voucher)`. A manifest names what it needs in `requires` (without it the plugin
does not run) or `optional`, and what it gives in `provides`; a service has one provider, a second is refused. *Declares* says what a plugin must have
among its `uses` (or its own permissions) to call a method; what the person must hold is told with the method. Money is fen, days are business
dates (Asia/Shanghai), moments are UTC. The fields of what is given and taken are in [values.md](values.md).
"""

ABOUT_DRAFTS = """# Drafts

*Draft*: nothing of the platform provides these yet, and they stand outside the promise of versions (SemVer). They are here so that those who will
provide and those who will ask agree beforehand; each shows how two callers would use it. A plugin may provide or require one like any other.

The permissions that they name become the platform's when a draft is taken up. Until then no role holds them, so that who provides a draft asks the
person for a permission of its own, and says so.
"""


def services() -> Iterator[type[Any]]:
    """Every service Protocol of the SDK, drafts last, by name."""
    found: set[type[Any]] = set()
    for info in pkgutil.walk_packages(zhangfang_sdk.__path__, "zhangfang_sdk."):
        if not info.name.startswith(_NOT_READ):
            found.update(c for c in vars(import_module(info.name)).values() if _is_service(c))
    yield from sorted(found, key=lambda c: (is_draft(c), c.__name__))


def _is_service(candidate: Any) -> bool:
    return (
        inspect.isclass(candidate)
        and Protocol in candidate.__bases__
        and any(hasattr(method, "__needs__") for method in methods_of(candidate).values())
    )


def is_draft(service: type[Any]) -> bool:
    """Whether it may change with any release."""
    return service.__module__.startswith(DRAFTS)


def page() -> str:
    """The whole page as Markdown. Raises ValueError when a service or a method says nothing of itself."""
    parts, drafts_begun = [INTRODUCTION], False
    for service in services():
        if is_draft(service) and not drafts_begun:
            parts.append(ABOUT_DRAFTS)
            drafts_begun = True
        parts += _service(service)
    return "\n".join(parts)


def _service(service: type[Any]) -> Iterator[str]:
    mark = " (draft)" if is_draft(service) else ""
    yield f"## `{service.__name__}`{mark}\n\n`from {service.__module__} import {service.__name__}`\n"
    told = service.__dict__.get("__doc__") or ""
    if told:
        yield f"{as_markdown(inspect.cleandoc(told))}\n"
    if is_draft(service):
        yield f"{_with_examples(inspect.getdoc(sys.modules[service.__module__]) or '')}\n"
    for name, method in methods_of(service).items():
        yield _method(service, name, method)


def _method(service: type[Any], name: str, method: Callable[..., Any]) -> str:
    sentence = inspect.getdoc(method) or ""
    if not sentence and not service.__doc__:
        raise ValueError(f"{service.__name__}.{name} has no docstring")
    needed = ", ".join(f"`{permission}`" for permission in getattr(method, "__needs__", ())) or "nothing"
    return f"```python\n{signature(name, method)}\n```\n\n{as_markdown(sentence)}\n\nDeclares: {needed}.\n"


def _with_examples(text: str) -> str:
    """Indented blocks after ``::`` as Python."""
    lines: list[str] = []
    in_code = False
    for line in text.splitlines():
        is_code = line.startswith("    ")
        if is_code and not in_code:
            lines.append("```python")
        if in_code and line and not is_code:
            while lines[-1] == "":
                lines.pop()
            lines += ["```", ""]
        in_code = is_code or (in_code and not line)
        lines.append(line[4:] if is_code else as_markdown(line.replace("::", ":") if line.endswith("::") else line))
    return "\n".join([*lines, "```"] if in_code else lines)


if __name__ == "__main__":
    sys.stdout.write(page())
