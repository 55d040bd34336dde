"""The room's parts, put together from the settings."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.config import Settings
from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.download import Downloader
from sokoni.kit.http import HttpClient
from sokoni.media.archive import Archive
from sokoni.media.fetching import Fetcher
from sokoni.media.kinds import FileKind
from sokoni.media.links import Links
from sokoni.media.pictures import Pictures
from sokoni.media.stores.base import Store
from sokoni.media.stores.folder import FolderStore
from sokoni.media.stores.s3 import S3Store
from sokoni.media.stores.signing import SigningKey
from sokoni.media.uploading import Uploader

_MEGA = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What other rooms use of this one."""

    archive: Archive
    fetcher: Fetcher
    links: Links
    uploader: Uploader


def open_media(
    settings: Settings,
    *,
    engine: AsyncEngine,
    vault: Vault,
    clock: Clock,
    accounts: Accounts,
    http: HttpClient,
) -> Media:
    """Return the parts. Nothing is opened: a folder is made when the first file comes."""
    store = open_store(settings, http, clock)
    archive = Archive(engine, vault, clock, store, timedelta(days=settings.media_days))
    pictures = open_pictures(settings)
    fetcher = Fetcher(
        accounts=accounts,
        downloader=Downloader(private_hosts=_names(settings.media_private_hosts)),
        pictures=pictures,
        archive=archive,
        most={
            FileKind.IMAGE: settings.media_image_mb * _MEGA,
            FileKind.DOCUMENT: settings.media_document_mb * _MEGA,
            FileKind.CARD: _MEGA,
        },
    )
    base_url = settings.media_base_url or settings.public_url
    life = timedelta(hours=settings.media_link_hours)
    uploader = _uploader(settings, archive)
    links = Links(vault, clock, base_url, life)
    return Media(archive=archive, fetcher=fetcher, links=links, uploader=uploader)


def open_uploader(
    settings: Settings, engine: AsyncEngine, vault: Vault, clock: Clock, http: HttpClient
) -> Uploader:
    """Return the part that keeps the merchants' own pictures, without the others."""
    store = open_store(settings, http, clock)
    unused = timedelta(days=settings.media_days)
    return _uploader(settings, Archive(engine, vault, clock, store, unused))


def _uploader(settings: Settings, archive: Archive) -> Uploader:
    return Uploader(open_pictures(settings), archive, most=settings.media_image_mb * _MEGA)


def _names(text: str) -> frozenset[str]:
    return frozenset(name for part in text.split(",") if (name := part.strip()))


def open_pictures(settings: Settings) -> Pictures:
    return Pictures(most_pixels=settings.media_megapixels * _MEGA)


def open_store(settings: Settings, http: HttpClient, clock: Clock) -> Store:
    """Return the bucket where one is set, else the folder."""
    if not settings.media_bucket_url:
        return FolderStore(settings.media_folder)
    key = SigningKey(
        access_key=settings.media_bucket_key_id,
        secret_key=settings.media_bucket_secret,
        region=settings.media_bucket_region,
    )
    return S3Store(settings.media_bucket_url, key, http, clock)
