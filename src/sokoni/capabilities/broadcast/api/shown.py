"""Broadcasts as programs see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from sokoni.capabilities.broadcast.api import examples
from sokoni.capabilities.broadcast.models import Broadcast, Recipient
from sokoni.capabilities.broadcast.proving import Proof
from sokoni.capabilities.broadcast.results import Progress
from sokoni.contacts.facts import Fact, FactKind


class ProofShown(BaseModel, frozen=True, json_schema_extra=examples.PROOF):
    """What would become of each recipient, counted."""

    hash: str
    """What sending it needs."""
    at: datetime | None
    counts: Mapping[str, int]
    """Recipients by reason."""
    costs: Mapping[str, Any]
    """Messages by what they are charged as, and what that comes to where prices are set."""

    @classmethod
    def of(cls, one: Proof) -> Self:
        return cls(hash=one.hash, at=one.at, counts=one.counts, costs=one.costs)

    @classmethod
    def last(cls, row: Broadcast) -> Self | None:
        """Return the last proof, None where the broadcast was changed since."""
        if not row.proof:
            return None
        return cls(
            hash=row.proof, at=row.proved_at, counts=row.proof_counts, costs=row.proof_costs
        )


class ProgressShown(BaseModel, frozen=True):
    """How far it is, in recipients."""

    recipients: int
    planned: int
    queued: int
    said: int
    left_out: int
    sent: int
    delivered: int
    read: int
    failed: int
    replied: int
    clicked: int
    verdicts: Mapping[str, int]
    errors: Mapping[str, int]

    @classmethod
    def of(cls, one: Progress) -> Self:
        return cls.model_validate({name: getattr(one, name) for name in cls.model_fields})


class BroadcastListed(BaseModel, frozen=True):
    """A broadcast in a list."""

    id: UUID
    reference: str
    name: str
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    why: str
    """Why it was paused or stopped."""
    made_by: str
    sent_by: str
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Broadcast) -> Self:
        return cls.model_validate(row, from_attributes=True)


class BroadcastShown(BaseModel, frozen=True, json_schema_extra=examples.SHOWN):
    """A broadcast, and how far it is."""

    id: UUID
    reference: str
    name: str
    state: str
    said: Mapping[str, Any]
    """As it was drafted."""
    proof: ProofShown | None
    progress: ProgressShown
    starts_at: datetime | None
    ends_at: datetime | None
    why: str
    made_by: str
    sent_by: str
    created_at: datetime
    ended_at: datetime | None
    numbers: Sequence[str]
    """What keeps the merchant's numbers from sending it faster, or at all."""

    @classmethod
    def of(cls, row: Broadcast, progress: Progress, numbers: Sequence[str]) -> Self:
        listed = {name: getattr(row, name) for name in BroadcastListed.model_fields}
        return cls(
            **listed,
            numbers=numbers,
            said=row.content,
            proof=ProofShown.last(row),
            progress=ProgressShown.of(progress),
        )


class RecipientShown(BaseModel, frozen=True, json_schema_extra=examples.RECIPIENT):
    """What became of one recipient."""

    id: UUID
    contact_id: UUID
    verdict: str
    """One reason code."""
    step: str
    """planned, queued, said or left_out."""
    due_at: datetime | None
    said_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    error: str
    replied_at: datetime | None
    clicked_at: datetime | None
    clicked: str
    """The id of the button that they tapped first."""

    @classmethod
    def of(cls, row: Recipient) -> Self:
        return cls.model_validate(row, from_attributes=True)


class FactShown(BaseModel, frozen=True, json_schema_extra=examples.FACT):
    """Something that an audience may ask for."""

    name: str
    about: str
    kind: FactKind
    """What its values are: none (flag), words, or one number of days."""
    choices: Sequence[str]
    """The only words that it takes; none: any."""

    @classmethod
    def of(cls, name: str, fact: Fact) -> Self:
        return cls(name=name, about=fact.about, kind=fact.kind, choices=fact.choices)


class SendSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.SEND):
    """The hash of the last proof."""

    proof: str = Field(min_length=1, max_length=64)


class TestSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.TEST):
    """Who looks at it first, by number or id."""

    contacts: tuple[str, ...] = Field(min_length=1, max_length=20)


class TestShown(BaseModel, frozen=True):
    """How many it goes to."""

    contacts: int


class MessageSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.MESSAGE):
    """Something to be said to everybody, or to all at one step of a registration."""

    message: str = Field(min_length=1, max_length=1000)
    target_step: str = Field("", max_length=64)


class MessageShown(BaseModel, frozen=True):
    """What became of it."""

    status: str
    """`accepted`, or `nobody` where it reaches none."""
    reference: str
    counts: Mapping[str, int]
