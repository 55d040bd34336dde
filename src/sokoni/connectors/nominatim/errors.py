"""Why Nominatim did not answer."""

from typing import ClassVar

from sokoni.errors import AppError


class NominatimError(AppError):
    """No answer to be had. Nobody should ask again for `pause` seconds."""

    code: ClassVar[str] = "nominatim_away"

    def __init__(self, reason: str, pause: float) -> None:
        super().__init__(reason)
        self.pause = pause


class NominatimThrottledError(NominatimError):
    """It was asked too often (429)."""

    code: ClassVar[str] = "nominatim_throttled"


class NominatimBlockedError(NominatimError):
    """It refuses us (403), and will go on doing so."""

    code: ClassVar[str] = "nominatim_blocked"
