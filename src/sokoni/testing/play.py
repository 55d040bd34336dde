"""Plays transcripts one after the other, and tells how each went."""

from collections.abc import Callable, Iterable
from pathlib import Path

from sokoni.config import Settings
from sokoni.errors import AppError
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Theatre
from sokoni.testing.transcripts.parsing import read_script
from sokoni.testing.transcripts.playing import MismatchError, Performance
from sokoni.testing.transcripts.report import mismatch, passed


async def check_transcripts(
    paths: Iterable[Path],
    settings: Settings,
    channel: ChannelName,
    tell: Callable[[str], None],
    spares: Spares | None = None,
) -> bool:
    """Play every file, tell how it went, and return whether all passed.

    Files of one merchant share a database, unless they say `fresh`.
    """
    theatre = Theatre(settings, channel, spares)
    good = True
    try:
        for path in paths:
            good = await _check(path, theatre, tell) and good
    finally:
        await theatre.close()
    return good


async def _check(path: Path, theatre: Theatre, tell: Callable[[str], None]) -> bool:
    try:
        script = read_script(path)
        await Performance(theatre, script).play()
    except MismatchError as error:
        tell(mismatch(error))
    except AppError as error:
        tell(f"FAILED {path}: {error}")
    else:
        tell(passed(script))
        return True
    return False
