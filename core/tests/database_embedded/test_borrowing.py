"""A command that starts the embedded database for itself stops it again, and takes it from nobody."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from zhangfang_core.database import embedded
from zhangfang_core.database.borrowing import database_as_it_was
from zhangfang_core.database.roles import addresses
from zhangfang_core.settings import Settings, read_settings


@pytest.fixture
def deployment() -> Iterator[Settings]:
    """In a folder that the server's account can reach; stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="zf-", dir=embedded.test_server_folder().parent) as name:
        Path(name).chmod(0o711)
        made = replace(read_settings(), data_dir=Path(name), dsn=None)
        yield made
        embedded.stop(made.database_dir)


def failing(deployment: Settings) -> None:
    with database_as_it_was(deployment):
        asyncio.run(addresses(deployment))
        raise ZeroDivisionError


def test_what_a_command_started_ends_with_it(deployment: Settings) -> None:
    """Also where it fails; what ran before it, and what somebody else came to use meanwhile, goes on."""
    folder = deployment.database_dir
    with database_as_it_was(deployment):
        asyncio.run(addresses(deployment))
        assert embedded.is_running(folder)
    assert not embedded.is_running(folder)
    with pytest.raises(ZeroDivisionError):
        failing(deployment)
    assert not embedded.is_running(folder)

    with asyncio.Runner() as other:
        with database_as_it_was(deployment):
            at = other.run(addresses(deployment))
            connection = other.run(asyncpg.connect(at.application))
        assert embedded.is_running(folder), "somebody is connected"
        other.run(connection.close())
    with database_as_it_was(deployment):
        asyncio.run(addresses(deployment))
    assert embedded.is_running(folder), "it ran before the command"
