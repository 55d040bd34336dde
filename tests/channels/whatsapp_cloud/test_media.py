"""Where Meta keeps a file, and who is shown the token that opens it."""

import pytest

from sokoni.channels.errors import MediumDelayedError, MediumGoneError
from sokoni.channels.inbound import Medium
from sokoni.kit.http import ReqwestClient
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.testing.graph_media import PATH
from sokoni.testing.loopback import Answered, Asked, serving
from tests.channels.whatsapp_cloud.captured import NUMBER, channel

TOKEN = "token"


async def test_file_is_asked_for_by_its_id() -> None:
    graph = FakeGraph(tokens=frozenset({TOKEN}))
    media_id = graph.media.add(b"12345")
    async with fake_graph(graph), ReqwestClient() as http:
        located = await channel(http, graph.url).locate(Medium(kind="image", id=media_id))

    assert located.url.startswith(f"{graph.url}{PATH}?mid={media_id}")
    assert located.size == 5
    assert located.headers == {"authorization": f"Bearer {TOKEN}"}
    assert located.hosts == {"127.0.0.1", ".facebook.com", ".fbsbx.com", ".fbcdn.net"}


async def test_id_is_no_way_to_another_address() -> None:
    paths: list[str] = []

    def answer(asked: Asked) -> Answered:
        paths.append(asked.path)
        return Answered(404)

    async with serving(answer) as url, ReqwestClient() as http:
        with pytest.raises(MediumGoneError):
            await channel(http, url).locate(Medium(kind="image", id="../1/messages?x="))

    assert paths == [f"/v25.0/..%2F1%2Fmessages%3Fx%3D?phone_number_id={NUMBER}"]


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        (Answered(400), MediumGoneError),
        (Answered(404), MediumGoneError),
        (Answered(401), MediumDelayedError),
        (Answered(500), MediumDelayedError),
        (Answered(body=b"{}"), MediumDelayedError),
        (Answered(body=b"busy"), MediumDelayedError),
        (Answered(cut=True), MediumDelayedError),
    ],
)
async def test_no_address_is_no_address_now_or_ever(
    answered: Answered, error: type[Exception]
) -> None:
    async with serving(lambda _: answered) as url, ReqwestClient() as http:
        with pytest.raises(error):
            await channel(http, url).locate(Medium(kind="image", id="1"))
