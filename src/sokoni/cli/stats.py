"""`sokoni stats`: how far contacts get with what they begin."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.db.days import Days
from sokoni.dialogue.journeys import Happened
from sokoni.dialogue.tally import Counted, counts_by_day, counts_since
from sokoni.merchants.directory import profile_of
from sokoni.merchants.service import Merchants
from sokoni.messaging.statistics import Figures, Statistics


def stats(
    merchant: Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")],
    days: Annotated[int, typer.Option("--days", help="The last so many.", min=1, max=400)] = 30,
) -> None:
    """Tell how many conversations there are, and how far contacts get, question by question."""
    say("\n".join(asyncio.run(_lines(merchant, days))))


async def _lines(slug: str, days: int) -> list[str]:
    async with opened() as parts, parts.session() as session:
        merchant = profile_of(await Merchants(session, parts.vault, parts.clock).get(slug))
        now = parts.clock()
        counting = Statistics(session, merchant.id, now)
        figures = await counting.figures()
        first = Days.until(now, merchant.zone, days).first
        counted = await counts_since(session, merchant.id, first)
        by_day = await counts_by_day(session, merchant.id, first)
        standing = await counting.steps()
    return lines(figures, counted, standing, by_day)


def lines(
    figures: Figures,
    counted: Sequence[Counted],
    standing: Mapping[str, int],
    by_day: Mapping[str, Mapping[date, int]],
) -> list[str]:
    """Return what is told: of all, of each task and its questions, and of each day."""
    busy = f"{figures.conversations} conversations, {figures.active_in_a_day} of them today"
    tasks = (line for task in _names(counted) for line in _task(task, counted, standing))
    return [busy, *tasks, *_by_day(by_day)]


def _names(counted: Sequence[Counted]) -> list[str]:
    return sorted({one.task for one in counted})


def _task(task: str, counted: Sequence[Counted], standing: Mapping[str, int]) -> list[str]:
    """Return a line for the task, and one for each of its questions."""
    mine = [one for one in counted if one.task == task]
    steps = sorted({one.step for one in mine} - {""})
    whole = _told(mine, (Happened.STARTED, Happened.FINISHED, Happened.LEFT))
    rates = "".join(f", {share:.0%} {what}" for what, share in _rates(_sums(mine)))
    each = (f"  {step}: {_at(step, mine, standing.get(f'{task}.{step}', 0))}" for step in steps)
    return [f"{task}: {whole}{rates}", *each]


def _rates(sums: Counter[Happened]) -> list[tuple[str, float]]:
    """Return which part of what ended was finished, and of what was said was no answer."""
    ended, missed = sums[Happened.FINISHED] + sums[Happened.LEFT], sums[Happened.MISSED]
    said = sums[Happened.ASKED] + missed
    found = (
        ("completed", sums[Happened.FINISHED], ended),
        ("misunderstood", missed, said),
    )
    return [(what, part / whole) for what, part, whole in found if whole]


def _at(step: str, mine: Sequence[Counted], here_now: int) -> str:
    here = [one for one in mine if one.step == step]
    told, sums = _told(here, (Happened.ASKED, Happened.MISSED, Happened.LEFT)), _sums(here)
    if here_now:
        told = f"{told}, {here_now} there now"
    if answered := sums[Happened.ANSWERED]:
        return f"{told}, answered after {sums[Happened.SECONDS] / answered:.0f} s on average"
    return told


def _by_day(counts: Mapping[str, Mapping[date, int]]) -> list[str]:
    """Return a line for each day, of all tasks together."""
    told = (Happened.STARTED, Happened.FINISHED, Happened.LEFT)
    on = {one: counts.get(f"tasks_{one}", {}) for one in told}
    days = sorted({day for each in on.values() for day in each})
    return [f"{day}: {', '.join(f'{on[one].get(day, 0)} {one}' for one in told)}" for day in days]


def _sums(counted: Sequence[Counted]) -> Counter[Happened]:
    sums: Counter[Happened] = Counter()
    for one in counted:
        sums[one.happened] += one.count
    return sums


def _told(counted: Sequence[Counted], wanted: Sequence[Happened]) -> str:
    sums = _sums(counted)
    return ", ".join(f"{sums[happened]} {happened}" for happened in wanted)
