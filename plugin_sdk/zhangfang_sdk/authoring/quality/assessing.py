"""All rules, and a plugin asked all of them."""

from zhangfang_sdk.authoring import source_tree
from zhangfang_sdk.authoring.quality.contract_rules import BRONZE
from zhangfang_sdk.authoring.quality.craft_rules import GOLD
from zhangfang_sdk.authoring.quality.exemptions import exemptions, wrong
from zhangfang_sdk.authoring.quality.people_rules import SILVER
from zhangfang_sdk.authoring.quality.scale import Answer, Findings, Host, Report, Rule, Subject, Tier
from zhangfang_sdk.testing.installed import InstalledPlugin


def _exemptions_are_answered_last(subject: Subject) -> Findings:
    yield from ()


EXEMPTIONS = Rule(
    "exemptions",
    Tier.SILVER,
    "豁免写明理由",
    "`quality.toml` names rules that there are and that do not hold, and gives each a reason.",
    _exemptions_are_answered_last,
    may_be_exempted=False,
)
RULES: tuple[Rule, ...] = (*BRONZE, *SILVER, EXEMPTIONS, *GOLD)


def subject_of(plugin: InstalledPlugin, host: Host | None) -> Subject:
    """With its sources where they stand beside the package, as in an editable installation."""
    for folder in (plugin.folder.parent, plugin.folder.parent.parent):
        if source_tree.is_source_tree(folder) and (tree := source_tree.read(folder)).id == plugin.id:
            return Subject(plugin, tree, host)
    return Subject(plugin, None, host)


def assess(subject: Subject) -> Report:
    """Every rule's answer. A rule that raises has found that."""
    try:
        excused, unreadable = exemptions(subject.plugin.folder), []
    except (ValueError, OSError, LookupError) as error:
        excused, unreadable = {}, [str(error)]
    found = {rule.id: _asked(rule, subject) for rule in RULES if rule is not EXEMPTIONS and rule.sees(subject)}
    exemptible = {rule.id for rule in RULES if rule.may_be_exempted}
    unseen = {rule.id for rule in RULES if not rule.sees(subject)}
    needed = {id_ for id_, findings in found.items() if findings} | unseen
    found[EXEMPTIONS.id] = (*unreadable, *wrong(excused, {rule.id for rule in RULES}, exemptible, needed))
    return Report(
        [
            Answer(
                rule,
                found.get(rule.id, ()),
                excused.get(rule.id, "") if rule.may_be_exempted and found.get(rule.id) else "",
                rule.id in found,
            )
            for rule in RULES
        ]
    )


def _asked(rule: Rule, subject: Subject) -> tuple[str, ...]:
    try:
        return tuple(rule.check(subject))
    except Exception as error:  # whatever a stranger's code raises is the finding
        return (f"{type(error).__name__}: {error}",)
