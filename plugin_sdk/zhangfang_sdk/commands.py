"""Commands that a plugin adds to ``zhangfang`` on the command line."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """``zhangfang <name> …``. ``configure`` adds its arguments; ``run`` gives the exit status.

    ``help`` is one Chinese line. ``run`` has neither a database nor a scope: it serves people at a terminal, who see the files
    that they name. A name of core's own commands is never given away.
    """

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
