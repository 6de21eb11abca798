"""RISK-2: the rule of docs/risk_rules.md, with its golden cases in under 30 lines, is a stranger's: known by the service, called as its plugin."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zhangfang_core.modules import risk_rules as declared
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import acting as running
from zhangfang_sdk.fitting import unfit
from zhangfang_sdk.risk import RiskRules, Verdict
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.risk_material import check, material

PAGE = Path(__file__).parents[2] / "docs" / "risk_rules.md"


@pytest.fixture
def page() -> dict[str, Any]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert len([line for line in code.splitlines() if line.strip()]) <= 30
    found: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), found)  # noqa: S102  # the documentation's own words
    return found


def test_its_golden_cases_hold_and_a_broken_formula_breaks_them(page: dict[str, Any]) -> None:
    page["test_no_rent"]()
    broken = replace(page["NO_RENT"], judge=lambda m: ())
    with pytest.raises(AssertionError):
        check(broken, material("2026-09"), [0])


async def test_it_is_known_and_called_as_its_plugin(page: dict[str, Any], firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    rule = page["NO_RENT"]

    def judge(m: Any) -> Verdict:
        here = running()
        called.append("" if here is None else here.plugin)
        said: Verdict = rule.judge(m)
        return said

    watched = replace(rule, judge=judge)
    known = registry()
    manifest = known.modules["collab"].manifest
    assert list(unfit(manifest, "register_risk_rules", [watched])) == []
    assert list(unfit(manifest, "register_risk_rules", [watched, watched]))
    modules = {id_: replace(m, risk_rules=(watched,)) if id_ == "collab" else m for id_, m in known.modules.items()}
    monkeypatch.setattr(declared, "registry", lambda: replace(known, modules=modules))
    async with acting(firm, "accountant"):
        found = (await use(RiskRules).known())["collab.no_rent"]
    assert [f.figure for f in found.judge(material("2026-09"))] == [0]  # type: ignore[union-attr]  # neither of the others
    assert called == ["collab"]
