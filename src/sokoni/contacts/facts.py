"""Facts of contacts that an audience may ask for: each finds those of whom it is true."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union
from sqlalchemy.orm import aliased

from sokoni.contacts.consent import MARKETING, MESSAGES
from sokoni.contacts.models import Consent, Contact, ContactTag
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId

_LONGEST: Final = 100
_MOST_DAYS: Final = 3650


class FactKind(StrEnum):
    """What is said beside a fact's name."""

    FLAG = "flag"
    """Nothing: it is true of a contact, or not."""
    WORDS = "words"
    """One word or several, any of which may be true."""
    DAYS = "days"
    """One number: it was so within the last so many days."""


People: TypeAlias = Callable[[MerchantId, Sequence[str], datetime], Select[Any]]
"""Called with the merchant, what is wanted, and the time; selects ids of contacts."""


class FactRefusedError(AppError):
    """A fact that nobody knows, or values that it does not take."""

    code = "fact_refused"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is known of contacts."""

    about: str
    """What it says of a contact, in plain English, for whoever puts an audience together."""
    kind: FactKind
    people: People
    choices: tuple[str, ...] = ()
    """The only words that it takes; none: any."""

    def check(self, name: str, wanted: Sequence[str]) -> None:
        """Raise `FactRefusedError` where it does not take these values."""
        if not self._takes(wanted):
            raise FactRefusedError(
                f"{name}: {', '.join(wanted) or 'nothing'} is not what it takes"
            )

    def _takes(self, wanted: Sequence[str]) -> bool:
        match self.kind:
            case FactKind.FLAG:
                return not wanted
            case FactKind.DAYS:
                return len(wanted) == 1 and wanted[0].isdecimal() and _is_span(int(wanted[0]))
            case FactKind.WORDS:
                known = not self.choices or set(wanted) <= set(self.choices)
                return bool(wanted) and known and all(0 < len(one) <= _LONGEST for one in wanted)


def since(wanted: Sequence[str], now: datetime) -> datetime:
    """Return when the last so many days began."""
    return now - timedelta(days=int(wanted[0]))


def any_of(*people: Select[Any]) -> Select[Any]:
    """Select whoever one of these selects."""
    every = union(*people).subquery()
    return select(*every.c)


def _is_span(days: int) -> bool:
    return 0 < days <= _MOST_DAYS


def _of_language(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return select(Contact.id).where(
        Contact.merchant_id == merchant_id, Contact.language.in_(list(wanted))
    )


def _tagged(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return select(ContactTag.contact_id).where(
        ContactTag.merchant_id == merchant_id, ContactTag.tag.in_(list(wanted))
    )


def _new(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    return select(Contact.id).where(
        Contact.merchant_id == merchant_id, Contact.created_at >= since(wanted, now)
    )


def agreeing(merchant_id: MerchantId) -> Select[Any]:
    """Select who agreed to be written to, and has not taken that back (`wants_to_hear`)."""
    word_on_marketing = exists().where(
        Consent.contact_id == Contact.id, Consent.purpose == MARKETING
    )
    return select(Contact.id).where(
        Contact.merchant_id == merchant_id,
        or_(_last_yes(MARKETING), and_(_last_yes(MESSAGES), ~word_on_marketing)),
    )


def _last_yes(purpose: str) -> ColumnElement[bool]:
    """Ask whether a contact's last word about it is a yes."""
    word, later = aliased(Consent), aliased(Consent)
    newer = exists().where(
        later.contact_id == word.contact_id,
        later.purpose == word.purpose,
        or_(later.at > word.at, and_(later.at == word.at, later.id > word.id)),
    )
    return exists().where(
        word.contact_id == Contact.id, word.purpose == purpose, word.given.is_(True), ~newer
    )


def _agreeing(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return agreeing(merchant_id)


FACTS: Final[Mapping[str, Fact]] = {
    "language": Fact(
        about="Speaks one of these languages, such as en.",
        kind=FactKind.WORDS,
        people=_of_language,
    ),
    "tag": Fact(about="Has one of these tags.", kind=FactKind.WORDS, people=_tagged),
    "created": Fact(about="Is known since within so many days.", kind=FactKind.DAYS, people=_new),
    "consent": Fact(
        about="Agreed to be written to, and has not taken that back.",
        kind=FactKind.FLAG,
        people=_agreeing,
    ),
}
"""What is known of every merchant's contacts."""
