"""Fixtures of the whole workspace."""

from hypothesis import settings

pytest_plugins = ["zhangfang_core.testing.fixtures"]

# How long an example takes on a busy machine says nothing of what it is about.
settings.register_profile("workspace", deadline=None)
settings.load_profile("workspace")
