"""One recipient's own turn: the rule is asked once more, and then it is said, or not."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Table, Update, bindparam, func, select, update

from sokoni.capabilities.broadcast.lines import approved
from sokoni.capabilities.broadcast.models import Broadcast, Recipient, State, Step
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason, Standing, verdict
from sokoni.capabilities.broadcast.said import BroadcastSaid, filled, spoken
from sokoni.capabilities.broadcast.service import said_of, settings_of
from sokoni.capabilities.broadcast.settings import NAME
from sokoni.capabilities.broadcast.standings import SAME, terms_of
from sokoni.contacts.facts import agreeing
from sokoni.contacts.models import Contact
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Conversation
from sokoni.messaging.prompts import Choice, Param, Prompt, Push, Start

SAY: Final = f"{NAME}.say"
LOST: Final = f"{NAME}.lost"
TRY: Final = f"{NAME}.try"
TEXT: Final = f"{NAME}.text"
_LATER: Final = timedelta(minutes=10)


async def say(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say it to the recipient, where that is still right; note what became of them."""
    found = await _found(context, timer)
    if found is None:
        return None
    recipient, broadcast = found
    if broadcast.state != State.SENDING:
        # Whoever goes on with it finds them where they were.
        await _note(context, recipient, step=Step.PLANNED, due_at=context.now)
        return None
    said = said_of(broadcast)
    reason = await _reason(context, recipient, broadcast, said)
    if reason not in SENT:
        await _leave(context, recipient, broadcast, reason)
        return None
    await _note(context, recipient, step=Step.SAID, verdict=reason, said_at=context.now)
    return prompt_of(context, said, recipient, as_template=reason is Reason.TEMPLATE)


async def lose(context: TurnContext, timer: Timer) -> Prompt | None:
    """Note that it could not be said after all."""
    found = await _found(context, timer, (Step.QUEUED, Step.SAID))
    if found is not None:
        recipient, _ = found
        reason = _why_lost(context)
        await _note(context, recipient, step=Step.LEFT_OUT, verdict=reason, said_at=None)
    return None


