"""Looks at where files of contacts are kept, and at what makes pictures plain."""

import asyncio
import os
from typing import Final

from sokoni.cli.findings import Finding, good, wrong
from sokoni.config import Settings
from sokoni.kit.clock import utc_now
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import new_id
from sokoni.media.errors import FileRefusedError
from sokoni.media.models import MediaId
from sokoni.media.room import open_pictures, open_store
from sokoni.media.stores.base import StoreAwayError

_ENDING_SECONDS: Final = 0.1
# One grey dot.
_DOT: Final = bytes.fromhex(
    "47494638396101000100800000808080ffffff21f90401000000002c00000000010001000002024401003b"
)


async def media_findings(settings: Settings) -> list[Finding]:
    """Try what every picture goes through."""
    return [await _pictures(settings), await _store(settings), *_links(settings)]


async def _pictures(settings: Settings) -> Finding:
    try:
        await open_pictures(settings).plain(_DOT)
    except (FileRefusedError, OSError):
        return wrong(
            "No picture can be made plain: contacts' photos are refused. Is Pillow there?"
        )
    return good("Pictures can be made plain.")


async def _store(settings: Settings) -> Finding:
    if settings.media_bucket_url:
        return await _bucket(settings)
    folder = settings.media_folder
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return wrong(f"Files cannot be kept in {folder}: {nearest} takes none.")
    return good(f"Files are kept in {folder}.")


async def _bucket(settings: Settings) -> Finding:
    probe = MediaId(new_id())
    async with ReqwestClient() as http:
        store = open_store(settings, http, utc_now)
        try:
            await store.put(probe, b"probe")
            await store.delete(probe)
        except StoreAwayError as error:
            finding = wrong(f"The bucket takes no files ({error}).")
        else:
            finding = good("The bucket takes files, and lets them go.")
    # The client's threads end a moment later; a command that is over before them is aborted.
    await asyncio.sleep(_ENDING_SECONDS)
    return finding


def _links(settings: Settings) -> list[Finding]:
    url = settings.media_base_url
    if settings.production and url and not url.startswith("https://"):
        return [wrong(f"MEDIA_BASE_URL is {url}: providers fetch from https:// alone.")]
    return []
