"""Contacts by phone number, and the conversations they have."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from sokoni.api.conversations import ConversationShown, shown
from sokoni.errors import AppError
from sokoni.kit.phones import find_phone
from sokoni.messaging.history import History
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Agent

router = APIRouter(prefix="/contacts", tags=["contacts"])


class ContactUnknownError(AppError):
    """Nobody with this number ever wrote to the merchant."""

    code = "contact_unknown"
    http_status = 404


class ContactShown(BaseModel, frozen=True):
    """A person the merchant talks with."""

    id: UUID
    name: str
    language: str
    opted_out: bool
    conversations: Sequence[ConversationShown]


@router.get("/{phone}")
async def contact_by_phone(
    phone: str, principal: Agent, parts: Parts, session: Reading
) -> ContactShown:
    """Look a contact up by phone number, written as people of the merchant's country write it."""
    number = find_phone(phone, principal.merchant.country)
    history = History(session, parts.vault, principal.merchant_id)
    found = await history.of_phone(number) if number else []
    if not found:
        raise ContactUnknownError("no contact with this number")
    first = found[0]
    return ContactShown(
        id=first.contact_id,
        name=first.name,
        language=first.language,
        opted_out=first.opted_out,
        conversations=[shown(one) for one in found],
    )
