"""Fixtures of the whole workspace."""

pytest_plugins = ["zhangfang_core.testing.fixtures"]
