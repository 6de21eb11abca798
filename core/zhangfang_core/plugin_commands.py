"""``zhangfang plugin …``: what is done with plugins at a terminal.

A subcommand is a :class:`~zhangfang_sdk.commands.Command`, one line in ``COMMANDS``: ``configure`` adds its arguments, ``run`` gives the exit
status. What ``run`` needs is imported there, so that ``zhangfang web`` does not wait for it; one that needs the deployment reads
``read_settings()`` itself. Messages for people go to the terminal in Chinese.
"""

import argparse
import logging
from collections.abc import Sequence

from zhangfang_core.authoring.commands import COMMANDS as OF_AUTHORS
from zhangfang_core.life_commands import COMMANDS as OF_LIFE
from zhangfang_sdk.commands import Command

COMMANDS: Sequence[Command] = (*OF_LIFE, *OF_AUTHORS)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Give ``zhangfang plugin`` its subcommands."""
    chosen = parser.add_subparsers(dest="plugin_command", required=True)
    for command in COMMANDS:
        own = chosen.add_parser(command.name, help=command.help, description=command.help)
        command.configure(own)
        own.set_defaults(run=command.run)


def run(chosen: argparse.Namespace) -> int:
    """The subcommand that was chosen; its exit status. It speaks for itself: of the portal's log there are warnings only."""
    logging.getLogger("zhangfang").setLevel(logging.WARNING)
    status: int = chosen.run(chosen)
    return status
