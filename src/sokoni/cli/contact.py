"""`sokoni contact …`: what staff do with what is kept of a person."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, TypeAlias, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.cli.console import say
from sokoni.cli.contact_export import ExportKind, exported, kind_of, write_private
from sokoni.cli.parts import Parts, opened
from sokoni.contacts.blocking import set_blocked
from sokoni.contacts.consent import MARKETING, MESSAGES, STAFF, Agreed, Said, history
from sokoni.contacts.directory import ContactDirectory
from sokoni.contacts.tags import tag, untag
from sokoni.db.writing import write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.kit.phones import find_phone
from sokoni.merchants.directory import profile_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import Merchants
from sokoni.messaging.holding import hold
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.withholding import note_consent, shut_out
from sokoni.web.contacts import ContactUnknownError, contact_said, find_contact_named
from sokoni.web.parts import session_on

T = TypeVar("T")
commands = typer.Typer(help="People the merchant talks with.", no_args_is_help=True)
tags = typer.Typer(help="Words to find contacts by.", no_args_is_help=True)
commands.add_typer(tags, name="tag")

_MOST: Final = 1000
_PURPOSES: Final = (MESSAGES, MARKETING)


class ConsentRefusedError(AppError):
    """A consent that cannot have been given so."""

    code = "consent_refused"
    http_status = 422


Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="At most 40 letters.")]
Tagging: TypeAlias = Callable[[AsyncConnection, MerchantId, ContactId, str], Awaitable[bool]]
Phone = Annotated[str, typer.Argument(metavar="PHONE", help="The contact's number.")]
Purpose = Annotated[str, typer.Argument(metavar="PURPOSE", help="messages, or marketing.")]
Source = Annotated[str, typer.Option("--source", help="Where they said so, such as 'paper form'.")]
At = Annotated[
    datetime | None, typer.Option("--at", help="When, in the merchant's time; now, unless told.")
]


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


@commands.command("export")
def export(
    merchant: Slug,
    phone: Phone,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Ends in .json, or in .pdf: to be read.")
    ],
) -> None:
    """Write all that is kept of a contact into a file: personal data, readable by you alone."""
    kind = kind_of(file)
    write_private(file, asyncio.run(_exported(merchant, phone, kind)))
    say(f"{file} has all that {merchant} keeps of {phone}.")


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


@commands.command("consents")
def consents(merchant: Slug, phone: Phone) -> None:
    """Show what a contact agreed to and took back: when, where and in which words."""
    said = asyncio.run(_read(merchant, phone))
    say("\n".join(map(_line, said)) or "Nothing was agreed to, and nothing taken back.")


@commands.command("agree")
def agree(
    merchant: Slug,
    phone: Phone,
    purpose: Purpose,
    *,
    wording: Annotated[str, typer.Option("--wording", help="What they read, word for word.")],
    source: Source = STAFF,
    at: At = None,
) -> None:
    """Write down that a contact agreed to be written to; who is new becomes a contact."""
    told = _Told(purpose=purpose, given=True, wording=wording, source=source, at=at)
    say(_DONE[asyncio.run(_note(merchant, phone, told))])


@commands.command("withdraw")
def withdraw(
    merchant: Slug, phone: Phone, purpose: Purpose, *, source: Source = STAFF, at: At = None
) -> None:
    """Write down that a contact takes it back; of messages, as if they had said stop."""
    told = _Told(purpose=purpose, given=False, wording="", source=source, at=at)
    say(_DONE[asyncio.run(_note(merchant, phone, told))])


@commands.command("block")
def block(merchant: Slug, phone: Phone) -> None:
    """Shut a contact out: they are neither answered nor sent anything."""
    asyncio.run(_block(merchant, phone, blocked=True))
    say(f"{phone} is blocked.")


@commands.command("unblock")
def unblock(merchant: Slug, phone: Phone) -> None:
    """Let a contact in again."""
    asyncio.run(_block(merchant, phone, blocked=False))
    say(f"{phone} is no longer blocked.")


@commands.command("blocked")
def blocked(merchant: Slug) -> None:
    """List who is blocked."""
    lines = asyncio.run(_blocked(merchant))
    say("\n".join(lines) or "Nobody is blocked.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What staff say of a consent."""

    purpose: str
    given: bool
    wording: str
    source: str
    at: datetime | None


_DONE: Final = {
    True: "Written down.",
    False: "That was known already.",
}


def _line(said: Said) -> str:
    word = "yes" if said.given else "no"
    quoted = f', "{said.wording}"' if said.wording else ""
    return f"{said.at:%Y-%m-%d %H:%M} {said.purpose}: {word} ({said.source}{quoted})"


