"""A link names one file until it ends; nobody else can make one."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.config import Settings
from sokoni.db.vault import Vault
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import new_id
from sokoni.media.links import Links
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.room import open_media
from sokoni.testing.clock import StoppedClock

FILE = FileRef(MediaId(new_id()))
LIFE = timedelta(hours=72)


@pytest.fixture
def links(vault: Vault, clock: StoppedClock) -> Links:
    return Links(vault, clock, "https://files.example/", LIFE)


def taken_apart(link: str) -> tuple[str, str, str]:
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    return parts.path.rpartition("/")[2], query["until"][0], query["mark"][0]


def test_link_names_its_file(links: Links) -> None:
    link = links.of(FILE)

    assert link.startswith(f"https://files.example/media/{FILE.id.hex}.jpg?")
    assert links.named(*taken_apart(link)) == FILE.id


def test_link_of_a_document_ends_as_one(links: Links) -> None:
    assert ".pdf?" in links.of(FileRef(FILE.id, "application/pdf"))


def test_link_is_the_same_for_an_hour(links: Links, clock: StoppedClock) -> None:
    clock.advance(timedelta(minutes=1))
    first = links.of(FILE)

    clock.advance(timedelta(minutes=58))
    assert links.of(FILE) == first

    clock.advance(timedelta(minutes=2))
    assert links.of(FILE) != first


def test_link_lasts_at_least_as_promised_and_then_ends(links: Links, clock: StoppedClock) -> None:
    link = taken_apart(links.of(FILE))

    clock.advance(LIFE - timedelta(seconds=1))
    assert links.named(*link) == FILE.id

    clock.advance(timedelta(hours=1))
    assert links.named(*link) is None


@pytest.mark.parametrize("later", ["9999999999", "", "never", "1e9", "-1", "٩"])
def test_link_cannot_be_made_to_last_longer(links: Links, later: str) -> None:
    name, _, mark = taken_apart(links.of(FILE))

    assert links.named(name, later, mark) is None


@pytest.mark.parametrize(
    "name",
    [f"{MediaId(new_id()).hex}.jpg", "", "..", "../../etc/passwd", "x.jpg", "%2e%2e"],
    ids=["another", "none", "above", "elsewhere", "no id", "encoded"],
)
def test_link_cannot_be_made_to_name_another_file(links: Links, name: str) -> None:
    _, until, mark = taken_apart(links.of(FILE))

    assert links.named(name, until, mark) is None


@pytest.mark.parametrize("mark", ["", "0" * 32, "é"])
def test_mark_cannot_be_guessed(links: Links, mark: str) -> None:
    name, until, _ = taken_apart(links.of(FILE))

    assert links.named(name, until, mark) is None


def test_link_holds_while_look_ups_move_to_another_key(clock: StoppedClock) -> None:
    old, new = b"o" * 32, b"n" * 32
    before = Links(Vault([old]), clock, "https://files.example", LIFE)
    after = Links(Vault([new, old]), clock, "https://files.example", LIFE)

    assert after.named(*taken_apart(before.of(FILE))) == FILE.id


def test_link_of_another_installation_is_none_of_ours(clock: StoppedClock, links: Links) -> None:
    theirs = Links(Vault([b"x" * 32]), clock, "https://files.example", LIFE)

    assert links.named(*taken_apart(theirs.of(FILE))) is None


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ({"MEDIA_BASE_URL": "https://cdn.example/files"}, "https://cdn.example/files"),
        ({"SOKONI_MEDIA_BASE_URL": "https://files.example"}, "https://files.example"),
        ({}, "https://shop.example"),
    ],
)
async def test_links_lead_where_the_environment_says(  # noqa: PLR0913 -- fixtures and a case
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    engine: AsyncEngine,
    vault: Vault,
    clock: StoppedClock,
    *,
    said: dict[str, str],
    base: str,
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    settings = Settings(public_url="https://shop.example", media_dir=tmp_path)
    async with ReqwestClient() as http:
        accounts = Accounts(engine, vault, Registry(), http, clock)
        media = open_media(
            settings, engine=engine, vault=vault, clock=clock, accounts=accounts, http=http
        )

    assert media.links.of(FILE).startswith(f"{base}/media/{FILE.id.hex}.jpg?")
