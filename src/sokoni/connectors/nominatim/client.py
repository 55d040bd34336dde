"""Asks Nominatim. How often is not its affair: see `places.geocoding`."""

from typing import Final
from urllib.parse import urlencode

import msgspec

from sokoni.connectors.nominatim.config import NominatimConfig
from sokoni.connectors.nominatim.errors import (
    NominatimBlockedError,
    NominatimError,
    NominatimThrottledError,
)
from sokoni.connectors.nominatim.payloads import Address, address_of
from sokoni.kit.http import HttpClient, Response, TransportError

_SUBURB: Final = 14
_GOOD, _FORBIDDEN, _TOO_MANY = 200, 403, 429
_SHORT_PAUSE: Final = 10.0
_PAUSE: Final = 60.0
_LONG_PAUSE: Final = 3600.0


class Nominatim:
    """One server of it."""

    def __init__(self, http: HttpClient, config: NominatimConfig) -> None:
        self._http = http
        self._config = config

    async def reverse(self, latitude: float, longitude: float, language: str) -> Address | None:
        """Return what is at a point, to the suburb, or None. Raises `NominatimError`."""
        asked = {
            "format": "jsonv2",
            "lat": f"{latitude}",
            "lon": f"{longitude}",
            "zoom": _SUBURB,
            "addressdetails": 1,
            "accept-language": language,
        }
        response = await self._get(f"/reverse?{urlencode(asked)}")
        try:
            return address_of(response.body)
        except msgspec.MsgspecError as error:
            raise NominatimError("unreadable", _SHORT_PAUSE) from error

    async def _get(self, path: str) -> Response:
        try:
            response = await self._http.request(
                "GET",
                self._config.url + path,
                headers={"user-agent": self._config.user_agent},
                timeout=self._config.seconds,
            )
        except TransportError as error:
            raise NominatimError(str(error), _SHORT_PAUSE) from error
        if response.status == _TOO_MANY:
            raise NominatimThrottledError("429", _asked_pause(response))
        if response.status == _FORBIDDEN:
            raise NominatimBlockedError("403", _LONG_PAUSE)
        if response.status != _GOOD:
            raise NominatimError(str(response.status), _SHORT_PAUSE)
        return response


def _asked_pause(response: Response) -> float:
    """Return how long it wants to be left alone; a date in place of seconds counts as none."""
    told = response.headers.get("retry-after", "")
    return min(max(float(told), _PAUSE), _LONG_PAUSE) if told.isdecimal() else _PAUSE
