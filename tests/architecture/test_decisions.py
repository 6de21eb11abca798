"""Each decision has a number of its own, in its file's name and at its head."""

from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs" / "adr").glob("*.md"))


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name.partition("-")[0] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_the_head_says_the_same_number() -> None:
    heads = {path.name: path.read_text("utf-8").partition("\n")[0] for path in DECISIONS}
    assert [name for name, head in heads.items() if not head.lstrip("# ").startswith(name.partition("-")[0])] == []
