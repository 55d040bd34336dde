"""How contacts stand towards a broadcast: read of many at once for the proof."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sokoni.capabilities.broadcast.lines import Approved, Line
from sokoni.capabilities.broadcast.models import Broadcast, BroadcastId, Recipient
from sokoni.capabilities.broadcast.rule import Standing, Terms
from sokoni.capabilities.broadcast.said import BroadcastSaid, spoken
from sokoni.capabilities.broadcast.settings import BroadcastSettings
from sokoni.contacts.facts import agreeing
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import ADDRESS, PHONE
from sokoni.contacts.zones import zone_of
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, MerchantId, PhoneNumber
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.models import Conversation
from sokoni.messaging.seats import LAST_WRITTEN_FIRST

SAME: Final = timedelta(days=7)
"""For so long nobody is told the same twice."""
_PERSON: Final = "person"
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def terms_of(said: BroadcastSaid, settings: BroadcastSettings) -> Terms:
    return Terms(marketing=said.marketing, by_day=not said.urgent, most=settings.most_marketing)


def marketed(
    merchant_id: MerchantId, contact_ids: Collection[ContactId], since: datetime
) -> AnySelect:
    """Select who got marketing since then, and how often."""
    return (
        select(Recipient.contact_id, func.count().label("count"))
        .where(
            Recipient.merchant_id == merchant_id,
            Recipient.contact_id.in_(contact_ids),
            Recipient.said_at >= since,
            Recipient.marketing.is_(True),
        )
        .group_by(Recipient.contact_id)
    )


def told(
    merchant_id: MerchantId, contact_ids: Collection[ContactId], broadcast: "About"
) -> Select[Any]:
    """Select who was told the same by another broadcast, or by this one under another name."""
    return (
        select(Recipient.contact_id)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(
            Recipient.merchant_id == merchant_id,
            Recipient.contact_id.in_(contact_ids),
            Recipient.said_at >= broadcast.now - SAME,
            Broadcast.digest == broadcast.digest,
            Broadcast.id != broadcast.id,
        )
    )


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about."""

    id: BroadcastId
    digest: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What of one contact decides, whenever they would be written to."""

    contact_id: ContactId
    line: Line | None
    zone: ZoneInfo
    standing: Standing
    window_until: datetime | None
    busy_until: datetime | None
    category: str | None
    """Of the template that they would get."""

    def at(self, moment: datetime, merchant: MerchantProfile) -> Standing:
        """Return how they stand then."""
        one, line = self.standing, self.line
        shut = line is not None and line.has_window
        return Standing(
            reachable=one.reachable,
            blocked=one.blocked,
            opted_out=one.opted_out,
            no_marketing=one.no_marketing,
            agreed=one.agreed,
            window_open=not shut or _after(self.window_until, moment),
            has_text=one.has_text,
            has_template=one.has_template,
            marketed=one.marketed,
            told=one.told,
            night=merchant.daytime(moment, self.zone) > moment,
            in_a_task=_after(self.busy_until, moment),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Reads how one merchant's contacts stand."""

    session: AsyncSession | AsyncConnection
    vault: Vault
    merchant: MerchantProfile
    settings: BroadcastSettings
    lines: Mapping[AccountId, Line]
    approved: Approved
    said: BroadcastSaid
    about: About

    async def of(self, contact_ids: Sequence[ContactId]) -> list[Known]:
        """Return how these stand, in their order; with five statements, however many they are."""
        people = {row.id: row for row in await self._rows(_PEOPLE, Contact.id, contact_ids)}
        talks = await self._talks(contact_ids)
        zones = await self._zones(contact_ids)
        agreed = await self._ids(agreeing(self.merchant.id).where(Contact.id.in_(contact_ids)))
        counts = await self._marketed(contact_ids)
        again = await self._ids(told(self.merchant.id, contact_ids, self.about))
        return [
            self._known(
                people[one],
                talks.get(one),
                zones.get(one),
                agreed=one in agreed,
                marketed=counts[one],
                told=one in again,
            )
            for one in contact_ids
            if one in people
        ]

    def _known(
        self,
        person: AnyRow,
        talk: AnyRow | None,
        zone: ZoneInfo | None,
        *,
        agreed: bool,
        marketed: int,
        told: bool,
    ) -> Known:
        line = self._line(talk)
        languages = spoken(person.language, self.merchant)
        no_marketing = person.marketing_stopped_at is not None
        category = (
            self.approved.category(line.channel, languages, marketing=not no_marketing)
            if line is not None
            else None
        )
        deaf = talk is not None and talk.unreachable_at is not None
        return Known(
            contact_id=person.id,
            line=line,
            zone=zone or self.merchant.zone,
            window_until=None if talk is None else talk.window_until,
            busy_until=self._busy_until(talk),
            category=category,
            standing=Standing(
                reachable=line is not None and zone is not None and not deaf,
                blocked=person.blocked_at is not None,
                opted_out=person.opted_out_at is not None,
                no_marketing=no_marketing,
                agreed=agreed,
                has_text=bool(self.said.texts),
                has_template=category is not None,
                marketed=marketed,
                told=told,
            ),
        )

    def _line(self, talk: AnyRow | None) -> Line | None:
        """Return where they last wrote, else the merchant's first."""
        found = self.lines.get(talk.account_id) if talk is not None else None
        return found or next(iter(self.lines.values()), None)

    def _busy_until(self, talk: AnyRow | None) -> datetime | None:
        if talk is None or talk.last_inbound_at is None:
            return None
        if talk.holder == _PERSON:
            held: datetime | None = talk.held_until
            return held
        if talk.wake_at is None:
            return None
        last: datetime = talk.last_inbound_at
        return last + timedelta(minutes=self.settings.task_minutes)

    # --- statements -------------------------------------------------------------------------

    async def _rows(
        self,
        statement: AnySelect,
        column: InstrumentedAttribute[ContactId],
        ids: Sequence[ContactId],
    ) -> Sequence[AnyRow]:
        found = await self.session.execute(statement.where(column.in_(ids)))
        return found.all()

    async def _ids(self, statement: Select[Any]) -> set[ContactId]:
        return set(await self.session.scalars(statement))

    async def _talks(self, ids: Sequence[ContactId]) -> Mapping[ContactId, AnyRow]:
        """Return the conversations in which they last wrote."""
        rows = await self._rows(_TALKS, Conversation.contact_id, ids)
        last: dict[ContactId, AnyRow] = {}
        for row in rows:
            last.setdefault(row.contact_id, row)
        return last

    async def _zones(self, ids: Sequence[ContactId]) -> Mapping[ContactId, ZoneInfo]:
        """Return the zones of those who have an address: by their newest number, if any."""
        home, zones = self.merchant.zone, {}
        for row in await self._rows(_ADDRESSES, ContactAddress.contact_id, ids):
            if row.kind == PHONE:
                phone = PhoneNumber(self.vault.open_text(ADDRESS, row.id, row.value))
                zones[row.contact_id] = zone_of(phone, home)
            else:
                zones.setdefault(row.contact_id, home)
        return zones

    async def _marketed(self, ids: Sequence[ContactId]) -> Counter[ContactId]:
        since = self.about.now - timedelta(days=self.settings.marketing_days)
        rows = await self.session.execute(marketed(self.merchant.id, ids, since))
        return Counter({row.contact_id: row.count for row in rows})


_PEOPLE: Final[AnySelect] = select(
    Contact.id,
    Contact.language,
    Contact.opted_out_at,
    Contact.marketing_stopped_at,
    Contact.blocked_at,
)
_TALKS: Final[AnySelect] = (
    select(
        Conversation.contact_id,
        Conversation.account_id,
        Conversation.window_until,
        Conversation.last_inbound_at,
        Conversation.unreachable_at,
        Conversation.holder,
        Conversation.held_until,
        Conversation.wake_at,
    )
    .where(Conversation.merged_into.is_(None))
    .order_by(*LAST_WRITTEN_FIRST)
)
_ADDRESSES: Final[AnySelect] = select(
    ContactAddress.contact_id, ContactAddress.id, ContactAddress.kind, ContactAddress.value
).order_by(ContactAddress.id)


def _after(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment > other
