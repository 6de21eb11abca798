"""What a test lets Python find is gone with it: the next one installs a plugin of the same name."""

import sys

import pytest


@pytest.fixture(autouse=True)
def the_path_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
