"""The fake Graph API hands files out in two steps, to whom has the token, for five minutes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from sokoni.kit.http import ReqwestClient, Response
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.testing.graph_media import GraphFile

TOKEN = "good-token"
PHOTO = b"\xff\xd8\xff photo"


@pytest.fixture
async def graph(clock: StoppedClock) -> AsyncIterator[FakeGraph]:
    async with fake_graph(FakeGraph(tokens=frozenset({TOKEN}), clock=clock)) as graph:
        yield graph


@pytest.fixture
async def http() -> AsyncIterator[ReqwestClient]:
    async with ReqwestClient() as http:
        yield http


async def get(http: ReqwestClient, url: str, token: str = TOKEN) -> Response:
    return await http.request("GET", url, headers={"authorization": f"Bearer {token}"})


async def address(graph: FakeGraph, http: ReqwestClient, media_id: str) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(
        (await get(http, f"{graph.url}/v25.0/{media_id}?phone_number_id=1")).body
    )
    return told


async def test_file_is_had_by_its_address(graph: FakeGraph, http: ReqwestClient) -> None:
    media_id = graph.media.add(PHOTO)

    told = await address(graph, http, media_id)
    file = await get(http, told["url"])

    assert (told["file_size"], told["mime_type"]) == (len(PHOTO), "image/jpeg")
    assert (file.status, file.body, file.headers["content-type"]) == (200, PHOTO, "image/jpeg")


@pytest.mark.parametrize("token", ["bad-token", ""])
async def test_neither_step_works_without_the_token(
    graph: FakeGraph, http: ReqwestClient, token: str
) -> None:
    media_id = graph.media.add(PHOTO)
    told = await address(graph, http, media_id)

    assert (await get(http, f"{graph.url}/v25.0/{media_id}", token)).status == 401
    assert (await get(http, told["url"], token)).status == 401
    assert graph.media.downloads == 0


async def test_address_ends_after_five_minutes(
    graph: FakeGraph, http: ReqwestClient, clock: StoppedClock
) -> None:
    media_id = graph.media.add(PHOTO)
    told = await address(graph, http, media_id)

    clock.advance(timedelta(minutes=5))

    assert (await get(http, told["url"])).status == 404
    assert (await get(http, (await address(graph, http, media_id))["url"])).status == 200


async def test_unknown_file_is_refused(graph: FakeGraph, http: ReqwestClient) -> None:
    assert (await get(http, f"{graph.url}/v25.0/12345")).status == 400


async def test_file_may_lead_on_and_lie_of_its_size(graph: FakeGraph, http: ReqwestClient) -> None:
    elsewhere = "https://169.254.169.254/"
    media_id = graph.media.add(GraphFile(content=PHOTO, told_size=1, leads_to=elsewhere))

    told = await address(graph, http, media_id)
    led = await get(http, told["url"])

    assert told["file_size"] == 1
    assert (led.status, led.headers["location"]) == (302, elsewhere)