@asynccontextmanager
async def _open(slug: str) -> AsyncIterator[tuple[Parts, MerchantProfile]]:
    async with opened() as parts:
        async with parts.session() as session:
            merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        yield parts, profile_of(merchant)


async def _named(
    session: AsyncSession, parts: Parts, merchant: MerchantProfile, said: str
) -> ContactId:
    if find_phone(said, merchant.country) is None:
        raise ContactUnknownError(f"{merchant.slug} has no contact with the number {said}.")
    try:
        return await find_contact_named(session, parts.vault, merchant, said)
    except ContactUnknownError as error:
        unknown = f"{merchant.slug} has no contact with the number {said}."
        raise ContactUnknownError(unknown) from error


async def _do(
    slug: str,
    work: Callable[[Parts, MerchantProfile, AsyncConnection, AsyncSession], Awaitable[T]],
) -> T:
    """Do something in one transaction, and again where the database was busy."""
    async with _open(slug) as (parts, merchant):

        async def once(connection: AsyncConnection) -> T:
            async with session_on(connection) as session:
                return await work(parts, merchant, connection, session)

        return await write_patiently(parts.engine, once)


async def _read(slug: str, said: str) -> Sequence[Said]:
    async with _open(slug) as (parts, merchant), parts.session() as session:
        contact_id = await _named(session, parts, merchant, said)
        return await history(session, parts.vault, merchant.id, contact_id)


async def _exported(slug: str, said: str, kind: ExportKind) -> bytes:
    async with _open(slug) as (parts, merchant), parts.session() as session:
        contact_id = await _named(session, parts, merchant, said)
        return await exported(session, parts, merchant, contact_id, kind)


async def _note(slug: str, said: str, told: _Told) -> bool:
    if told.purpose not in _PURPOSES:
        raise ConsentRefusedError(f"{told.purpose} is neither messages nor marketing.")
    if told.given and not told.wording.strip():
        raise ConsentRefusedError("A yes needs the words that were agreed to.")

    async def work(
        parts: Parts, merchant: MerchantProfile, connection: AsyncConnection, session: AsyncSession
    ) -> bool:
        now = parts.clock()
        at = now if told.at is None else told.at.replace(tzinfo=merchant.zone)
        if at > now:
            raise ConsentRefusedError(f"{at:%Y-%m-%d %H:%M} has not been yet.")
        if find_phone(said, merchant.country) is None:
            raise ContactUnknownError(f"{said} is no phone number.")
        contact_id = await contact_said(session, connection, parts.vault, merchant, said, now)
        agreed = Agreed(
            merchant_id=merchant.id,
            contact_id=contact_id,
            purpose=told.purpose,
            given=told.given,
            source=told.source[:32],
            wording=told.wording.strip(),
            at=at,
        )
        return await note_consent(connection, parts.vault, agreed)

    return await _do(slug, work)


async def _block(slug: str, said: str, *, blocked: bool) -> None:
    async def work(
        parts: Parts, merchant: MerchantProfile, connection: AsyncConnection, session: AsyncSession
    ) -> None:
        contact_id = await _named(session, parts, merchant, said)
        if blocked:
            await shut_out(connection, merchant.id, contact_id, parts.clock())
        else:
            await hold(connection, merchant.id, contact_id)
            await set_blocked(connection, merchant.id, contact_id, None)

    await _do(slug, work)


async def _tagged(slug: str, said: str, name: str, change: Tagging) -> bool:
    async def work(
        parts: Parts, merchant: MerchantProfile, connection: AsyncConnection, session: AsyncSession
    ) -> bool:
        contact_id = await _named(session, parts, merchant, said)
        return await change(connection, merchant.id, contact_id, name)

    return await _do(slug, work)


async def _blocked(slug: str) -> Sequence[str]:
    async with _open(slug) as (parts, merchant), parts.session() as session:
        directory = ContactDirectory(session, parts.vault, merchant.id)
        people = await directory.page(blocked=True, limit=_MOST)
        phones = await directory.phones_of([one.id for one in people])
        return [f"{phones.get(one.id, str(one.id))} {one.name}".rstrip() for one in people]


async def _erase(slug: str, said: str) -> None:
    async def work(
        parts: Parts, merchant: MerchantProfile, connection: AsyncConnection, session: AsyncSession
    ) -> bool:
        contact_id = await _named(session, parts, merchant, said)
        hooks = [one.erase_contact for one in parts.capabilities.values() if one.erase_contact]
        erasing = Erasing(
            inbox=Inbox(parts.engine, parts.vault, parts.clock),
            clock=parts.clock,
            merchant_id=merchant.id,
            hooks=hooks,
        )
        return await erasing.erase(connection, contact_id)

    if not await _do(slug, work):
        raise ContactUnknownError(f"{said} was erased a moment ago.")
