"""All commands of `sokoni`, one line each."""

from typing import Final

import typer

from sokoni.cli import db

app: Final = typer.Typer(
    name="sokoni",
    help="Turns a WhatsApp number into a shop, a marketplace, a booking desk and a help desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(db.commands, name="db")
