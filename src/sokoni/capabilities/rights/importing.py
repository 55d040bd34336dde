"""Consents out of a file that staff have: who agreed to what, where, in which words, when."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from typing_extensions import override

from sokoni.contacts.consent import IMPORT, MARKETING, MESSAGES, Agreed
from sokoni.contacts.register import contact_of_phone
from sokoni.dialogue.importing import Importer, Importing, ImportThing, Made, Partly, Refused
from sokoni.kit.phones import find_phone
from sokoni.language.control import Control, control_word
from sokoni.language.words import words_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.withholding import note_consent

_PURPOSES: Final = (MESSAGES, MARKETING)
_LONGEST_SOURCE: Final = 32


class _RowError(ValueError):
    """Says why a row cannot be taken."""


class ConsentImporter(Importer):
    """Writes down what contacts agreed to elsewhere. What they said since then still counts."""

    columns: ClassVar[Mapping[str, Sequence[str]]] = {
        "phone": ("whatsapp_number", "whatsapp", "phone_number", "mobile", "cell", "number"),
        "purpose": ("consent", "to", "for"),
        "given": ("agreed", "opt_in", "opted_in", "yes"),
        "wording": ("words", "text", "statement"),
        "source": ("where", "form", "channel"),
        "at": ("date", "time", "agreed_at", "timestamp", "when"),
    }
    required: ClassVar[Sequence[str]] = ("phone", "wording", "at")
    gathers: ClassVar[bool] = False

    @override
    def key_of(self, cells: Mapping[str, str], merchant: MerchantProfile) -> str:
        phone = find_phone(cells.get("phone", ""), merchant.country)
        purpose = cells.get("purpose", "").strip().lower() or MARKETING
        return f"{phone}:{purpose}:{cells.get('at', '')}" if phone else ""

    @override
    async def take(
        self, importing: Importing, things: Sequence[ImportThing]
    ) -> Sequence[Made | Partly | Refused]:
        outcomes: list[Made | Partly | Refused] = []
        for thing in things:
            try:
                outcomes.append(await _take(importing, thing.cells))
            except _RowError as error:
                outcomes.append(Refused(str(error)))
        return outcomes


async def _take(importing: Importing, cells: Mapping[str, str]) -> Made:
    merchant, vault = importing.merchant, importing.vault
    purpose = cells.get("purpose", "").strip().lower() or MARKETING
    if purpose not in _PURPOSES:
        raise _RowError(f"{purpose} is neither messages nor marketing")
    given, wording = _given(cells.get("given", "")), cells.get("wording", "").strip()
    if given and not wording:
        raise _RowError("a yes needs the words that were agreed to")
    at = _moment(cells.get("at", ""), merchant.zone)
    if at > importing.now:
        raise _RowError(f"{cells['at']} has not been yet")
    phone = find_phone(cells.get("phone", ""), merchant.country)
    if phone is None:
        raise _RowError("no phone number")
    connection = await importing.session.connection()
    contact_id = await contact_of_phone(connection, vault, merchant.id, phone, importing.now)
    agreed = Agreed(
        merchant_id=merchant.id,
        contact_id=contact_id,
        purpose=purpose,
        given=given,
        source=cells.get("source", "").strip()[:_LONGEST_SOURCE] or IMPORT,
        wording=wording,
        at=at,
    )
    return Made.NEW if await note_consent(connection, vault, agreed) else Made.SAME


def _given(said: str) -> bool:
    """Return whether the cell says yes; an empty one stands in a list of those who agreed."""
    folded = said.strip().lower()
    if folded in {"", "1", "true", "y"}:
        return True
    if folded in {"0", "false", "n"}:
        return False
    word = control_word(words_of(said))
    if word is None or word.control not in {Control.YES, Control.NO}:
        raise _RowError(f"{said} is neither yes nor no")
    return word.control is Control.YES


def _moment(said: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(said.strip())
    except ValueError as error:
        raise _RowError(f"{said or 'nothing'} is no date such as 2026-03-02 or more") from error
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
