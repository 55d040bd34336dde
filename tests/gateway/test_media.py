"""Files of contacts are given out by links that are ours and not over, and by nothing else."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.config import Settings
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.gateway.app import build_gateway
from sokoni.gateway.asgi import AsgiApp
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.media.archive import NewFile, erase
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.room import Media, open_media
from sokoni.testing.clock import NOON, StoppedClock
from tests.gateway.driving import FixedAccounts, NoHttp, Reply, call, parts

JPEG = b"\xff\xd8\xff content"
ANA = ContactId(new_id())


@dataclass
class Desk:
    app: AsgiApp
    media: Media
    clock: StoppedClock
    folder: Path

    async def kept(self, mime_type: str = "image/jpeg", content: bytes = JPEG) -> FileRef:
        file = NewFile(
            id=MediaId(new_id()),
            merchant_id=MerchantId(new_id()),
            contact_id=ANA,
            mime_type=mime_type,
            content=content,
        )
        return await self.media.archive.keep(file)

    async def get(self, link: str, method: str = "GET") -> Reply:
        parts = urlsplit(link)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return await call(self.app, path, method=method)


@pytest.fixture
async def desk(engine: AsyncEngine, vault: Vault, tmp_path: Path) -> Desk:
    async with AsyncSession(engine) as session, session.begin():
        session.add(Contact(id=ANA, merchant_id=MerchantId(new_id()), created_at=NOON))
    clock, settings = StoppedClock(), Settings(media_dir=tmp_path / "media")
    accounts = Accounts(engine, vault, Registry(), NoHttp(), clock)
    media = open_media(
        settings, engine=engine, vault=vault, clock=clock, accounts=accounts, http=NoHttp()
    )
    gateway = replace(
        parts(engine, vault, FixedAccounts(), settings), media=media, figures=CollectorRegistry()
    )
    return Desk(build_gateway(gateway), media, clock, tmp_path / "media")


async def test_picture_is_given_out_as_a_picture_and_nothing_else(desk: Desk) -> None:
    ref = await desk.kept()

    reply = await desk.get(desk.media.links.of(ref))

    assert (reply.status, reply.body) == (200, JPEG)
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["content-length"] == str(len(JPEG))
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert reply.headers["content-disposition"] == f'inline; filename="{ref.id.hex}.jpg"'


async def test_document_is_to_be_saved_not_opened_here(desk: Desk) -> None:
    reply = await desk.get(desk.media.links.of(await desk.kept("application/pdf", b"%PDF-1.7")))

    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"].startswith("attachment;")


async def test_head_tells_the_same_without_the_store(desk: Desk) -> None:
    link = desk.media.links.of(await desk.kept())
    full = await desk.get(link)
    for path in desk.folder.rglob("*"):
        if path.is_file():
            path.unlink()

    head = await desk.get(link, "HEAD")

    assert (head.status, head.body) == (200, b"")
    told = ("content-type", "content-length", "content-disposition", "cache-control")
    assert [head.headers[name] for name in told] == [full.headers[name] for name in told]
    assert (await desk.get(link)).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_link_that_is_over_or_forged_leads_nowhere(desk: Desk, method: str) -> None:
    ref = await desk.kept()
    link, other = desk.media.links.of(ref), desk.media.links.of(await desk.kept())
    swapped = link.replace(ref.id.hex, urlsplit(other).path.rpartition("/")[2].partition(".")[0])

    for wrong in (swapped, link.partition("?")[0], f"{link}0", link.replace("until=1", "until=2")):
        assert (await desk.get(wrong, method)).status == 404

    desk.clock.advance(timedelta(hours=73))
    assert (await desk.get(link, method)).status == 404


@pytest.mark.parametrize("path", ["/media", "/media/", "/media/..", "/media/a/b", "/media/%2e%2e"])
async def test_there_is_nothing_to_look_around_in(desk: Desk, path: str) -> None:
    await desk.kept()

    assert (await desk.get(path)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_can_be_changed_by_a_link(desk: Desk, method: str) -> None:
    link = desk.media.links.of(await desk.kept())

    assert (await desk.get(link, method)).status == 405
    assert (await desk.get(link)).status == 200


async def test_file_of_an_erased_contact_is_given_out_no_more(
    desk: Desk, engine: AsyncEngine
) -> None:
    link = desk.media.links.of(await desk.kept())

    async with writing(engine) as connection:
        await erase(connection, ANA, desk.clock())

    assert (await desk.get(link)).status == 404


async def test_store_that_is_away_is_to_be_asked_again(desk: Desk) -> None:
    link = desk.media.links.of(await desk.kept())
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    desk.folder.write_text("in the way")

    assert (await desk.get(link)).status == 503