async def try_out(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say it to somebody who was named, whatever the rule says: a test."""
    mine = select(Broadcast).where(
        Broadcast.merchant_id == context.merchant.id,
        Broadcast.id == UUID(hex=timer.data["broadcast"]),
    )
    broadcast = await context.session.scalar(mine)
    if broadcast is None:
        return None
    said = said_of(broadcast)
    return prompt_of(context, said, None, as_template=not (said.texts and context.window_open))


def prompt_of(
    context: TurnContext, said: BroadcastSaid, recipient: Recipient | None, *, as_template: bool
) -> Prompt:
    """Word it for the contact of this turn."""
    languages = spoken(context.language, context.merchant)
    known = {"name": context.person.name, "merchant": context.merchant.name}
    text = filled(said.text(languages), known)
    values = {name: filled(value, known) for name, value in said.values.items()}
    params: Mapping[str, Param] = {**known, **values, "text": text}
    choices = tuple(
        Choice(
            one.id,
            one.label(languages),
            command=Start(one.task) if one.task else None,
        )
        for one in said.buttons
    )
    return Prompt(
        TEXT,
        params,
        choices,
        image_url=said.picture,
        link_url=said.link.url if said.link else "",
        link_label=said.link.label(languages) if said.link else "",
        template=said.template,
        as_template=as_template,
        push=_push(said, recipient),
    )


def _push(said: BroadcastSaid, recipient: Recipient | None) -> Push | None:
    if recipient is None:
        return None
    return Push(name=NAME, data={"recipient": recipient.id.hex}, task=said.reply)


# --- the rule, once more ------------------------------------------------------------------------


async def _found(
    context: TurnContext, timer: Timer, steps: tuple[Step, ...] = (Step.QUEUED,)
) -> tuple[Recipient, Broadcast] | None:
    asked = {
        "merchant": context.merchant.id,
        "recipient": UUID(hex=timer.data["recipient"]),
        "me": context.person.id,
        "steps": [one.value for one in steps],
    }
    row = (await context.session.execute(_FIND, asked)).one_or_none()
    return None if row is None else (row[0], row[1])


async def _reason(
    context: TurnContext, recipient: Recipient, broadcast: Broadcast, said: BroadcastSaid
) -> Reason:
    if broadcast.ends_at is not None and broadcast.ends_at <= context.now:
        return Reason.EXPIRED
    settings = settings_of(context.merchant)
    return verdict(await _standing(context, recipient, broadcast, said), terms_of(said, settings))


async def _standing(
    context: TurnContext, recipient: Recipient, broadcast: Broadcast, said: BroadcastSaid
) -> Standing:
    """Return how the contact stands now; what this turn heard counts already."""
    person, now = context.person, context.now
    row = await _asked(context, broadcast)
    freely = bool(said.texts) and context.window_open
    category = None if freely else await _category(context, said, row.channel)
    zone = ZoneInfo(recipient.zone) if recipient.zone else context.merchant.zone
    return Standing(
        opted_out=person.opted_out,
        no_marketing=person.no_marketing,
        agreed=bool(row.agreed),
        window_open=context.window_open,
        has_text=bool(said.texts),
        has_template=category is not None,
        marketed=row.marketed or 0,
        told=row.told is not None,
        night=context.merchant.daytime(now, zone) > now,
        in_a_task=_is_busy(context, row.last_inbound_at),
    )


async def _asked(context: TurnContext, broadcast: Broadcast) -> Any:  # noqa: ANN401 -- a row
    """Return what the database knows of it, in one statement."""
    days = timedelta(days=settings_of(context.merchant).marketing_days)
    asked = {
        "merchant": context.merchant.id,
        "me": context.person.id,
        "since": context.now - days,
        "lately": context.now - SAME,
        "digest": broadcast.digest,
        "broadcast": broadcast.id,
        "conversation": context.conversation_id,
    }
    return (await context.session.execute(_ASKED, asked)).one()


async def _category(context: TurnContext, said: BroadcastSaid, channel: str) -> str | None:
    templates = await approved(context.session, context.merchant.id, said.template, context.now)
    languages = spoken(context.person.language, context.merchant)
    return templates.category(channel, languages, marketing=not context.person.no_marketing)


def _is_busy(context: TurnContext, last: datetime | None) -> bool:
    minutes = timedelta(minutes=settings_of(context.merchant).task_minutes)
    return bool(context.waiting) and last is not None and last + minutes > context.now


# --- what becomes of them -----------------------------------------------------------------------


async def _leave(
    context: TurnContext, recipient: Recipient, broadcast: Broadcast, reason: Reason
) -> None:
    """Leave them out, or have them wait where that passes in time."""
    due = _later(context, recipient, reason) if reason in PASSING else None
    ends = broadcast.ends_at
    if due is None or (ends is not None and due >= ends):
        await _note(context, recipient, step=Step.LEFT_OUT, verdict=reason)
    else:
        await _note(context, recipient, step=Step.PLANNED, verdict=reason, due_at=due)


def _later(context: TurnContext, recipient: Recipient, reason: Reason) -> datetime | None:
    """Return when the rule is asked again, None where the merchant has them left out."""
    settings = settings_of(context.merchant)
    if reason is Reason.QUIET_HOURS:
        zone = ZoneInfo(recipient.zone) if recipient.zone else context.merchant.zone
        return context.merchant.daytime(context.now, zone) if settings.at_night == "wait" else None
    return context.now + _LATER if settings.in_a_task == "wait" else None


async def _note(context: TurnContext, recipient: Recipient, **values: object) -> None:
    """Write it at once, by a statement that is put together once for each kind of note."""
    bound = {f"b_{name}": value for name, value in values.items()}
    asked = {"merchant": context.merchant.id, "recipient": recipient.id, **bound}
    await context.session.execute(_noting(tuple(values)), asked)


@cache
def _noting(names: tuple[str, ...]) -> Update:
    table = cast("Table", Recipient.__table__)
    mine = update(table).where(
        table.c.merchant_id == bindparam("merchant"), table.c.id == bindparam("recipient")
    )
    return mine.values({name: bindparam(f"b_{name}", type_=table.c[name].type) for name in names})


def _why_lost(context: TurnContext) -> Reason:
    if context.person.opted_out:
        return Reason.OPTED_OUT
    return Reason.NO_ADDRESS if context.window_open else Reason.TEMPLATE_NOT_APPROVED


# Put together once: that costs more than what the database does with them.
_FIND: Final[Select[Recipient, Broadcast]] = (
    select(Recipient, Broadcast)
    .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
    .where(
        Recipient.merchant_id == bindparam("merchant"),
        Recipient.id == bindparam("recipient"),
        Recipient.contact_id == bindparam("me"),
        Recipient.step.in_(bindparam("steps", expanding=True)),
    )
)
_AGREED: Final = (
    agreeing(cast("MerchantId", bindparam("merchant")))
    .where(Contact.id == bindparam("me"))
    .with_only_columns(func.count())
)
_MARKETED: Final = select(func.count()).where(
    Recipient.merchant_id == bindparam("merchant"),
    Recipient.contact_id == bindparam("me"),
    Recipient.said_at >= bindparam("since", type_=UtcDateTime()),
    Recipient.marketing.is_(True),
)
_TOLD: Final = (
    select(Recipient.contact_id)
    .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
    .where(
        Recipient.merchant_id == bindparam("merchant"),
        Recipient.contact_id == bindparam("me"),
        Recipient.said_at >= bindparam("lately", type_=UtcDateTime()),
        Broadcast.digest == bindparam("digest"),
        Broadcast.id != bindparam("broadcast"),
    )
    .limit(1)
)
_ASKED: Final[Select[*tuple[Any, ...]]] = (
    select(
        _AGREED.scalar_subquery().label("agreed"),
        _MARKETED.scalar_subquery().label("marketed"),
        _TOLD.scalar_subquery().label("told"),
        Conversation.last_inbound_at,
        ChannelAccount.channel,
    )
    .join(ChannelAccount, ChannelAccount.id == Conversation.account_id)
    .where(Conversation.id == bindparam("conversation"))
)
