"""`sokoni keys …`: the server's secret keys."""

import asyncio

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import engine_of
from sokoni.config import check_settings, read_settings
from sokoni.db.keys import load_keys
from sokoni.db.reindex import reindex
from sokoni.db.revision import check_current
from sokoni.db.tables import load_models
from sokoni.db.vault import new_key

commands = typer.Typer(help="The server's secret keys.", no_args_is_help=True)


@commands.command("new")
def new() -> None:
    """Print a new random key, to be put first in SOKONI_SECRET_KEYS."""
    say(new_key())


@commands.command("reindex")
def reindex_hashes() -> None:
    """Move all look-ups to the first key. Stop the server before."""
    say(f"Rehashed {asyncio.run(_reindex())} rows: look-ups are under the first key.")


async def _reindex() -> int:
    settings = read_settings()
    check_settings(settings)
    async with engine_of(settings) as engine:
        await check_current(engine)
        return await reindex(engine, load_models(), load_keys(settings))
