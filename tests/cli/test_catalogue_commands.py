"""A shop fills WhatsApp's catalogue by a command, with a fake of Meta's on loopback."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sokoni.testing.fake_graph import FakeGraph
from sokoni.testing.loopback import serving
from tests.cli.conftest import Run

MERCHANT = """\
merchant: kiosk
name: Kiosk
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities: {{store: {{}}}}
channels:
  - channel: whatsapp_cloud
    phone_number_id: "555000111222333"
    access_token: {token}
    app_secrets: [hush]
    verify_token: hush
    base_url: {url}
    catalog_id: "{catalogue}"
    catalog_link: https://kiosk.example
"""
PRODUCTS = """\
sku,name,price,pictures
TEA,Tea,2.00,https://cdn.example.com/tea.jpg
MUG,Mug,3.00,https://cdn.example.com/mug.jpg
RICE,Rice,4.00,
"""


@contextmanager
def beside() -> Iterator[FakeGraph]:
    """Serve the fake from a thread of its own: each command has a loop of its own."""
    graph, started, stop = (
        FakeGraph(tokens=frozenset({"good"})),
        threading.Event(),
        asyncio.Event(),
    )
    graph.catalogue.id = "8009"

    async def serve() -> None:
        async with serving(graph.answer) as graph.url:
            loops.append(asyncio.get_running_loop())
            started.set()
            await stop.wait()

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(5)
    try:
        yield graph
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(5)


@pytest.fixture
def graph(run: Run, home: Path) -> Iterator[FakeGraph]:
    with beside() as graph:
        run("db", "upgrade")
        open_kiosk(run, home, graph)
        (home / "products.csv").write_text(PRODUCTS)
        assert run("import", "products", "products.csv", "--merchant", "kiosk").code == 0
        yield graph


def open_kiosk(
    run: Run, home: Path, graph: FakeGraph, access: str = "good", catalogue: str = "8009"
) -> None:
    text = MERCHANT.format(url=graph.url, token=access, catalogue=catalogue)
    (home / "kiosk.yaml").write_text(text)
    applied = run("merchant", "apply", "kiosk.yaml")
    assert applied.code == 0, applied.err


def test_what_can_be_shown_is_put_there_and_the_rest_named(run: Run, graph: FakeGraph) -> None:
    said = run("catalogue", "push", "kiosk")

    assert said.code == 1
    assert said.out == "2 put, 0 as they were, 0 taken out; 1 not taken.\n"
    assert said.err.startswith("RICE: it has no picture")
    assert graph.catalogue.items["TEA"]["link"] == "https://kiosk.example"
    assert graph.catalogue.items["TEA"]["price"] == "2.00 USD"


def test_a_second_time_only_what_changed_goes(run: Run, home: Path, graph: FakeGraph) -> None:
    run("catalogue", "push", "kiosk")
    (home / "products.csv").write_text("sku,price\nTEA,2.50\n")
    run("import", "products", "products.csv", "--merchant", "kiosk")

    assert run("catalogue", "push", "kiosk").out.startswith("1 put, 1 as they were, 0 taken out")
    assert graph.catalogue.items["TEA"]["price"] == "2.50 USD"
    assert run("catalogue", "push", "kiosk", "--all").out.startswith("2 put, 0 as they were")


def test_what_is_there_is_counted_and_read(run: Run, graph: FakeGraph) -> None:
    graph.catalogue.items.update({f"OTHER-{n:03}": {} for n in range(250)})

    assert run("catalogue", "show", "kiosk").out == "Catalogue 8009: 0 products, 0 refused.\n"
    assert run("catalogue", "read", "kiosk").out == "Catalogue 8009: 250 products.\n"
    assert run("catalogue", "show", "kiosk").out == "Catalogue 8009: 250 products, 0 refused.\n"


def test_metas_words_are_told_where_it_takes_nothing(
    run: Run, home: Path, graph: FakeGraph
) -> None:
    graph.catalogue.id = "another"

    said = run("catalogue", "push", "kiosk")

    assert said.code == 1
    assert "Unsupported request" in said.err
    assert "Traceback" not in said.err
    assert run("catalogue", "show", "kiosk").out == "Catalogue 8009: 0 products, 0 refused.\n"


def test_a_bad_token_is_told(run: Run, home: Path, graph: FakeGraph) -> None:
    open_kiosk(run, home, graph, access="stale")

    said = run("catalogue", "push", "kiosk")

    assert said.code == 1
    assert "Invalid OAuth access token" in said.err
    assert graph.catalogue.items == {}


def test_without_a_catalogue_there_is_nothing_to_push(
    run: Run, home: Path, graph: FakeGraph
) -> None:
    open_kiosk(run, home, graph, catalogue="")

    said = run("catalogue", "push", "kiosk")

    assert said.code == 1
    assert "catalog_id" in said.err
