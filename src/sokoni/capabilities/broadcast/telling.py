"""One recipient's own turn: the rule is asked once more, and then it is said, or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeAlias, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Table, Update, and_, bindparam, func, or_, select, update

from sokoni.capabilities.broadcast.clicks import token_of
from sokoni.capabilities.broadcast.lines import approved
from sokoni.capabilities.broadcast.models import (
    Broadcast,
    BroadcastId,
    Recipient,
    RecipientId,
    State,
    Step,
)
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason, Standing, verdict
from sokoni.capabilities.broadcast.said import BroadcastSaid, filled, spoken
from sokoni.capabilities.broadcast.service import said_of, settings_of
from sokoni.capabilities.broadcast.settings import NAME
from sokoni.capabilities.broadcast.standings import SAME, terms_of
from sokoni.capabilities.broadcast.troubles import needs_template
from sokoni.channels.errors import ReplyWindowClosedError, TemplateUnusableError
from sokoni.contacts.facts import agreeing
from sokoni.contacts.models import Contact
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.short_links import short_link
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Conversation
from sokoni.messaging.prompts import Choice, Param, Prompt, Push, Start

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
SAY: Final = f"{NAME}.say"
LOST: Final = f"{NAME}.lost"
TRY: Final = f"{NAME}.try"
LINK_END: Final = "link_end"
"""What a template's button to `…/r/{{1}}` takes for its variable."""
TEXT: Final = f"{NAME}.text"
_LATER: Final = timedelta(minutes=10)
_MOST_TRIES: Final = 5
_OTHERWISE: Final = (ReplyWindowClosedError.code, TemplateUnusableError.code)
"""Failures of a form of it: their next turn finds another, or waits for the template."""


