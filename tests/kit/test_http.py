"""The HTTP client says honestly whether a request may have arrived."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from sokoni.kit.http import NotSentError, OutcomeUnknownError, ReqwestClient, Response

Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nX-One: 1\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def server(served: Served) -> AsyncIterator[str]:
    """Serve each connection by `served`, once its first request is read; yield the URL."""
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await served(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.create_task(serve(reader, writer)))

    listening = await asyncio.start_server(start, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        listening.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)


def answering(raw: bytes) -> Served:
    async def served(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return served


@pytest.fixture
async def client() -> AsyncIterator[ReqwestClient]:
    async with ReqwestClient(connect=0.3, total=0.5) as client:
        yield client


async def test_answer_of_any_status_is_returned_whole(client: ReqwestClient) -> None:
    async with server(answering(OK.replace(b"200 OK", b"503 No"))) as url:
        answer = await client.request("POST", url, json={"a": 1})

    assert answer == Response(503, {"x-one": "1", "content-length": "2"}, b"ok")


async def test_json_and_headers_are_sent(client: ReqwestClient) -> None:
    taken: list[bytes] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.readexactly(7))
        writer.write(OK)

    async with server(served) as url:
        await client.request("POST", url, json={"a": 1}, headers={"authorization": "Bearer t"})

    assert taken == [b'{"a":1}']


async def test_refused_connection_was_never_sent(client: ReqwestClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotSentError):
            await client.request("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/")


async def test_slow_connection_was_never_sent(client: ReqwestClient) -> None:
    with socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        second = socket.socket()
        second.setblocking(False)
        second.connect_ex(full.getsockname())
        with second, pytest.raises(NotSentError):
            await client.request("GET", f"http://127.0.0.1:{full.getsockname()[1]}/")


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://nosuch.invalid/"])
async def test_address_that_cannot_be_reached_was_never_sent(
    client: ReqwestClient, url: str
) -> None:
    with pytest.raises(NotSentError):
        await client.request("GET", url)


async def test_plain_server_behind_https_was_never_sent(client: ReqwestClient) -> None:
    async def served(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?")

    async with server(served) as url:
        with pytest.raises(NotSentError):
            await client.request("GET", url.replace("http:", "https:"))


@pytest.mark.parametrize(
    "raw",
    [b"", b"what?\r\n\r\n", OK[:-1], b"HTTP/1.1 200 OK\r\n"],
    ids=["cut after taking", "garbage", "body cut", "head cut"],
)
async def test_answer_that_is_lost_leaves_the_outcome_unknown(
    client: ReqwestClient, raw: bytes
) -> None:
    async with server(answering(raw)) as url:
        with pytest.raises(OutcomeUnknownError):
            await client.request("POST", url, body=b"{}")


async def test_silence_after_sending_leaves_the_outcome_unknown(client: ReqwestClient) -> None:
    async def served(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    async with server(served) as url:
        with pytest.raises(OutcomeUnknownError):
            await client.request("POST", url, body=b"{}", timeout=0.2)


async def test_kept_connection_that_is_cut_is_not_silently_repeated(client: ReqwestClient) -> None:
    taken = 0

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        taken += 1
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")
        taken += 1

    async with server(served) as url:
        await client.request("GET", url)
        with pytest.raises(OutcomeUnknownError):
            await client.request("GET", url)

    assert taken == 2


async def test_waiting_too_long_for_a_free_connection_was_never_sent() -> None:
    taken: list[asyncio.StreamWriter] = []

    async def served(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)
        # Never answered, so that the only connection stays taken for as long as anybody waits.
        await asyncio.Event().wait()

    async with server(served) as url, ReqwestClient(total=0.3, in_flight=1) as client:
        first = asyncio.create_task(client.request("GET", url, timeout=30))
        while not taken:  # noqa: ASYNC110 - the server says no other way
            await asyncio.sleep(0.01)

        with pytest.raises(NotSentError):
            await client.request("GET", url)

        first.cancel()
        await asyncio.wait({first})

    assert len(taken) == 1


async def test_a_cancelled_request_never_goes_on() -> None:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(OK)
            await reader.readuntil(b"\r\n\r\n")

    async with server(served) as url, ReqwestClient() as client:
        # Cancelled at any point, also in the moment in which the answer is there.
        for pause in (0.001 * number for number in range(20)):
            asking = [asyncio.create_task(ask_forever(client, url)) for _ in range(16)]
            await asyncio.sleep(pause)
            for task in asking:
                task.cancel()
            ended, going_on = await asyncio.wait(asking, timeout=5)

            assert not going_on
            assert all(task.cancelled() for task in ended)


async def ask_forever(client: ReqwestClient, url: str) -> None:
    while True:
        await client.request("GET", url)


async def test_redirect_is_not_followed(client: ReqwestClient) -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    async with server(answering(moved)) as url:
        assert (await client.request("GET", url)).status == 302


async def test_error_says_nothing_of_the_address(client: ReqwestClient) -> None:
    async with server(answering(b"")) as url:
        with pytest.raises(OutcomeUnknownError) as raised:
            await client.request("GET", f"{url}?token=secret")

    assert "secret" not in str(raised.value)
