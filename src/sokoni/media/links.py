"""Addresses under which providers and pages fetch a file, for a while."""

import hmac
import math
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.media.kinds import ENDINGS
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef

PREFIX: Final = "/media/"
UNTIL: Final = "until"
MARK: Final = "mark"
_HOUR: Final = 3600
_KIND: Final = "media link"


class Links:
    """Makes links that end, and knows its own. Nobody can make one, or make one last longer."""

    def __init__(self, vault: Vault, clock: Clock, base_url: str, life: timedelta) -> None:
        self._vault = vault
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._life = life

    def of(self, file: FileRef) -> str:
        """Return the file's address; within an hour it stays the same, for those who keep it."""
        # By whole hours, at least as long as promised.
        ends = (self._clock() + self._life).timestamp()
        until = str(math.ceil(ends / _HOUR) * _HOUR)
        query = urlencode({UNTIL: until, MARK: self._mark(file.id, until)})
        ending = ENDINGS.get(file.mime_type, "bin")
        return f"{self._base_url}{PREFIX}{file.id.hex}.{ending}?{query}"

    def named(self, name: str, until: str, mark: str) -> MediaId | None:
        """Return the file that a link names, None where it is not one of ours, or has ended."""
        try:
            media_id = MediaId(UUID(hex=name.partition(".")[0]))
        except ValueError:
            return None
        if not self._is_ours(media_id, until, mark):
            return None
        return media_id if self._clock().timestamp() < int(until) else None

    def _mark(self, media_id: MediaId, until: str) -> str:
        return self._vault.hash(_KIND, _covered(media_id, until))

    def _is_ours(self, media_id: MediaId, until: str, mark: str) -> bool:
        """Tell whether we made it, also before look-ups moved to another key."""
        ours = self._vault.hashes(_KIND, _covered(media_id, until))
        return any(hmac.compare_digest(one.encode(), mark.encode()) for one in ours)


def _covered(media_id: MediaId, until: str) -> str:
    return f"{media_id.hex} {until}"
