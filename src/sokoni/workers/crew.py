"""All loops of a worker process, made from an App and run together."""

import asyncio
import os
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from sokoni.bootstrap import App
from sokoni.config import Settings
from sokoni.dialogue.locating import LOCATE
from sokoni.dialogue.manifest import ReachedHandler
from sokoni.dialogue.performing import POLLS
from sokoni.dialogue.tally import Tally
from sokoni.media.archive import move
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.dialects import turn_sql
from sokoni.messaging.leases import Leases
from sokoni.messaging.merging import Merging
from sokoni.messaging.tells import Tells
from sokoni.messaging.turn_rows import Claimed
from sokoni.messaging.waiting import NEWS, REQUESTS, SENDS, STATUSES, TURNS
from sokoni.payments import merging as payments_merging
from sokoni.places.service import merge_contacts
from sokoni.reviews import merging as deals_merging
from sokoni.reviews.deals import expire_deals
from sokoni.verification import erasing as verification
from sokoni.web.once import forget_answers
from sokoni.workers.aftermath import Aftermath
from sokoni.workers.allowances import Allowances
from sokoni.workers.delivery import Delivery, DeliverySettings
from sokoni.workers.keeping import keeping_of
from sokoni.workers.news import NewsWorker
from sokoni.workers.parts import TurnParts
from sokoni.workers.read_marks import ReadMarks
from sokoni.workers.requests import RequestWorker
from sokoni.workers.rounds import Loop, Rounds
from sokoni.workers.statuses import StatusWorker
from sokoni.workers.sweep import Kept, Sweep
from sokoni.workers.tallying import Tallying
from sokoni.workers.turns import TurnWorker


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The loops of one process."""

    app: App
    turns: TurnWorker
    marks: ReadMarks
    delivery: Delivery
    statuses: StatusWorker
    news: NewsWorker
    requests: RequestWorker
    sweep: Sweep
    tally: Tally
    rounds: Rounds

    @classmethod
    def of(cls, app: App) -> "Crew":
        delivery, marks, tally = _delivery(app), ReadMarks(app.accounts), Tally(app.engine)
        turns, statuses, news = (
            _turns(app, delivery, marks, tally),
            _statuses(app, delivery),
            _news(app, delivery),
        )
        requests = _requests(app)
        sweep = _sweep(app, requests)
        loops = (
            Loop(run=turns.run_once, times=TURNS),
            Loop(run=delivery.run_once, times=SENDS, own=delivery.next_due, foreseen=False),
            Loop(run=statuses.run_once, times=STATUSES, foreseen=False),
            Loop(run=news.run_once, times=NEWS, foreseen=False),
            Loop(run=requests.run_once, times=REQUESTS),
            Loop(run=sweep.run_once, times=sweep.times, own=sweep.prunes_at),
        )
        return cls(
            app=app,
            turns=turns,
            marks=marks,
            delivery=delivery,
            statuses=statuses,
            news=news,
            requests=requests,
            sweep=sweep,
            tally=tally,
            rounds=Rounds(app.engine, app.clock, loops),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then finish what is on the wire."""
        await self.turns.beware()
        async with asyncio.TaskGroup() as loops:
            for loop in (self.turns, self.delivery, self.statuses, self.requests, self.sweep):
                loops.create_task(loop.run(stop))
            loops.create_task(self.news.run(stop))
            loops.create_task(self.marks.run(stop))
            loops.create_task(Tallying(self.tally).run(stop))
            loops.create_task(self.app.keep_fresh(stop))
        with suppress(SQLAlchemyError, OSError):
            await self.tally.flush()

    async def run_until_idle(self) -> None:
        """Do everything that is due now, for a clock that stands still."""
        await self.rounds.run_until_idle()
        await self.tally.flush()

    async def next_due(self) -> datetime | None:
        """Return when something falls due next, None where nothing is waited for."""
        due = self.delivery.next_due(), await self.rounds.next_due()
        return min((at for at in due if at is not None), default=None)


