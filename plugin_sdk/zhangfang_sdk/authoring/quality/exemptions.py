"""``quality.toml`` in a plugin's package: rules that do not concern it, each with the reason.

[exempt]
translations = "只在中国大陆的代账公司使用, 界面只有中文。"
"""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

FILE = "quality.toml"
SHORTEST_REASON = 10


def exemptions(package: Path) -> Mapping[str, str]:
    """Reasons by rule; empty where there is no file. Raises ValueError for a file that cannot be read."""
    path = package / FILE
    if not path.is_file():
        return {}
    raw = tomllib.loads(path.read_text("utf-8")).get("exempt", {})
    if not isinstance(raw, dict) or not all(isinstance(reason, str) for reason in raw.values()):
        raise ValueError(f'{FILE}: [exempt] gives a reason by rule: rule = "reason"')
    return raw


def wrong(
    given: Mapping[str, str], known: Collection[str], exemptible: Collection[str], needed: Collection[str]
) -> list[str]:
    """A sentence for each exemption that is none. ``needed`` are the rules that found something."""
    found = []
    for rule, reason in given.items():
        if rule not in known:
            found.append(f"{FILE}: there is no rule {rule!r}")
        elif rule not in exemptible:
            found.append(f"{FILE}: nothing is exempted from {rule!r}")
        elif len(reason.strip()) < SHORTEST_REASON:
            found.append(f"{FILE}: {rule} gives no reason of at least {SHORTEST_REASON} characters")
        elif rule not in needed:
            found.append(f"{FILE}: {rule} holds without an exemption; take the line out")
    return found
