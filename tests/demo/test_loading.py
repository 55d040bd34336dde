"""Demo merchants are loaded once, whole, and anew on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.directory import ContactDirectory
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.demo.merchants import demo_names, load_demo
from sokoni.dialogue.manifest import Capability
from sokoni.merchants.file import Kinds
from sokoni.merchants.lines import SAFE_LOADER
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.demo.shipped import text_of
from tests.merchants.files import HouseConfig

FILE = """\
merchant: {name}
name: Stalls
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities: {{stall: }}
channels: [{{channel: house}}]
"""
DATA = """\
stall:
  people:
    - {phone: "0772000001", name: Chipo}
    - {phone: "0772000002", name: Farai}
"""


class StallSettings(BaseModel):
    pass


KINDS = Kinds(
    channels={"house": HouseConfig}, capabilities={"stall": StallSettings}, languages={"en"}
)


async def load_people(loading: Loading, data: Mapping[str, Any]) -> None:
    for person in data["people"]:
        await loading.contact(str(person["phone"]), person["name"])


@dataclass(frozen=True)
class Installed:
    engine: AsyncEngine
    vault: Vault
    clock: StoppedClock
    capabilities: Mapping[str, Capability]


@pytest.fixture
def installed(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Installed:
    stall = Capability(
        name="stall",
        tasks=(),
        settings=StallSettings,
        phrases=Path("phrases"),
        load_demo=load_people,
    )
    return Installed(engine, vault, clock, {"stall": stall})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("east", "west"):
        (tmp_path / f"{name}.yaml").write_text(FILE.format(name=name))
        (tmp_path / f"{name}.data.yaml").write_text(DATA)
    return tmp_path


async def count(session: AsyncSession, model: type[Contact | Merchant]) -> int:
    found = await session.scalar(select(func.count()).select_from(model))
    await session.rollback()
    return found or 0


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_all_are_loaded_once(
    installed: Installed, folder: Path, session: AsyncSession
) -> None:
    first = await load_demo(installed, KINDS, folder=folder)

    second = await load_demo(installed, KINDS, folder=folder)

    assert (first, second) == (["east", "west"], [])
    assert await count(session, Merchant) == 2
    assert await count(session, Contact) == 4


async def test_one_is_loaded_anew_and_the_other_left_alone(
    installed: Installed, folder: Path, session: AsyncSession
) -> None:
    await load_demo(installed, KINDS, folder=folder)
    before = {row.slug: row.id for row in await session.scalars(select(Merchant))}
    accounts = set(await session.scalars(select(ChannelAccount.account)))
    contacts = set(await session.scalars(select(Contact.id)))
    await session.rollback()

    loaded = await load_demo(installed, KINDS, ["east"], fresh=True, folder=folder)

    session.expire_all()
    after = {row.slug: row.id for row in await session.scalars(select(Merchant))}
    assert loaded == ["east"]
    assert after == before
    assert set(await session.scalars(select(ChannelAccount.account))) == accounts
    assert len(contacts & set(await session.scalars(select(Contact.id)))) == 2


async def test_a_file_may_name_a_variable_with_a_default(
    installed: Installed, folder: Path, session: AsyncSession
) -> None:
    for name in ("east", "west"):
        text = FILE.format(name=name).replace("Stalls", f"${{{name.upper()}:-Stalls}}")
        (folder / f"{name}.yaml").write_text(text)

    await load_demo(installed, KINDS, folder=folder, variables={"EAST": "Eastern stalls"})

    names = {row.slug: row.name for row in await session.scalars(select(Merchant))}
    assert names == {"east": "Eastern stalls", "west": "Stalls"}


async def test_contacts_have_names_and_no_number_in_the_clear(
    installed: Installed, folder: Path, session: AsyncSession
) -> None:
    await load_demo(installed, KINDS, ["east"], folder=folder)

    merchant = (await session.scalars(select(Merchant))).one()
    directory = ContactDirectory(session, installed.vault, merchant.id)
    people = (await session.scalars(select(Contact).order_by(Contact.id))).all()
    assert [await directory.name_of(one.id) for one in people] == ["Chipo", "Farai"]
    assert await directory.phone_of(people[0].id) == "+263772000001"
    assert {one.language for one in people} == {"en"}


async def test_wrong_data_leaves_nothing_behind(
    installed: Installed, folder: Path, session: AsyncSession
) -> None:
    (folder / "west.data.yaml").write_text("stall:\n  people: [{phone: 12, name: Nobody}]\n")

    with pytest.raises(DemoDataError, match="Nobody"):
        await load_demo(installed, KINDS, ["west"], folder=folder)

    assert await count(session, Merchant) == 0


async def test_an_unknown_name_is_refused(installed: Installed, folder: Path) -> None:
    with pytest.raises(DemoDataError, match="there is: east, west"):
        await load_demo(installed, KINDS, ["north"], folder=folder)


def test_the_shipped_names_are_those_of_merchant_files() -> None:
    assert "gokwe-market" in demo_names()


@pytest.mark.parametrize("name", demo_names())
def test_the_shipped_files_are_read_without_the_library_in_c_too(name: str) -> None:
    text = text_of(name)

    assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506
