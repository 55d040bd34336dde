"""Decides what comes of a send: by the name of its error, never by its words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from secrets import SystemRandom
from typing import Final

import msgspec
import structlog

from sokoni.channels import base, errors, inbound
from sokoni.channels.ladder import SIMPLER_HELPS, step_down
from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import OutboxId
from sokoni.kit.text import clean
from sokoni.messaging.addresses import AddressBook
from sokoni.messaging.catalogues import Doubt
from sokoni.messaging.lanes import Lane, Lanes
from sokoni.messaging.models import MessageState, Purpose
from sokoni.messaging.numbers import Number
from sokoni.messaging.outbox import BODY, Batch, Lost, Mark, Outgoing, Revealed
from sokoni.messaging.statuses import Reached, later_state, reported
from sokoni.messaging.undelivered import CONCERNING
from sokoni.workers.figures import RESENDS, RESPONSES, SENDS

_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 300.0
_SLOWEST_CONTACT: Final = 256.0
_FEWEST_TRIES: Final = 3
_THROTTLED_PATIENCE: Final = timedelta(hours=6)
_ID_LENGTH: Final = 191
_RANDOM: Final = SystemRandom()
_TAKEN = SENDS.labels("taken")
_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Landed:
    """A send that came to an end: how, and on which lane and number."""

    lane: Lane
    number: Number
    outcome: base.Sent | errors.SendError


class Verdicts:
    """Turns what providers said into marks for the database and moves for the lanes."""

    def __init__(
        self,
        *,
        lanes: Lanes,
        addresses: AddressBook,
        vault: Vault,
        clock: Clock,
        unknown_after: timedelta,
    ) -> None:
        self._lanes = lanes
        self._addresses = addresses
        self._vault = vault
        self._clock = clock
        self._unknown_after = unknown_after

    def judge(self, landed: Landed, batch: Batch) -> None:
        """Note what became of the message ahead of the lane, and move the lane on."""
        outgoing, outcome, number = landed.lane.ahead, landed.outcome, landed.number
        if outgoing is None:
            return
        if isinstance(outcome, base.Sent):
            self._taken(landed, outgoing, outcome, batch)
            return
        SENDS.labels(outcome.code).inc()
        if isinstance(outcome, errors.TemporarySendError):
            self._later(landed, outgoing, outcome, batch)
            return
        if isinstance(outcome, errors.UnknownOutcomeError):
            sent_at = outgoing.state_at or self._clock()
            self._lanes.watch(landed.lane, sent_at + self._unknown_after)
            return
        self._listens(number, outgoing, batch)
        self._refused(landed, outgoing, outcome, batch)

    def give_up(self, lane: Lane, batch: Batch) -> None:
        """No status came: say a plain reply once more, leave anything else to staff."""
        outgoing = lane.ahead
        if outgoing is None:
            return
        _log.warning(
            "send_unknown",
            trace=outgoing.trace,
            message_id=str(outgoing.id),
            again=outgoing.repeatable,
        )
        if not outgoing.repeatable:
            SENDS.labels("given_up_unknown").inc()
            batch.marks.append(
                Mark(id=outgoing.id, state=MessageState.UNKNOWN, error="send_outcome_unknown")
            )
            self._lanes.finish(lane)
            return
        RESENDS.inc()
        outgoing.resent = True
        self._again(lane, outgoing, batch, self._clock(), "resent")

    def fail(self, lane: Lane, code: str, batch: Batch) -> None:
        """End the message ahead for a reason of ours."""
        if lane.ahead is not None:
            batch.marks.append(Mark(id=lane.ahead.id, state=MessageState.FAILED, error=code))
        self._lanes.finish(lane)

    def _taken(self, landed: Landed, outgoing: Outgoing, sent: base.Sent, batch: Batch) -> None:
        _TAKEN.inc()
        self._answered(landed, outgoing)
        self._listens(landed.number, outgoing, batch)
        landed.lane.slowed = 0
        provider_id = clean(sent.provider_id)[:_ID_LENGTH]
        batch.marks.append(
            Mark(id=outgoing.id, state=_how_far(sent), taken=True, provider_id=provider_id)
        )
        if outgoing.purpose == Purpose.CAMPAIGN:
            batch.reached += _told(outgoing.id, sent, self._clock())
        known = self._addresses.find(outgoing.contact_id)
        if known is not None and _is_news(sent.address, known):
            batch.revealed.append(Revealed(outgoing, known, sent.address))
            self._addresses.forget(outgoing.contact_id)
        self._lanes.finish(landed.lane)

    def _answered(self, landed: Landed, outgoing: Outgoing) -> None:
        """Measure how long the contact waited for the first answer."""
        live = landed.number.live
        if outgoing.heard_at is not None and live is not None:
            waited = (self._clock() - outgoing.heard_at).total_seconds()
            RESPONSES.labels(live.channel.name).observe(max(waited, 0.0))

    def _listens(self, number: Number, outgoing: Outgoing, batch: Batch) -> None:
        if number.went_well(outgoing.id, outgoing.state_at or self._clock()):
            batch.paused[number.account_id] = ""

    # --- not this time ----------------------------------------------------------------------

    def _later(
        self,
        landed: Landed,
        outgoing: Outgoing,
        error: errors.TemporarySendError,
        batch: Batch,
    ) -> None:
        now = self._clock()
        due_at = self._due_again(landed, outgoing, error, now)
        if isinstance(error, errors.ChannelDownError):
            batch.paused[landed.number.account_id] = _reason(error)
        elif self._too_late(outgoing, error, due_at):
            self._refused(landed, outgoing, error, batch)
            return
        self._again(landed.lane, outgoing, batch, due_at, _reason(error))
        if isinstance(error, errors.ThrottledError | errors.ChannelDownError) and not isinstance(
            error, errors.ContactThrottledError
        ):
            # The number says when: it may open sooner, and every lane of it waits alike.
            outgoing.due_at = now

    def _due_again(
        self,
        landed: Landed,
        outgoing: Outgoing,
        error: errors.TemporarySendError,
        now: datetime,
    ) -> datetime:
        match error:
            case errors.ChannelDownError():
                return landed.number.go_down(now, _reason(error))
            case errors.ContactThrottledError():
                seconds = min(4.0**landed.lane.slowed, _SLOWEST_CONTACT)
                landed.lane.slowed += 1
                return now + timedelta(seconds=max(seconds, error.retry_after))
            case errors.ThrottledError():
                return landed.number.slow_down(now, error.retry_after)
            case _:
                return now + timedelta(seconds=pause(outgoing.attempts))

    def _too_late(
        self, outgoing: Outgoing, error: errors.TemporarySendError, due_at: datetime
    ) -> bool:
        if error.tries is not None and outgoing.attempts > error.tries:
            return True
        patience = outgoing.patience
        if isinstance(error, errors.ThrottledError):
            patience = max(patience, _THROTTLED_PATIENCE)
        return outgoing.attempts >= _FEWEST_TRIES and due_at > outgoing.created_at + patience

    def _again(
        self, lane: Lane, outgoing: Outgoing, batch: Batch, due_at: datetime, error: str
    ) -> None:
        outgoing.state, outgoing.due_at = MessageState.WAITING, due_at
        batch.marks.append(
            Mark(
                id=outgoing.id,
                state=MessageState.WAITING,
                due_at=due_at,
                error=error,
                resent=outgoing.resent,
            )
        )
        self._lanes.put_back(lane)

    # --- never ------------------------------------------------------------------------------

    def _refused(
        self, landed: Landed, outgoing: Outgoing, error: errors.SendError, batch: Batch
    ) -> None:
        if isinstance(error, SIMPLER_HELPS) and self._simpler(landed, outgoing, error, batch):
            return
        if isinstance(error, errors.OptedOutError):
            batch.opted_out.append(outgoing)
        if isinstance(error, errors.RecipientUnreachableError):
            self._addresses.forget(outgoing.contact_id)
            self._fail_with_it(landed.lane, outgoing, error, batch)
        if error.code in CONCERNING:
            batch.lost.append(Lost(outgoing.id, error.code, error.provider_code))
        _log.warning(
            "send_failed", trace=outgoing.trace, message_id=str(outgoing.id), error=_reason(error)
        )
        batch.marks.append(Mark(id=outgoing.id, state=MessageState.FAILED, error=_reason(error)))
        if outgoing.purpose == Purpose.CAMPAIGN:
            failed = MessageState.FAILED, self._clock(), error.code, error.provider_code
            batch.reached.append(Reached(outgoing.id, *failed))
        self._lanes.finish(landed.lane)

    def _fail_with_it(
        self, lane: Lane, outgoing: Outgoing, error: errors.SendError, batch: Batch
    ) -> None:
        """Fail what waits behind it, but for answers to what the contact wrote since."""
        for other in lane.queue:
            if other.purpose == Purpose.REPLY and other.created_at > outgoing.created_at:
                continue
            mark = Mark(id=other.id, state=MessageState.FAILED, error=_reason(error))
            batch.marks.append(mark)
            self._lanes.drop(lane, other)

    def _simpler(
        self, landed: Landed, outgoing: Outgoing, error: errors.SendError, batch: Batch
    ) -> bool:
        """Try the next simpler form, once. That it was needed is a defect of ours."""
        live = landed.number.live
        content = None
        if live is not None and not outgoing.stepped_down:
            content = step_down(outgoing.content, live.channel.limits)
        if content is None:
            return False
        _log.error(
            "send_simplified",
            trace=outgoing.trace,
            message_id=str(outgoing.id),
            error=_reason(error),
        )
        doubt = Doubt.of(outgoing.merchant_id, outgoing.content, str(error))
        if doubt is not None:
            batch.doubts.append(doubt)
        outgoing.content, outgoing.stepped_down = content, True
        self._again(landed.lane, outgoing, batch, self._clock(), "stepped_down")
        batch.marks[-1].body = self._vault.seal(BODY, outgoing.id, msgspec.json.encode(content))
        return True


def _told(message_id: OutboxId, sent: base.Sent, now: datetime) -> list[Reached]:
    """Return what the answer to a send says of how far it got, at least that it was taken."""
    states = [state for status in sent.statuses if (state := reported(status)) is not None]
    return [Reached(message_id, state, now) for state in (int(MessageState.TAKEN), *states)]


def _how_far(sent: base.Sent) -> int:
    """Return the state that the answer itself reports, where it does."""
    states = (state for status in sent.statuses if (state := reported(status)) is not None)
    return reduce(later_state, states, int(MessageState.TAKEN))


def _is_news(told: inbound.Address, known: inbound.Address) -> bool:
    phone = told.phone is not None and told.phone != known.phone
    return phone or bool(told.user_id and told.user_id != known.user_id)


def _reason(error: errors.SendError) -> str:
    return clean(f"{error.code} {error.provider_code}").strip()[:200]


def pause(attempts: int) -> float:
    """Return how many seconds to wait after so many tries: longer each time, never the same."""
    longest = min(_FIRST_PAUSE * 2.0 ** max(attempts - 1, 0), _LONGEST_PAUSE)
    return _RANDOM.uniform(longest / 2, longest)
