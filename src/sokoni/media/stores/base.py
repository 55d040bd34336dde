"""The contract of a store: sealed contents by id, and nothing known of them."""

from typing import Protocol

from sokoni.errors import AppError
from sokoni.media.models import MediaId


class StoreAwayError(AppError):
    """The store did not do it, this time."""

    code = "media_store_away"
    http_status = 503


class Store(Protocol):
    """Each of these raises `StoreAwayError` where the store cannot be reached or refuses."""

    async def put(self, media_id: MediaId, sealed: bytes) -> None:
        """Keep it, in place of what there was."""

    async def get(self, media_id: MediaId) -> bytes | None:
        """Return it, or None where there is nothing."""

    async def delete(self, media_id: MediaId) -> None:
        """Have it no longer; it may be gone already."""
