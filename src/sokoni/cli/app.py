"""All commands of `sokoni`, a line each; only the one that is typed is imported."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typing_extensions import override

COMMANDS: Final[Mapping[str, str]] = {
    "up": "sokoni.cli.serving:up",
    "serve": "sokoni.cli.serving:serve",
    "work": "sokoni.cli.working:work",
    "merchant": "sokoni.cli.merchant:commands",
    "staff": "sokoni.cli.staff:commands",
    "apikey": "sokoni.cli.apikey:commands",
    "events": "sokoni.cli.events:commands",
    "places": "sokoni.cli.places:commands",
    "payment": "sokoni.cli.payment:commands",
    "review": "sokoni.cli.review:commands",
    "registration": "sokoni.cli.registration:commands",
    "order": "sokoni.cli.order:commands",
    "product": "sokoni.cli.product:commands",
    "category": "sokoni.cli.category:commands",
    "stock": "sokoni.cli.stock:commands",
    "coupon": "sokoni.cli.coupon:commands",
    "contact": "sokoni.cli.contact:commands",
    "broadcast": "sokoni.cli.broadcast:commands",
    "handover": "sokoni.cli.handover:commands",
    "stats": "sokoni.cli.stats:stats",
    "keys": "sokoni.cli.keys:commands",
    "classifier": "sokoni.cli.classifier:commands",
    "import": "sokoni.cli.importing:import_file",
    "export": "sokoni.cli.exporting:export_file",
    "catalogue": "sokoni.cli.catalogue:commands",
    "index": "sokoni.cli.index:commands",
    "demo": "sokoni.cli.demo:commands",
    "db": "sokoni.cli.db:commands",
    "transcript": "sokoni.cli.transcript:commands",
    "chat": "sokoni.cli.chat:chat",
    "doctor": "sokoni.cli.doctor:doctor",
    "bench": "sokoni.cli.bench:commands",
}


class Commands(TyperGroup):
    """Finds a command by its name. The server's web side alone takes half a second to import."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _command(cmd_name) if cmd_name in COMMANDS else None


app: Final = typer.Typer(
    name="sokoni",
    cls=Commands,
    help="Turns a WhatsApp number into a shop, a marketplace, a booking desk and a help desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _sokoni() -> None:
    """Keep `app` a group, although its commands are found later."""


def _command(name: str) -> Any:  # noqa: ANN401 -- a click command, whose module is typer's own
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(name)(found)
        found = single
    command = typer.main.get_command(found)
    command.name = name
    return command