async def say(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say it to the recipient, where that is still right; note what became of them."""
    one = await _found(context, timer)
    if one is None:
        return None
    if one.state != State.SENDING:
        # Whoever goes on with it finds them where they were.
        await _note(context, one, step=Step.PLANNED, due_at=context.now)
        return None
    said = said_of(one)
    reason = await _reason(context, one, said)
    if reason is Reason.TEMPLATE_NOT_APPROVED and await _was_withdrawn(context, one, said):
        await _put_back(context, one)
        return None
    if reason not in SENT:
        await _leave(context, one, reason)
        return None
    await _note(context, one, step=Step.SAID, verdict=reason, said_at=context.now)
    about = About(one.broadcast_id, one.id)
    return prompt_of(context, said, about, as_template=reason is Reason.TEMPLATE)


async def lose(context: TurnContext, timer: Timer) -> Prompt | None:
    """Note that it could not be said after all; what another form may say waits its turn again."""
    one = await _found(context, timer, said=True)
    if one is None:
        return None
    passes = one.failed_at is None or one.error.startswith(_OTHERWISE)
    if one.failed_at is not None and not (passes and one.tries < _MOST_TRIES):
        # It stays failed, with the code.
        return None
    reason = _why_lost(context)
    withdrawn = await _was_withdrawn(context, one, said_of(one))
    if one.failed_at is not None or (reason is Reason.TEMPLATE_NOT_APPROVED and withdrawn):
        await _put_back(context, one)
    else:
        await _note(context, one, step=Step.LEFT_OUT, verdict=reason, said_at=None)
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
    as_template = not (said.texts and context.window_open)
    return prompt_of(context, said, About(broadcast.id, None), as_template=as_template)


@dataclass(frozen=True, slots=True)
class About:
    """Which broadcast is said, and to whom: None is a test."""

    broadcast: BroadcastId
    recipient: RecipientId | None


def prompt_of(
    context: TurnContext, said: BroadcastSaid, about: About, *, as_template: bool
) -> Prompt:
    """Word it for the contact of this turn."""
    languages = spoken(context.language, context.merchant)
    known = {"name": context.person.name, "merchant": context.merchant.name}
    text = filled(said.text(languages), known)
    values = {name: filled(value, known) for name, value in said.values.items()}
    token = token_of(context.vault, about.broadcast, about.recipient) if said.link else ""
    params: Mapping[str, Param] = {**known, **values, "text": text, LINK_END: token}
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
        link_url=short_link(context.public_url, token) or said.link.url if said.link else "",
        link_label=said.link.label(languages) if said.link else "",
        template=said.template,
        as_template=as_template,
        push=_push(said, about.recipient),
    )


def _push(said: BroadcastSaid, recipient: RecipientId | None) -> Push | None:
    if recipient is None:
        return None
    return Push(name=NAME, data={"recipient": recipient.hex}, task=said.reply)


# --- the rule, once more ------------------------------------------------------------------------


async def _found(context: TurnContext, timer: Timer, *, said: bool = False) -> AnyRow | None:
    """Return the recipient in line, the broadcast and what decides, in one statement.

    `said` takes them too where it was put down to be sent already.
    """
    days = timedelta(days=settings_of(context.merchant).marketing_days)
    asked = {
        "merchant": context.merchant.id,
        "recipient": UUID(hex=timer.data["recipient"]),
        "me": context.person.id,
        "or_step": (Step.SAID if said else Step.QUEUED).value,
        "since": context.now - days,
        "lately": context.now - SAME,
        "conversation": context.conversation_id,
    }
    connection = await context.session.connection()
    return (await connection.execute(_FIND, asked)).one_or_none()


async def _reason(context: TurnContext, one: AnyRow, said: BroadcastSaid) -> Reason:
    if one.ends_at is not None and one.ends_at <= context.now:
        return Reason.EXPIRED
    settings = settings_of(context.merchant)
    return verdict(await _standing(context, one, said), terms_of(said, settings))


async def _standing(context: TurnContext, one: AnyRow, said: BroadcastSaid) -> Standing:
    """Return how the contact stands now; what this turn heard counts already."""
    person, now = context.person, context.now
    freely = bool(said.texts) and context.window_open
    category = None if freely else await _category(context, said, one.channel)
    zone = ZoneInfo(one.zone) if one.zone else context.merchant.zone
    return Standing(
        opted_out=person.opted_out,
        no_marketing=person.no_marketing,
        agreed=bool(one.agreed),
        window_open=context.window_open,
        has_text=bool(said.texts),
        has_template=category is not None,
        marketed=one.marketed or 0,
        told=one.told is not None,
        night=context.merchant.daytime(now, zone) > now,
        in_a_task=_is_busy(context, one.last_inbound_at),
    )


async def _category(context: TurnContext, said: BroadcastSaid, channel: str) -> str | None:
    connection = await context.session.connection()
    templates = await approved(connection, context.merchant.id, said.template, context.now)
    languages = spoken(context.person.language, context.merchant)
    return templates.category(channel, languages, marketing=not context.person.no_marketing)


def _is_busy(context: TurnContext, last: datetime | None) -> bool:
    minutes = timedelta(minutes=settings_of(context.merchant).task_minutes)
    return bool(context.waiting) and last is not None and last + minutes > context.now


async def _was_withdrawn(context: TurnContext, one: AnyRow, said: BroadcastSaid) -> bool:
    """Tell whether no language's template is let through that was when it was proved."""
    if not (said.template and needs_template(one.proof_counts)):
        return False
    known = await approved(context.session, context.merchant.id, said.template, context.now)
    return not known.known


# --- what becomes of them -----------------------------------------------------------------------


async def _leave(context: TurnContext, one: AnyRow, reason: Reason) -> None:
    """Leave them out, or have them wait where that passes in time."""
    due = _later(context, one, reason) if reason in PASSING else None
    if due is None or (one.ends_at is not None and due >= one.ends_at):
        await _note(context, one, step=Step.LEFT_OUT, verdict=reason)
    else:
        await _note(context, one, step=Step.PLANNED, verdict=reason, due_at=due)


async def _put_back(context: TurnContext, one: AnyRow) -> None:
    """Have them written to when their turn comes again, as if nothing had been said."""
    if one.state not in {State.SENDING, State.PAUSED}:
        return
    nothing = dict.fromkeys(("said_at", "sent_at", "failed_at"), None)
    await _note(context, one, step=Step.PLANNED, due_at=context.now, error="", **nothing)
    table = cast("Table", Broadcast.__table__)
    going = table.c.id == one.broadcast_id, table.c.state == State.SENDING
    later = table.c.due_at > context.now
    await context.session.execute(update(table).where(*going, later).values(due_at=context.now))


def _later(context: TurnContext, one: AnyRow, reason: Reason) -> datetime | None:
    """Return when the rule is asked again, None where the merchant has them left out."""
    settings = settings_of(context.merchant)
    if reason is Reason.QUIET_HOURS:
        zone = ZoneInfo(one.zone) if one.zone else context.merchant.zone
        return context.merchant.daytime(context.now, zone) if settings.at_night == "wait" else None
    return context.now + _LATER if settings.in_a_task == "wait" else None


async def _note(context: TurnContext, one: AnyRow, **values: object) -> None:
    """Write it at once, by a statement that is put together once for each kind of note."""
    bound = {f"b_{name}": value for name, value in values.items()}
    asked = {"merchant": context.merchant.id, "recipient": one.id, **bound}
    connection = await context.session.connection()
    await connection.execute(_noting(tuple(values)), asked)


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


# Put together once, and of columns: that costs more than what the database does with them.
_AGREED: Final = (
    agreeing(cast("MerchantId", bindparam("merchant")))
    .where(Contact.id == bindparam("me"))
    .with_only_columns(func.count())
)
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_BROADCASTS: Final = cast("Table", Broadcast.__table__)
_TALKS: Final = cast("Table", Conversation.__table__)
_ACCOUNTS: Final = cast("Table", ChannelAccount.__table__)
_R, _B = _RECIPIENTS.c, _BROADCASTS.c
_OTHERS: Final = _RECIPIENTS.alias("others")
_ANOTHER: Final = _BROADCASTS.alias("another")
_O: Final = _OTHERS.c
_MARKETED: Final = select(func.count()).where(
    _O.merchant_id == bindparam("merchant"),
    _O.contact_id == bindparam("me"),
    _O.said_at >= bindparam("since", type_=UtcDateTime()),
    _O.marketing.is_(True),
)
_TOLD: Final = (
    select(_O.contact_id)
    .join(_ANOTHER, _ANOTHER.c.id == _O.broadcast_id)
    .where(
        _O.merchant_id == bindparam("merchant"),
        _O.contact_id == bindparam("me"),
        _O.said_at >= bindparam("lately", type_=UtcDateTime()),
        _ANOTHER.c.digest == _B.digest,
        _ANOTHER.c.id != _B.id,
    )
    .correlate(_BROADCASTS)
    .limit(1)
)
_FIND: Final[Select[*tuple[Any, ...]]] = (
    select(
        _R.id,
        _R.broadcast_id,
        _R.zone,
        _R.tries,
        _R.failed_at,
        _R.error,
        _B.state,
        _B.proof_counts,
        _B.ends_at,
        _B.content,
        _TALKS.c.last_inbound_at,
        _ACCOUNTS.c.channel,
        _AGREED.scalar_subquery().label("agreed"),
        _MARKETED.scalar_subquery().label("marketed"),
        _TOLD.scalar_subquery().label("told"),
    )
    .select_from(_RECIPIENTS)
    .join(_BROADCASTS, _B.id == _R.broadcast_id)
    .join(
        _TALKS,
        and_(_TALKS.c.id == bindparam("conversation"), _TALKS.c.merchant_id == _R.merchant_id),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _TALKS.c.account_id)
    .where(
        _R.merchant_id == bindparam("merchant"),
        _R.id == bindparam("recipient"),
        _R.contact_id == bindparam("me"),
        # No list of any length: that is put together anew for every recipient.
        or_(_R.step == Step.QUEUED.value, _R.step == bindparam("or_step")),
    )
)
