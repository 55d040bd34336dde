"""`sokoni db …`: the database's schema."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.config import read_settings
from sokoni.db.engine import open_engine
from sokoni.db.migrate import upgrade, write_revision
from sokoni.db.revision import newest
from sokoni.db.tables import load_models

commands = typer.Typer(help="The database's schema.", no_args_is_help=True)


@commands.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema."""
    asyncio.run(upgrade(read_settings().database_url, load_models()))
    say(f"The database is at revision {newest()}.")


@commands.command("revision", hidden=True)
def revision(message: Annotated[str, typer.Option("--message", "-m")]) -> None:
    """Write a revision for what the models have that the newest revision has not."""
    with tempfile.TemporaryDirectory() as folder:
        written = asyncio.run(_revision(f"sqlite:///{folder}/schema.db", message))
    say(f"Wrote {written.name}: read it before you commit it.")


async def _revision(url: str, message: str) -> Path:
    metadata = load_models()
    await upgrade(url, metadata)
    engine = open_engine(url)
    async with engine.connect() as connection:
        written = await connection.run_sync(write_revision, metadata, message)
    await engine.dispose()
    return written
