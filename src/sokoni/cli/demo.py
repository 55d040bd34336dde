"""`sokoni demo …`: merchants to try everything with."""

import asyncio
from typing import Annotated

import typer

from sokoni.bootstrap import kinds, variables
from sokoni.cli.console import say
from sokoni.cli.parts import opened, uploader_of
from sokoni.demo.merchants import load_demo
from sokoni.errors import AppError

commands = typer.Typer(help="Merchants to try everything with.", no_args_is_help=True)


class NoDemoHereError(AppError):
    code = "demo_in_production"
    http_status = 409


@commands.callback()
def _demo() -> None:
    """Keep `demo load` two words while it is the only one."""


@commands.command("load")
def load(
    names: Annotated[list[str] | None, typer.Argument(metavar="[MERCHANT]…")] = None,
    *,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete what they have, and load it anew.")
    ] = False,
) -> None:
    """Load the demo merchants, all of them or those named. What is there already stays."""
    loaded = asyncio.run(_load(tuple(names or ()), fresh=fresh))
    say(f"Loaded: {', '.join(loaded)}." if loaded else "The demo merchants are there already.")


async def _load(names: tuple[str, ...], *, fresh: bool) -> list[str]:
    async with opened() as parts:
        if parts.settings.production:
            raise NoDemoHereError("Demo merchants are for trying things: not in production.")
        async with uploader_of(parts) as uploader:
            return await load_demo(
                parts,
                kinds(production=False),
                names,
                fresh=fresh,
                uploader=uploader,
                variables=variables(),
            )