def kept_as_set(settings: Settings) -> Kept:
    """Return how long rows stay that are over."""
    return Kept(
        events=timedelta(days=settings.event_days),
        requests=timedelta(days=settings.request_days),
        messages=_days(settings.message_days),
        deals=_days(settings.review_days),
        reports=_days(settings.report_days),
        misses=timedelta(days=settings.miss_days),
        codes=timedelta(days=settings.code_days),
    )


def _days(number: int) -> timedelta | None:
    return timedelta(days=number) if number else None


def _turns(app: App, delivery: Delivery, marks: ReadMarks, tally: Tally) -> TurnWorker:
    parts = TurnParts(
        vault=app.vault,
        clock=app.clock,
        merchants=app.merchants,
        accounts=app.accounts,
        dialogue_of=app.dialogues.of,
        places=app.places,
        templates=app.templates,
        contact_rate_per_minute=app.settings.contact_rate_per_minute,
        circle_turns=app.settings.circle_turns,
        locates=LOCATE in app.performers,
        file_url=app.media.links.of,
        public_url=app.settings.public_url,
        cache=app.cache,
        gateways=app.gateways,
    )

    def moved(one: Claimed) -> None:
        delivery.forget(one.contact_id)
        app.inbox.forget([one.id])

    hooks = [one.merge_contacts for one in app.capabilities.values() if one.merge_contacts]
    hooks += (
        move,
        merge_contacts,
        deals_merging.merge_contacts,
        payments_merging.merge_contacts,
        verification.merge_contacts,
    )
    return TurnWorker(
        engine=app.engine,
        sql=turn_sql(app.engine),
        parts=parts,
        aftermath=Aftermath(
            app.vault, Tells(app.inbox), Merging(app.vault, hooks), StaffAlerts(app.vault)
        ),
        hints=app.hints,
        feed=delivery.feed,
        marks=marks,
        batch=app.settings.turn_batch,
        attempts=app.settings.turn_attempts,
        moved=moved,
        count=tally.count,
    )


def _statuses(app: App, delivery: Delivery) -> StatusWorker:
    return StatusWorker(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        hints=app.hints,
        inbox=app.inbox,
        accounts=app.accounts,
        resolved=delivery.resolved,
        paused=delivery.pause,
        reached=_reached(app),
    )


def _reached(app: App) -> Sequence[ReachedHandler]:
    return [one.reached for one in app.capabilities.values() if one.reached]


def _news(app: App, delivery: Delivery) -> NewsWorker:
    return NewsWorker(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        inbox=app.inbox,
        hints=app.hints,
        accounts=app.accounts,
        paused=delivery.pause,
        templates_changed=app.templates.refresh,
    )


def _requests(app: App) -> RequestWorker:
    return RequestWorker(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        inbox=app.inbox,
        hints=app.hints,
        performers=app.performers,
        redis_url=app.settings.redis_url,
    )


def _sweep(app: App, requests: RequestWorker) -> Sweep:
    parts = app.capabilities.values()
    keeping = keeping_of(app.engine, app.clock, app.inbox, app.merchants, app.capabilities)
    return Sweep(
        engine=app.engine,
        clock=app.clock,
        inbox=app.inbox,
        hints=app.hints,
        requests=requests,
        kept=kept_as_set(app.settings),
        tidies=[
            *(one.tidy for one in parts if one.tidy),
            expire_deals,
            forget_answers,
            Allowances(app.vault, app.inbox).watch,
        ],
        alerts=StaffAlerts(app.vault),
        calendars=[*(one.calendar for one in parts if one.calendar), POLLS],
        clearings=[app.media.archive.clear, keeping.clear],
    )


def _delivery(app: App) -> Delivery:
    settings = app.settings
    owner = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
    alone = app.engine.dialect.name == "sqlite"
    return Delivery(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        accounts=app.accounts,
        leases=Leases(app.engine, app.clock, owner, alone=alone),
        hints=app.hints,
        inbox=app.inbox,
        settings=DeliverySettings(
            concurrency=settings.send_concurrency,
            unknown_after=timedelta(seconds=settings.unknown_after_seconds),
            pairwise_pacing=settings.pairwise_pacing,
            number_per_second=settings.number_per_second,
        ),
        reached=_reached(app),
    )
