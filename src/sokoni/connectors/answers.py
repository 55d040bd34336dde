"""What services that are asked over HTTP have in common: when to ask again, and how often."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from sokoni.kit.http import NotSentError, Response

PAUSES: Final = (0.2, 0.6)
"""Seconds before it is asked a second, and a third time."""
_FAULT: Final = 500
_LONGEST: Final = 3600.0


async def asked(
    request: Callable[[], Awaitable[Response]], pauses: Sequence[float] = PAUSES
) -> Response:
    """Ask, and ask as often more where nobody was reached or the service broke (5xx).

    Raises what the client raises; an answer that was lost is not asked for again.
    """
    for pause in pauses:
        try:
            response = await request()
        except NotSentError:
            await asyncio.sleep(pause)
            continue
        if response.status < _FAULT:
            return response
        await asyncio.sleep(pause)
    return await request()


def retry_after(response: Response, now: datetime) -> float:
    """Return how many seconds a service wants to be left alone, 0 where it does not say."""
    told = response.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return min(float(told), _LONGEST)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), _LONGEST)
