"""What a program does for a contact goes the way of the chat: the same form, checks and tells."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Protocol, TypeVar, cast

from fastapi import Depends
from pydantic import ValidationError
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.directory import ContactDirectory, opened_name
from sokoni.contacts.models import Contact
from sokoni.db.session import insert_once
from sokoni.db.versions import touch
from sokoni.db.writing import writing
from sokoni.dialogue.flow import AnswerRefused, Person, TurnContext
from sokoni.dialogue.form import Form, Known
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId
from sokoni.language.reading import Scene
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.holding import hold
from sokoni.messaging.models import Conversation
from sokoni.messaging.requests import ask, asking
from sokoni.messaging.seats import Seat, first_number, last_written_in, new_conversation
from sokoni.messaging.tells import Tells, Whisper
from sokoni.web.contacts import ContactUnknownError, contact_said
from sokoni.web.parts import Parts, Transaction, WebParts, Writing, session_on
from sokoni.web.principal import Principal, Writer
from sokoni.web.problems import Mistake, MistakenError

F = TypeVar("F", bound=Form)
_CONVERSATIONS: Final = cast("Table", Conversation.__table__)


class ContactBlockedError(AppError):
    """The merchant has to do with this contact no more."""

    code = "contact_blocked"
    http_status = 409


class NoChannelError(AppError):
    """The merchant has no number or bot on which contacts could be told anything."""

    code = "no_channel"
    http_status = 409


class FormRefusedError(MistakenError):
    """Values that the form does not allow, each with the catalogue key that says why."""

    code = "form_refused"
    http_status = 422

    def named(self, fields: Mapping[str, str]) -> "FormRefusedError":
        """Return it with the names that a body gives to slots."""
        return FormRefusedError(
            Mistake(where=fields.get(one.where, one.where), problem=one.problem)
            for one in self.mistakes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that changes something: who asks, with what, in which transaction."""

    principal: Principal
    parts: WebParts
    connection: AsyncConnection
    session: AsyncSession
    now: datetime


async def _change(principal: Writer, parts: Parts, writing: Writing) -> Change:
    return Change(
        principal=principal,
        parts=parts,
        connection=writing.connection,
        session=writing.session,
        now=parts.clock(),
    )


Changing = Annotated[Change, Depends(_change)]


@asynccontextmanager
async def change_of(principal: Principal, parts: WebParts) -> AsyncIterator[Change]:
    """Begin the transaction of a request that had something else to do before it."""
    async with writing(parts.engine) as connection, session_on(connection) as session:
        yield await _change(principal, parts, Transaction(connection, session))
        await session.flush()


async def contact_named(change: Change, said: str) -> ContactId:
    """Return the contact of this id or phone number; a number that is new becomes a contact."""
    merchant, vault = change.principal.merchant, change.parts.vault
    return await contact_said(change.session, change.connection, vault, merchant, said, change.now)


@asynccontextmanager
async def on_behalf_of(change: Change, contact_id: ContactId) -> AsyncIterator[TurnContext]:
    """Have flows act as in a turn of the contact's; what they tell others is carried after it.

    No turn of the contact's runs meanwhile. What the flow can no longer use, it refuses as
    `FormRefusedError`.
    """
    seat = await _seat(change, contact_id)
    await hold(change.connection, seat.merchant_id, contact_id)
    context = await _context(change, contact_id, seat)
    try:
        yield context
    except AnswerRefused as refused:
        raise FormRefusedError([_mistake(refused)]) from refused
    if context.renamed_to:
        directory = ContactDirectory(change.session, change.parts.vault, seat.merchant_id)
        await directory.rename(contact_id, context.renamed_to)
    await change.session.flush()
    await _carry(change, seat, context)


async def _carry(change: Change, seat: Seat, context: TurnContext) -> None:
    tells, alerts = Tells(change.parts.inbox), StaffAlerts(change.parts.vault)
    whispers = [Whisper.of(seat, told) for told in context.tells]
    for told in context.for_staff:
        whispers += await alerts.whispers(
            change.connection, seat, told.prompt, once=told.once, now=change.now
        )
    await tells.carry(change.connection, whispers, change.now)
    for wanted in context.asks:
        asked = asking(seat, wanted)
        await ask(change.connection, change.parts.vault, asked, change.now)
    await tells.set_timers(change.connection, seat, context.timers, change.now)
    for kind in sorted(context.touched):
        await touch(change.connection, seat.merchant_id, kind)


class Checking(Protocol):
    """The part of a flow that knows and checks values."""

    async def prefill(self) -> Known: ...
    async def check(self, slot: str, known: Known) -> None: ...


async def filled(flow: Checking, form: type[F], said: Known) -> F:
    """Return the flow's form with these values, or raise `FormRefusedError` naming what is wrong.

    They are held against all that the chat holds them against; what is known of the contact need
    not be said.
    """
    known: dict[str, Any] = {**await flow.prefill(), **said}
    wrong: list[Mistake] = []
    for slot in said:
        try:
            await flow.check(slot, known)
        except AnswerRefused as refused:
            wrong.append(_mistake(refused))
    missing = [slot for slot in form.slots() if slot not in known]
    wrong += [
        Mistake(where=slot, problem="missing") for slot in missing if not form.optional(slot)
    ]
    if wrong:
        # A check may look at several values, and say the same twice.
        raise FormRefusedError(dict.fromkeys(wrong))
    try:
        return form.model_validate(known)
    except ValidationError as error:
        raise FormRefusedError(
            Mistake(where=".".join(map(str, one["loc"])), problem=one["type"])
            for one in error.errors()
        ) from error


def _mistake(refused: AnswerRefused) -> Mistake:
    return Mistake(where=refused.slot, problem=refused.prompt.key)


async def _context(change: Change, contact_id: ContactId, seat: Seat) -> TurnContext:
    parts, profile = change.parts, change.principal.merchant
    person = await _person(change, contact_id)
    mine = (person.language,) if person.language else ()
    return TurnContext(
        session=change.session,
        vault=parts.vault,
        merchant=profile,
        person=person,
        conversation_id=seat.id,
        now=change.now,
        scene=Scene(
            languages=(*mine, *(one for one in profile.languages if one not in mine)),
            country=profile.country,
            currency=profile.currency,
            now=change.now.astimezone(profile.zone),
            places=parts.places.of(profile.id),
        ),
        file_url=parts.file_url,
        gateways=parts.gateways,
    )


async def _person(change: Change, contact_id: ContactId) -> Person:
    contact = await change.session.get_one(Contact, contact_id)
    if contact.blocked_at is not None:
        raise ContactBlockedError(str(contact_id))
    return Person(
        id=contact_id,
        name=opened_name(change.parts.vault, contact_id, contact.name),
        name_given=contact.name_given,
        language=contact.language,
        opted_out=contact.opted_out_at is not None,
    )


async def _seat(change: Change, contact_id: ContactId) -> Seat:
    """Return the conversation that the contact last wrote in, opened where there is none yet."""
    found = await last_written_in(change.connection, contact_id)
    if found is not None:
        return found
    merchant_id = change.principal.merchant_id
    account = await first_number(change.connection, merchant_id)
    if account is None:
        raise NoChannelError("no channel account")
    row = new_conversation(merchant_id, account, contact_id, change.now)
    await insert_once(change.connection, _CONVERSATIONS, [row])
    opened = await last_written_in(change.connection, contact_id)
    if opened is None:
        raise ContactUnknownError("erased in this moment")
    return opened
