"""`sokoni contact …`: what staff do with what is kept of a person."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.contacts.register import PHONE, find_contact
from sokoni.db.writing import write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.kit.phones import find_phone
from sokoni.merchants.service import Merchants
from sokoni.messaging.inbox import Inbox
from sokoni.web.contacts import ContactUnknownError, known_contact
from sokoni.web.parts import session_on

commands = typer.Typer(help="People the merchant talks with.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Phone = Annotated[str, typer.Argument(metavar="PHONE", help="The contact's number.")]


@commands.callback()
def _group() -> None:
    """Have `erase` be named, although it is alone."""


@commands.command("erase")
def erase(
    merchant: Slug,
    phone: Phone,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase all that is kept of a contact. It cannot be taken back."""
    if not yes:
        typer.confirm(f"Erase all that {merchant} has of {phone}, for good?", abort=True)
    asyncio.run(_erase(merchant, phone))
    say(f"{phone} is erased.")


async def _erase(slug: str, said: str) -> None:
    async with opened() as parts:
        if not await write_patiently(parts.engine, lambda one: _erased(parts, one, slug, said)):
            raise ContactUnknownError(f"{said} was erased a moment ago.")


async def _erased(parts: Parts, connection: AsyncConnection, slug: str, said: str) -> bool:
    async with session_on(connection) as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        phone = find_phone(said, merchant.country)
        hashed = parts.vault.hash(PHONE, phone) if phone else ""
        found = await find_contact(session, merchant.id, PHONE, hashed)
        if found is None:
            raise ContactUnknownError(f"{slug} has no contact with the number {said}.")
        contact_id = await known_contact(session, merchant.id, found)
    erasing = Erasing(
        inbox=Inbox(parts.engine, parts.vault, parts.clock),
        clock=parts.clock,
        merchant_id=merchant.id,
        hooks=[one.erase_contact for one in parts.capabilities.values() if one.erase_contact],
    )
    return await erasing.erase(connection, contact_id)
