"""Where the plugin's code ran, as whom, and whether it might have done what its manifest does not declare: a line each in a file."""

import json
import os
from pathlib import Path
from typing import Protocol

from zhangfang_sdk.acting import acting, needs
from zhangfang_sdk.context import scope_or_none

UNDECLARED = "people.manage"


def note(where: str) -> None:
    running, entered = acting(), scope_or_none()
    line = {
        "where": where,
        "plugin": None if running is None else running.plugin,
        "may": None if entered is None else entered.may(UNDECLARED),
        "pid": os.getpid(),
    }
    with Path(os.environ["WITNESS_NOTES"]).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(line) + "\n")


class Witnessing(Protocol):
    @needs()
    async def witness(self, what: str) -> str:
        """Notes that the service was asked."""
        ...


class Witness:
    async def witness(self, what: str) -> str:
        note(f"service {what}")
        return what
