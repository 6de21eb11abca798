"""Silver: people can rely on it: papers, both languages, a trail in words, tests."""

import ast
import re

from zhangfang_sdk.authoring.quality.contract_rules import of_the_kit
from zhangfang_sdk.authoring.quality.permission_rules import PERMISSIONS
from zhangfang_sdk.authoring.quality.scale import Findings, Rule, Subject, Tier
from zhangfang_sdk.deprecations import DEPRECATED
from zhangfang_sdk.testing.sources import imported_names

_SDK = re.compile(r"zhangfang[-_.]sdk\s*(\(?[^;]*)", re.IGNORECASE)


def changelog(subject: Subject) -> Findings:
    """The version at hand has a heading."""
    tree = subject.tree
    if tree is None:
        return
    path = tree.folder / "CHANGELOG.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    if not re.search(rf"^#+.*(?<![\d.]){re.escape(tree.version)}(?![\d.])", text, re.MULTILINE):
        yield f"CHANGELOG.md has no heading for {tree.version}"


def license_is_named(subject: Subject) -> Findings:
    """In the sources' pyproject.toml, or in what was installed."""
    distribution = subject.plugin.entry.dist
    metadata = distribution.metadata if distribution else None
    if subject.tree is not None:
        known = bool(subject.tree.license)
    else:
        known = metadata is not None and any(key in metadata for key in ("License-Expression", "License"))
    if not known:
        yield "nothing says under which licence it may be used"


def sdk_range(subject: Subject) -> Findings:
    """The distribution says with which versions of the SDK it runs."""
    distribution = subject.plugin.entry.dist
    requires = subject.tree.requires if subject.tree else (distribution.requires or () if distribution else ())
    bounds = [match[1] for one in requires if (match := _SDK.match(one))]
    if not bounds:
        yield "the dependencies do not name zhangfang-sdk"
    elif not any("<" in bound or "~=" in bound or "==" in bound for bound in bounds):
        yield "zhangfang-sdk has no upper bound: the next breaking version would be taken for one that fits"


def translations(subject: Subject) -> Findings:
    """Each text that people read."""
    if subject.host is None:
        return
    for language, texts in subject.host.untranslated(subject.plugin.folder).items():
        yield from (f"locale/{language}.po has no translation of {text!r}" for text in texts)


def icons(subject: Subject) -> Findings:
    """Of navigation entries; those of templates are looked up when they are compiled."""
    if subject.host is None:
        return
    for entry in subject.plugin.declared("register_navigation"):
        if entry.icon not in subject.host.icons:
            yield f"navigation {entry.id!r}: the portal has no icon {entry.icon!r}"


def trail(subject: Subject) -> Findings:
    """What the plugin records stands in the manifest's [actions]."""
    titles = subject.plugin.manifest.actions
    for path in subject.code():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_record = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
            )
            if not is_record or not isinstance(node, ast.Call) or not node.args:
                continue
            action = node.args[0]
            if not isinstance(action, ast.Constant) or not isinstance(action.value, str):
                continue
            if action.value.startswith(f"{subject.plugin.id}.") and action.value not in titles:
                yield f"{subject.where(path)}:{node.lineno} records {action.value!r}, which [actions] has no words for"


def tests(subject: Subject) -> Findings:
    """There are some, and none is skipped for good."""
    if subject.tree is None:
        return
    found = 0
    for path in sorted((subject.tree.folder / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
                continue
            found += 1
            if any("mark.skip" in ast.unparse(one) and "skipif" not in ast.unparse(one) for one in node.decorator_list):
                yield f"tests/{path.name}:{node.lineno} {node.name} is skipped for good"
    if not found:
        yield "there is no test in tests/"


def deprecated(subject: Subject) -> Findings:
    """Nothing of the SDK that goes with its next breaking version."""
    for path in subject.code():
        for line, module, name in imported_names(path):
            if (known := DEPRECATED.get(f"{module}.{name}")) is not None:
                yield f"{subject.where(path)}:{line} uses {module}.{name}: {known.instead}"


SILVER = (
    PERMISSIONS,
    Rule(
        "papers",
        Tier.SILVER,
        "有说明和更新记录",
        "README.md and CHANGELOG.md say what it does for whom, and what changed; `py.typed` lets the types be seen.",
        of_the_kit("papers"),
        needs_sources=True,
    ),
    Rule(
        "changelog",
        Tier.SILVER,
        "更新记录写到当前版本",
        "CHANGELOG.md has a heading for the version at hand: an operator reads it before an upgrade.",
        changelog,
        needs_sources=True,
    ),
    Rule(
        "license",
        Tier.SILVER,
        "写明许可证",
        "The distribution names its licence: without one nobody may use it.",
        license_is_named,
    ),
    Rule(
        "sdk-range",
        Tier.SILVER,
        "写明适用的 SDK 版本",
        "The dependency on `zhangfang-sdk` has an upper bound: the portal leaves out what does not fit, with the reason.",
        sdk_range,
    ),
    Rule(
        "translations",
        Tier.SILVER,
        "中英文齐全",
        "Each text of pages, navigation and notices has an English translation in `locale/en.po`.",
        translations,
        needs_host=True,
    ),
    Rule(
        "icons",
        Tier.SILVER,
        "图标存在",
        "Navigation entries name icons that the portal has.",
        icons,
        needs_host=True,
    ),
    Rule(
        "trail",
        Tier.SILVER,
        "操作日志有中文名称",
        "What it records on the trail stands in the manifest's `[actions]`, so that people read words and not keys.",
        trail,
    ),
    Rule(
        "tests",
        Tier.SILVER,
        "有自己的测试",
        "The plugin has tests of its own, none of them skipped for good.",
        tests,
        needs_sources=True,
    ),
    Rule(
        "deprecated",
        Tier.SILVER,
        "不用将要取消的接口",
        "It uses nothing of the SDK that goes with the SDK's next breaking version.",
        deprecated,
    ),
)
