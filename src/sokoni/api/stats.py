"""How busy the key's merchant is, where contacts stand, and what goes wrong (MO-03)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Final

import msgspec
import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.days import Days
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.dialogue.journeys import Happened
from sokoni.dialogue.state import DialogueState, step_of
from sokoni.dialogue.tally import Counted, counts_by_day, counts_since
from sokoni.kit.ids import ConversationId
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.pricing import Usage, usage
from sokoni.messaging.statistics import Figures, Statistics
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.principal import Reader

router = APIRouter(prefix="/stats", tags=["statistics"])
_LOOKED_AT: Final = 500
_PLACE: Final = "conversations.state"
_DECODER: Final = msgspec.json.Decoder(DialogueState)
_log = structlog.get_logger(__name__)


class StepStats(BaseModel, frozen=True):
    """One question of a task."""

    asked: int = 0
    left: int = 0
    """How often the task was left with this question open."""
    missed: int = 0
    """How often what was said to it was no answer."""
    answered: int = 0
    """How often it was answered within an hour."""
    seconds: float | None = None
    """How long that took, on average."""


class TaskStats(BaseModel, frozen=True):
    """What became of a task, counted every ten seconds."""

    started: int = 0
    finished: int = 0
    left: int = 0
    """Cancelled, declined, begun anew, or let go after a long silence."""
    completion: float | None = None
    """Of those that ended: what was finished."""
    error_rate: float | None = None
    """Of what was said to its questions, what was no answer: per question that was asked."""
    steps: Mapping[str, StepStats] = {}


class PricedStats(BaseModel, frozen=True):
    """Messages of one category that arrived this month."""

    billable: int
    free: int


class NumberStats(BaseModel, frozen=True):
    """What a number's provider priced this month."""

    channel: str
    number: str
    """As the provider names it."""
    month: date
    """Its first day, in the merchant's time zone."""
    free_messages: int
    """Of the month; 0: nobody counts them."""
    free_messages_used: int
    percent_used: int
    categories: Mapping[str, PricedStats]


class Stats(BaseModel, frozen=True):
    """Counts over all time, and over the last day where it says so."""

    conversations: int
    active_in_a_day: int
    held_by_people: int
    heard_in_a_day: int
    sent_in_a_day: Mapping[str, int]
    failed_share: float
    """Of what was to be sent in a day: what failed, was cancelled or never heard of again."""
    events: Mapping[str, int]
    steps: Mapping[str, int]
    """Open tasks by the question that was last asked."""
    tasks: Mapping[str, TaskStats]
    """By task, over as many days as were asked for."""
    by_day: Mapping[str, Mapping[date, int]]
    """What is counted by day (the merchant's), over as many days, but for those without any."""
    numbers: Sequence[NumberStats]


@router.get("")
async def statistics(
    principal: Reader,
    parts: Parts,
    session: Reading,
    days: Annotated[
        int, Query(ge=1, le=400, description="days of `tasks` and `by_day`, with today")
    ] = 30,
) -> Stats:
    """Count conversations, messages and events, tell where contacts stand and what they finish."""
    counting = Statistics(session, principal.merchant_id, parts.clock())
    merchant = await parts.merchants.get(principal.merchant_id)
    figures = await counting.figures()
    counted = Days.until(parts.clock(), merchant.zone, days)
    return Stats(
        conversations=figures.conversations,
        active_in_a_day=figures.active_in_a_day,
        held_by_people=figures.held_by_people,
        heard_in_a_day=figures.heard_in_a_day,
        sent_in_a_day=figures.sent_in_a_day,
        failed_share=_failed_share(figures),
        events=figures.events,
        steps=_steps(
            parts.vault,
            await counting.steps(),
            await counting.states_without_step(limit=_LOOKED_AT),
        ),
        tasks=_tasks(await counts_since(session, merchant.id, counted.first)),
        by_day=await _by_day(parts, session, counting, merchant, counted),
        numbers=[_number(one) for one in await usage(session, parts.clock(), merchant.id)],
    )


async def _by_day(
    parts: WebParts,
    session: AsyncSession,
    counting: Statistics,
    merchant: MerchantProfile,
    days: Days,
) -> Mapping[str, Mapping[date, int]]:
    """Return what conversations and the merchant's capabilities count."""
    found = dict(await counting.by_day(days))
    found |= await counts_by_day(session, merchant.id, days.first)
    for name in merchant.capabilities:
        if count := parts.by_day.get(name):
            theirs = await count(session, merchant.id, days)
            found |= {f"{name}.{what}": by_day for what, by_day in theirs.items()}
    return found


def _number(one: Usage) -> NumberStats:
    return NumberStats(
        channel=one.channel,
        number=one.key,
        month=one.month,
        free_messages=one.allowance,
        free_messages_used=one.metered,
        percent_used=one.percent,
        categories={
            name: PricedStats(billable=each.billable, free=each.free)
            for name, each in one.categories.items()
        },
    )


def _tasks(counted: Iterable[Counted]) -> dict[str, TaskStats]:
    tasks: dict[str, Counter[Happened]] = {}
    steps: dict[str, dict[str, Counter[Happened]]] = {}
    for one in counted:
        tasks.setdefault(one.task, Counter())[one.happened] += one.count
        if one.step:
            of_task = steps.setdefault(one.task, {})
            of_task.setdefault(one.step, Counter())[one.happened] += one.count
    return {task: _task(counts, steps.get(task, {})) for task, counts in tasks.items()}


def _task(counts: Counter[Happened], steps: Mapping[str, Counter[Happened]]) -> TaskStats:
    ended = counts[Happened.FINISHED] + counts[Happened.LEFT]
    asked = sum(each[Happened.ASKED] for each in steps.values())
    missed = counts[Happened.MISSED]
    return TaskStats(
        started=counts[Happened.STARTED],
        finished=counts[Happened.FINISHED],
        left=counts[Happened.LEFT],
        completion=round(counts[Happened.FINISHED] / ended, 4) if ended else None,
        error_rate=round(missed / (asked + missed), 4) if asked or missed else None,
        steps={step: _told_of(each) for step, each in steps.items()},
    )


def _told_of(counts: Counter[Happened]) -> StepStats:
    answered = counts[Happened.ANSWERED]
    return StepStats(
        asked=counts[Happened.ASKED],
        left=counts[Happened.LEFT],
        missed=counts[Happened.MISSED],
        answered=answered,
        seconds=round(counts[Happened.SECONDS] / answered, 1) if answered else None,
    )


def _failed_share(figures: Figures) -> float:
    sent = figures.sent_in_a_day
    failed = sum(sent.get(state, 0) for state in ("failed", "cancelled", "unknown"))
    return round(failed / sum(sent.values()), 4) if sent else 0.0


def _steps(
    vault: Vault, known: Mapping[str, int], sealed: Iterable[tuple[ConversationId, bytes]]
) -> dict[str, int]:
    steps = Counter(known)
    for conversation_id, state in sealed:
        step = _step(vault, conversation_id, state)
        if step:
            steps[step] += 1
    return dict(steps.most_common())


def _step(vault: Vault, conversation_id: ConversationId, sealed: bytes) -> str:
    """Return the open task and its question, "" where nothing is open or readable."""
    try:
        state = _DECODER.decode(vault.open(_PLACE, conversation_id, sealed))
    except (KeyUnknownError, TamperedError, msgspec.DecodeError) as error:
        _log.warning("state_unreadable", error=type(error).__name__)
        return ""
    return step_of(state)
