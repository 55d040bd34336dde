"""A merchant's number at a fake Graph API, and everything that keeps what is sent there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.channels.inbound import Medium
from sokoni.channels.registry import Registry
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.kit.download import Downloader
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import AccountId, ContactId, MerchantId, new_id
from sokoni.media.archive import Archive
from sokoni.media.fetching import Fetch, Fetcher
from sokoni.media.kinds import FileKind
from sokoni.media.models import MediaId, StoredFile
from sokoni.media.pictures import Pictures
from sokoni.media.stores.folder import FolderStore
from sokoni.merchants.models import ChannelAccount
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.testing.graph_media import GraphFile

SHOP = MerchantId(new_id())
TOKEN = "good-token"
UNUSED = timedelta(days=60)


@dataclass(kw_only=True)
class Studio:
    engine: AsyncEngine
    vault: Vault
    clock: StoppedClock
    graph: FakeGraph
    folder: Path
    archive: Archive
    fetcher: Fetcher
    account_id: AccountId
    contact_id: ContactId

    def fetch(self, file: GraphFile | bytes, kind: FileKind = FileKind.IMAGE) -> Fetch:
        """Return the wish for a file that the contact sent."""
        told = self.graph.media.described(self.graph.media.add(file))
        return Fetch(
            id=MediaId(new_id()),
            merchant_id=SHOP,
            account_id=self.account_id,
            contact_id=self.contact_id,
            medium=Medium(kind=kind, id=told["id"], sha256=told["sha256"]),
            kind=kind,
        )

    async def row(self, media_id: MediaId) -> StoredFile | None:
        async with AsyncSession(self.engine) as session:
            return await session.scalar(select(StoredFile).where(StoredFile.id == media_id))

    def on_disk(self) -> dict[str, bytes]:
        """Return every file in the folder by its name."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in found}


@asynccontextmanager
async def studio(
    engine: AsyncEngine,
    vault: Vault,
    clock: StoppedClock,
    folder: Path,
    *,
    private_hosts: frozenset[str] = frozenset({"127.0.0.1"}),
) -> AsyncIterator[Studio]:
    graph = FakeGraph(tokens=frozenset({TOKEN}), clock=clock)
    async with fake_graph(graph), ReqwestClient() as http:
        contact = Contact(id=ContactId(new_id()), merchant_id=SHOP, created_at=clock())
        account = _account(vault, graph.url, clock())
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            session.add_all([contact, account])
        archive = Archive(engine, vault, clock, FolderStore(folder), UNUSED)
        yield Studio(
            engine=engine,
            vault=vault,
            clock=clock,
            graph=graph,
            folder=folder,
            archive=archive,
            fetcher=Fetcher(
                accounts=Accounts(engine, vault, Registry(), http, clock),
                downloader=Downloader(private_hosts=private_hosts),
                pictures=Pictures(most_pixels=1_000_000),
                archive=archive,
                most={FileKind.IMAGE: 100_000, FileKind.DOCUMENT: 200_000},
            ),
            account_id=account.id,
            contact_id=contact.id,
        )


def _account(vault: Vault, url: str, now: datetime) -> ChannelAccount:
    row_id = AccountId(new_id())
    config = {
        "phone_number_id": "880011",
        "access_token": TOKEN,
        "app_secrets": ["secret"],
        "verify_token": "hush",
        "base_url": url,
    }
    return ChannelAccount(
        id=row_id,
        merchant_id=SHOP,
        channel="whatsapp_cloud",
        account=f"token-{row_id.hex}",
        key="880011",
        config=vault.seal("channel_accounts.config", row_id, json.dumps(config).encode()),
        created_at=now,
    )
