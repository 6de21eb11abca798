"""``python -m zhangfang_sdk.authoring.quality.page > docs/quality_scale.md``: the scale, from its rules. A test holds the page to this text."""

import sys

from zhangfang_sdk.authoring.quality.assessing import RULES
from zhangfang_sdk.authoring.quality.exemptions import FILE, SHORTEST_REASON
from zhangfang_sdk.authoring.quality.scale import Tier

INTRODUCTION = f"""# Quality scale

<!-- Written by `python -m zhangfang_sdk.authoring.quality.page > docs/quality_scale.md`; change the rules instead. -->

`zhangfang plugin check FOLDER` asks a plugin's sources, `zhangfang plugin check ID` what is installed. A plugin reaches a tier when it keeps all
rules of that tier and of those below it. The command ends with 1 while a rule is broken.

A rule may be exempted, with a reason, in `{FILE}` of the plugin's package, so that a wheel carries it:

```toml
[exempt]
waits-for-nobody = "The child process ends within 20 ms and is asked once a day."
```

A reason has at least {SHORTEST_REASON} characters. An exemption that is not needed any more is an offence against the rule `exemptions`. Of a wheel
the rules marked *sources* are not asked, and without a portal those marked *portal*.
"""
ABOUT = {
    Tier.BRONZE: (
        "Bronze (铜)",
        "It harms nobody: the portal takes it in, its rows stay behind the walls. Nothing is exempted here.",
    ),
    Tier.SILVER: ("Silver (银)", "People can rely on it: papers, both languages, a trail in words, tests."),
    Tier.GOLD: (
        "Gold (金)",
        "It stays right while it changes: typed, told, in small files, exact about money and time.",
    ),
}


def page() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION]
    for tier, (heading, about) in ABOUT.items():
        parts.append(f"## {heading}\n\n{about}\n\n| rule | asks | sees |\n|---|---|---|")
        for rule in (rule for rule in RULES if rule.tier is tier):
            needs = " ".join(name for name, on in (("sources", rule.needs_sources), ("portal", rule.needs_host)) if on)
            parts[-1] += f"\n| `{rule.id}` | {rule.means} | {needs} |"
        parts[-1] += "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
