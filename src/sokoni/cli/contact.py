"""`sokoni contact …`: what staff do with what is kept of a person."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.contacts.register import PHONE, find_contact
from sokoni.contacts.tags import tag, untag
from sokoni.db.writing import write_patiently, writing
from sokoni.dialogue.erasing import Erasing
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.kit.phones import find_phone
from sokoni.merchants.service import Merchants
from sokoni.messaging.inbox import Inbox
from sokoni.web.contacts import ContactUnknownError, known_contact
from sokoni.web.parts import session_on

commands = typer.Typer(help="People the merchant talks with.", no_args_is_help=True)
tags = typer.Typer(help="Words to find contacts by.", no_args_is_help=True)
commands.add_typer(tags, name="tag")

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="At most 40 letters.")]
Tagging: TypeAlias = Callable[[AsyncConnection, MerchantId, ContactId, str], Awaitable[bool]]
Phone = Annotated[str, typer.Argument(metavar="PHONE", help="The contact's number.")]


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


@tags.command("add")
def add_tag(merchant: Slug, phone: Phone, name: Tag) -> None:
    """Give a contact a tag, for audiences to ask for."""
    new = asyncio.run(_tagged(merchant, phone, name, tag))
    say(f"{phone} is tagged {name}." if new else f"{phone} was tagged {name} already.")


@tags.command("drop")
def drop_tag(merchant: Slug, phone: Phone, name: Tag) -> None:
    """Take a tag from a contact."""
    had = asyncio.run(_tagged(merchant, phone, name, untag))
    say(f"{phone} is tagged {name} no more." if had else f"{phone} was not tagged {name}.")


async def _tagged(slug: str, said: str, name: str, change: Tagging) -> bool:
    async with opened() as parts, writing(parts.engine) as connection:
        merchant_id, contact_id = await _found(parts, connection, slug, said)
        return await change(connection, merchant_id, contact_id, name)


async def _erase(slug: str, said: str) -> None:
    async with opened() as parts:
        if not await write_patiently(parts.engine, lambda one: _erased(parts, one, slug, said)):
            raise ContactUnknownError(f"{said} was erased a moment ago.")


async def _erased(parts: Parts, connection: AsyncConnection, slug: str, said: str) -> bool:
    merchant_id, contact_id = await _found(parts, connection, slug, said)
    erasing = Erasing(
        inbox=Inbox(parts.engine, parts.vault, parts.clock),
        clock=parts.clock,
        merchant_id=merchant_id,
        hooks=[one.erase_contact for one in parts.capabilities.values() if one.erase_contact],
    )
    return await erasing.erase(connection, contact_id)


async def _found(
    parts: Parts, connection: AsyncConnection, slug: str, said: str
) -> tuple[MerchantId, ContactId]:
    """Return the merchant and its contact of this number."""
    async with session_on(connection) as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        phone = find_phone(said, merchant.country)
        hashed = parts.vault.hash(PHONE, phone) if phone else ""
        found = await find_contact(session, merchant.id, PHONE, hashed)
        if found is None:
            raise ContactUnknownError(f"{slug} has no contact with the number {said}.")
        return merchant.id, await known_contact(session, merchant.id, found)
