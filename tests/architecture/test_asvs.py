"""``docs/asvs.md`` names every item of ASVS 5.0, levels 1 and 2, and tests that exist."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (V[\d.]+) \| ([12]) \| ([^|]+) \| (met|in part|not shown|does not apply) \| ([^|]*) \|")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
ITEMS: dict[str, tuple[int, ...]] = {
    "V1.1": (1, 2),
    "V1.2": (1, 2, 3, 4, 5, 6, 7, 8, 9),
    "V1.3": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    "V1.4": (1, 2, 3),
    "V1.5": (1, 2),
    "V2.1": (1, 2, 3),
    "V2.2": (1, 2, 3),
    "V2.3": (1, 2, 3, 4),
    "V2.4": (1,),
    "V3.2": (1, 2),
    "V3.3": (1, 2, 3, 4),
    "V3.4": (1, 2, 3, 4, 5, 6),
    "V3.5": (1, 2, 3, 4, 5),
    "V3.7": (1, 2),
    "V4.1": (1, 2, 3),
    "V4.2": (1,),
    "V4.3": (1, 2),
    "V4.4": (1, 2, 3, 4),
    "V5.1": (1,),
    "V5.2": (1, 2, 3),
    "V5.3": (1, 2),
    "V5.4": (1, 2, 3),
    "V6.1": (1, 2, 3),
    "V6.2": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    "V6.3": (1, 2, 3, 4),
    "V6.4": (1, 2, 3, 4),
    "V6.5": (1, 2, 3, 4, 5),
    "V6.6": (1, 2, 3),
    "V6.8": (1, 2, 3, 4),
    "V7.1": (1, 2, 3),
    "V7.2": (1, 2, 3, 4),
    "V7.3": (1, 2),
    "V7.4": (1, 2, 3, 4, 5),
    "V7.5": (1, 2),
    "V7.6": (1, 2),
    "V8.1": (1, 2),
    "V8.2": (1, 2, 3),
    "V8.3": (1,),
    "V8.4": (1,),
    "V9.1": (1, 2, 3),
    "V9.2": (1, 2, 3, 4),
    "V10.1": (1, 2),
    "V10.2": (1, 2),
    "V10.3": (1, 2, 3, 4),
    "V10.4": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    "V10.5": (1, 2, 3, 4, 5),
    "V10.6": (1, 2),
    "V10.7": (1, 2, 3),
    "V11.1": (1, 2),
    "V11.2": (1, 2, 3),
    "V11.3": (1, 2, 3),
    "V11.4": (1, 2, 3, 4),
    "V11.5": (1,),
    "V11.6": (1,),
    "V12.1": (1, 2, 3),
    "V12.2": (1, 2),
    "V12.3": (1, 2, 3, 4),
    "V13.1": (1,),
    "V13.2": (1, 2, 3, 4, 5),
    "V13.3": (1, 2),
    "V13.4": (1, 2, 3, 4, 5),
    "V14.1": (1, 2),
    "V14.2": (1, 2, 3, 4),
    "V14.3": (1, 2, 3),
    "V15.1": (1, 2, 3),
    "V15.2": (1, 2, 3),
    "V15.3": (1, 2, 3, 4, 5, 6, 7),
    "V16.1": (1,),
    "V16.2": (1, 2, 3, 4, 5),
    "V16.3": (1, 2, 3, 4),
    "V16.4": (1, 2, 3),
    "V16.5": (1, 2, 3),
    "V17.1": (1,),
    "V17.2": (1, 2, 3, 4),
    "V17.3": (1, 2),
}
"""Numbers of the items of levels 1 and 2, by section."""


def rows() -> list[tuple[str, str, str, str, str]]:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| V")]
    found = [match.groups() for line in lines if (match := ROW.fullmatch(line))]
    assert len(found) == len(lines), "a line that is no item"
    return [(item, level, words, standing, beside.strip()) for item, level, words, standing, beside in found]


def test_every_item_is_there_once() -> None:
    wanted = [f"{section}.{number}" for section, numbers in ITEMS.items() for number in numbers]
    assert len(wanted) == 253
    assert Counter(item for item, *_ in rows()) == Counter(wanted)


def test_what_is_met_names_a_test_that_exists() -> None:
    for item, _, _, standing, beside in rows():
        if standing == "met":
            found = TEST.fullmatch(beside)
            assert found, item
            file, test = found.groups()
            assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), (item, beside)


def test_what_is_not_met_says_why() -> None:
    assert [
        item for item, _, _, standing, beside in rows() if standing in ("in part", "not shown") and not beside
    ] == []


def test_the_sum_at_the_top_is_that_of_the_lines() -> None:
    counted = Counter(standing for *_, standing, _ in rows())
    said = f"{counted['met']} met, {counted['in part']} in part, {counted['not shown']} not shown, {counted['does not apply']} that do not apply, of 253."
    assert said in (ROOT / "docs" / "asvs.md").read_text("utf-8")
