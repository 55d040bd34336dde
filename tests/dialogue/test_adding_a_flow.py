"""The page on adding a flow is true: its blocks make a package, and its chat happens."""

import re
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from sokoni import locales
from sokoni.bootstrap import GROUP, kinds, running
from sokoni.config import Settings
from sokoni.demo.merchants import load_demo
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.manifest import Capability
from sokoni.edge import Side, edge
from sokoni.language.catalogues import Catalogues
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.databases import create_tables
from sokoni.testing.stage import Server
from sokoni.testing.transcripts.simulated import SimulatedPhones
from sokoni.testing.transcripts.steps import Words
from sokoni.workers.crew import Crew
from tests.dialogue.talking import PROFILE, Talk, TwoPlaces

PAGE: Final = Path(__file__).parents[2] / "docs" / "adding-a-flow.md"
OURS: Final = Path(locales.__path__[0])
_MERCHANT: Final = """
merchant: hen-house
name: Hen House
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities:
  farm: {}
channels:
  - channel: simulator
"""


def blocks(language: str) -> list[str]:
    fenced = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return fenced.findall(PAGE.read_text("utf-8"))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the page's blocks as a package."""
    site = tmp_path / "site"
    project = tomllib.loads(blocks("toml")[0])["project"]
    module, _, _ = project["entry-points"][GROUP]["farm"].partition(":")
    _write(site / module / "__init__.py", "\n".join(blocks("python")))
    _write(site / module / "phrases" / "en.yaml", "\n".join(blocks("yaml")))
    _write(site / module / "locales" / "en.po", "\n".join(blocks("po")))
    told = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    _write(told / "METADATA", f"Name: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {at}\n" for name, at in project["entry-points"][GROUP].items())
    _write(told / "entry_points.txt", f"[{GROUP}]\n{points}")
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, module, raising=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.usefixtures("installed")
async def test_chat_on_the_page_happens() -> None:
    [point] = [one for one in entry_points(group=GROUP) if one.name == "farm"]
    farm = point.load()
    assert isinstance(farm, Capability)
    assert farm.locales is not None
    wording = Catalogues(OURS, farm.locales)
    dialogue = MerchantDialogue(PROFILE, [farm], wording, places=TwoPlaces())

    for block in blocks("text"):
        talk = Talk(dialogue)
        for turn in re.findall(r"^> (.*)\n< (.*)$", block, re.MULTILINE):
            said = await talk.say(turn[0])

            assert " ".join(said.split()) == turn[1]


@pytest.mark.usefixtures("installed")
async def test_an_installed_capability_brings_its_wording(tmp_path: Path) -> None:
    _write(tmp_path / "demo" / "hen-house.yaml", _MERCHANT)

    async with _hen_house(tmp_path) as server:
        await server.write("+263771000001", Words("I want eggs"))
        await server.settle()

        [asked] = await server.sent_to("+263771000001")

    assert asked.text.endswith("How many trays?")


@asynccontextmanager
async def _hen_house(folder: Path) -> AsyncIterator[Server]:
    settings = Settings(database_url=f"sqlite:///{folder}/sokoni.db")
    await create_tables(settings.database_url)
    clock = StoppedClock()
    async with running(settings, clock) as app:
        await load_demo(app, kinds(production=False), ["hen-house"], folder=folder / "demo")
        await app.refresh()
        profile = await app.merchants.find("hen-house")
        assert profile is not None
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        yield Server(
            app=app,
            crew=Crew.of(app),
            web=web,
            clock=clock,
            phones=SimulatedPhones(web, profile.slug),
            profile=profile,
        )
