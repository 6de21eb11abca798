"""Fixtures of the whole workspace."""

import pytest
from hypothesis import settings

pytest_plugins = ["zhangfang_core.testing.fixtures"]

# How long an example takes on a busy machine says nothing of what it is about.
settings.register_profile("workspace", deadline=None)
settings.load_profile("workspace")


@pytest.fixture(autouse=True)
def sources_have_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source of invoices that a busy machine holds up for 2 s is not one that fails; processes that tests start keep the bound."""
    monkeypatch.setattr("zhangfang_core.invoices.sources.LONGEST_S", 20.0)
