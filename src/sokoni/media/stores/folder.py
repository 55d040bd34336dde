"""A folder of this machine, or one that all machines share."""

import asyncio
import os
from pathlib import Path
from uuid import uuid4

from sokoni.media.models import MediaId
from sokoni.media.stores.base import StoreAwayError


class FolderStore:
    """A file by its id, readable by the server alone; no name comes from outside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, media_id: MediaId, sealed: bytes) -> None:
        try:
            await asyncio.to_thread(_write, self._path(media_id), sealed)
        except OSError as error:
            raise StoreAwayError(error.strerror or type(error).__name__) from error

    async def get(self, media_id: MediaId) -> bytes | None:
        try:
            return await asyncio.to_thread(self._path(media_id).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreAwayError(error.strerror or type(error).__name__) from error

    async def delete(self, media_id: MediaId) -> None:
        try:
            await asyncio.to_thread(self._path(media_id).unlink, missing_ok=True)
        except OSError as error:
            raise StoreAwayError(error.strerror or type(error).__name__) from error

    def _path(self, media_id: MediaId) -> Path:
        # By the end of the id: its beginning is the time, and the same for all of a day.
        return self._folder / media_id.hex[-2:] / media_id.hex


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, so that it outlives a power cut."""
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
