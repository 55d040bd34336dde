"""`sokoni staff …`: the people who work for a merchant."""

import asyncio
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.merchants.changes import Change
from sokoni.merchants.declared import Role
from sokoni.merchants.service import Merchants
from sokoni.merchants.staff import StaffList

commands = typer.Typer(help="The people who work for a merchant.", no_args_is_help=True)


@commands.callback()
def _staff() -> None:
    """Keep `staff add` two words while it is the only one."""


@commands.command("add")
def add(
    merchant: Annotated[str, typer.Argument(help="The merchant's id.")],
    phone: Annotated[str, typer.Argument(help="Where they are told of things on WhatsApp.")],
    name: Annotated[str, typer.Option(help="What they are called.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.AGENT,
) -> None:
    """Add a person, or change the name and role of the one with this phone."""
    change = asyncio.run(_add(merchant, phone, name, role))
    say(f"{change.outcome}: {change.what}, {role.value} at {merchant}")


async def _add(slug: str, phone: str, name: str, role: Role) -> Change:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        staff = StaffList(session, parts.vault, merchant.id, parts.clock)
        return await staff.put(name, role, phone)
