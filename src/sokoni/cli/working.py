"""`sokoni work`: the loops without the web side; any number of such processes."""

import uvloop

from sokoni.bootstrap import running
from sokoni.cli.running import migrated, ready, stopping
from sokoni.config import Settings
from sokoni.workers.crew import Crew


def work() -> None:
    """Turn, deliver, ask, sweep: the loops, without the web side."""
    uvloop.run(_work(ready()))


async def _work(settings: Settings) -> None:
    await migrated(settings)
    async with stopping() as stop, running(settings) as app:
        await Crew.of(app).run(stop)
