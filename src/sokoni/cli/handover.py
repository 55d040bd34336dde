"""`sokoni handover …`: take a conversation from the bot, write in it, give it back."""

import asyncio
import getpass
from typing import Annotated
from uuid import UUID

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.db.writing import writing
from sokoni.errors import AppError
from sokoni.kit.ids import ConversationId
from sokoni.kit.phones import find_phone
from sokoni.merchants.models import Merchant
from sokoni.merchants.service import Merchants
from sokoni.messaging.history import History, Overview
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.staff_desk import Act, StaffDesk

commands = typer.Typer(help="Conversations between bot and people.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="Phone number, or the conversation's id.")
]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What the contact is told.")]
By = Annotated[str, typer.Option("--by", help="Who does it; your user name unless told.")]


class ContactUnknownError(AppError):
    code = "contact_unknown"
    http_status = 404


@commands.command("take")
def take(merchant: Slug, contact: Contact, by: By = "") -> None:
    """Take the conversation over: the bot is silent from now on."""
    asyncio.run(_do("take", merchant, contact, by))
    say(f"You have the conversation with {contact}. The bot is silent.")


@commands.command("back")
def back(merchant: Slug, contact: Contact, by: By = "") -> None:
    """Give the conversation back to the bot."""
    asyncio.run(_do("back", merchant, contact, by))
    say(f"The bot has the conversation with {contact} again.")


@commands.command("say")
def say_something(merchant: Slug, contact: Contact, text: Text, by: By = "") -> None:
    """Say something to the contact, which takes the conversation over too."""
    asyncio.run(_do("say", merchant, contact, by, text))
    say("On its way.")


async def _do(act: Act, slug: str, contact: str, by: str, text: str = "") -> None:
    async with opened() as parts:
        merchant, conversation = await _conversation(parts, slug, contact)
        desk = StaffDesk(
            inbox=Inbox(parts.engine, parts.vault, parts.clock),
            clock=parts.clock,
            merchant_id=merchant.id,
            staff=by or getpass.getuser(),
        )
        async with writing(parts.engine) as connection:
            await desk.do(connection, conversation, act, text=text)


async def _conversation(parts: Parts, slug: str, contact: str) -> tuple[Merchant, Overview]:
    """Find the conversation by its id, or the one the contact last wrote in."""
    async with parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        history = History(session, parts.vault, merchant.id)
        conversation_id = _id(contact)
        if conversation_id is not None:
            return merchant, await history.get(conversation_id)
        phone = find_phone(contact, merchant.country)
        found = await history.of_phone(phone) if phone else []
        if not found:
            raise ContactUnknownError(f"{contact} never wrote to {slug}.")
        return merchant, found[0]


def _id(contact: str) -> ConversationId | None:
    try:
        return ConversationId(UUID(contact))
    except ValueError:
        return None
