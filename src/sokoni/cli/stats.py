"""`sokoni stats`: how far contacts get with what they begin."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.db.days import Days
from sokoni.dialogue.journeys import Happened
from sokoni.dialogue.tally import Counted, counts_since
from sokoni.merchants.directory import profile_of
from sokoni.merchants.service import Merchants
from sokoni.messaging.statistics import Statistics


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
        figures = await Statistics(session, merchant.id, now).figures()
        counted = await counts_since(
            session, merchant.id, Days.until(now, merchant.zone, days).first
        )
    busy = f"{figures.conversations} conversations, {figures.active_in_a_day} of them today"
    return [busy, *(line for task in _names(counted) for line in _task(task, counted))]


def _names(counted: Sequence[Counted]) -> list[str]:
    return sorted({one.task for one in counted})


def _task(task: str, counted: Sequence[Counted]) -> list[str]:
    """Return a line for the task, and one for each of its questions."""
    mine = [one for one in counted if one.task == task]
    steps = sorted({one.step for one in mine} - {""})
    whole = _told(mine, (Happened.STARTED, Happened.FINISHED, Happened.LEFT))
    return [f"{task}: {whole}", *(f"  {step}: {_at(step, mine)}" for step in steps)]


def _at(step: str, mine: Sequence[Counted]) -> str:
    here = [one for one in mine if one.step == step]
    told, sums = _told(here, (Happened.ASKED, Happened.MISSED, Happened.LEFT)), _sums(here)
    if answered := sums[Happened.ANSWERED]:
        return f"{told}, answered after {sums[Happened.SECONDS] / answered:.0f} s on average"
    return told


def _sums(counted: Sequence[Counted]) -> Counter[Happened]:
    sums: Counter[Happened] = Counter()
    for one in counted:
        sums[one.happened] += one.count
    return sums


def _told(counted: Sequence[Counted], wanted: Sequence[Happened]) -> str:
    sums = _sums(counted)
    return ", ".join(f"{sums[happened]} {happened}" for happened in wanted)
