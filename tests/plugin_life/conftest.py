"""What a test lets Python find is gone with it: the next one installs a plugin of the same name."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def the_path_as_it_was() -> Iterator[None]:
    """Not by ``monkeypatch``, which a test may undo in its middle."""
    before = list(sys.path)
    yield
    sys.path[:] = before
