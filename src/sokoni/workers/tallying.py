"""Writes down now and then what turns counted."""

import asyncio
from typing import Final

from sokoni.dialogue.tally import Tally
from sokoni.workers.looping import keep_running, wait_for

_EVERY_SECONDS: Final = 10.0


class Tallying:
    """The loop of a process's tally."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop; whoever ends the turns writes the rest."""

        async def step() -> None:
            await wait_for(stop, _EVERY_SECONDS)
            await self._tally.flush()

        await keep_running("tally", step, stop)
