"""`sokoni transcript check`: conversations as tests."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.config import Settings
from sokoni.testing.play import check_transcripts
from sokoni.testing.stage import ChannelName

commands = typer.Typer(help="Conversations that are tests.", no_args_is_help=True)


@commands.callback()
def _transcript() -> None:
    """Keep `transcript check` two words while it is the only one."""


@commands.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    channel: Annotated[
        ChannelName, typer.Option(help="Over which channel they are played.")
    ] = ChannelName.SIMULATOR,
) -> None:
    """Play the files, each on a database of its own beside the configured one.

    The exit status is 1 where something was not said as a file expects.
    """
    if not asyncio.run(check_transcripts(files, Settings(), channel, say)):
        raise typer.Exit(1)
