"""What a channel must offer for scripts to be played over it."""

from collections.abc import Sequence
from typing import Protocol

from sokoni.errors import AppError
from sokoni.testing.transcripts.matching import Shown
from sokoni.testing.transcripts.playing import Written


class RefusedError(AppError):
    """The server did not take what a phone sent."""

    code = "transcript_refused"
    http_status = 422

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the server answered {status}: {body.decode(errors='replace')}")


class Phones(Protocol):
    """Everyone who writes to one merchant, over one channel."""

    async def write(self, who: str, what: Written) -> None:
        """Hand in what a contact sends; return once the server has stored it."""

    async def sent_to(self, who: str) -> Sequence[Shown]:
        """Return everything that was ever sent to a contact, in order."""

    async def settle(self) -> bool:
        """Bring in what the provider reports meanwhile; tell whether there was anything."""
