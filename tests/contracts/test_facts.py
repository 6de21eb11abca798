"""PLAT-1: one suite for the SDK's ``Facts``, run against the fake and core's own."""

import pytest

from zhangfang_core.jobs.facts import ProvidersFacts
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import Acting, _caller
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.testing.fake_facts import FakeFacts


@pytest.mark.parametrize(
    ("facts", "plugin", "fact", "may"),
    [
        (FakeFacts({"tasks_done"}), "collab", "tasks_done", True),
        (FakeFacts(), "books", "tasks_done", False),
        (FakeFacts({"tasks_done"}), "collab", "vouchers_posted", False),
        (ProvidersFacts(), "collab", "tasks_done", True),
        (ProvidersFacts(), "books", "tasks_done", False),
        (ProvidersFacts(), "collab", "vouchers_posted", False),
        (ProvidersFacts(), "nobody", "tasks_done", False),
    ],
)
async def test_who_provides_a_service_tells_its_facts(
    firm: TestFirm, facts: Facts, plugin: str, fact: str, may: bool
) -> None:
    async with acting(firm, "accountant"):
        token = _caller.set(Acting(plugin, plugin, frozenset()))
        try:
            if may:
                facts.tell(fact, [1])
            else:
                with pytest.raises(Refusal, match=r"facts\.not_yours"):
                    facts.tell(fact, [1])
        finally:
            _caller.reset(token)
