"""Asking an app inside the process."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from sokoni.testing.asgi import AsgiClient

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def mirror(scope: dict[str, Any], receive: Callable[..., Any], send: Send) -> None:
    """Answer what was asked, in two pieces, and stay until whoever asked is gone."""
    event = await receive()
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "raw": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
        "body": event["body"].decode(),
    }
    body = orjson.dumps(told)
    head = {"type": "http.response.start", "status": 201, "headers": [(b"x-kind", b"mirror")]}
    await send(head)
    await send({"type": "http.response.body", "body": body[:10], "more_body": True})
    await send({"type": "http.response.body", "body": body[10:]})
    assert (await receive())["type"] == "http.disconnect"


async def test_a_request_reaches_the_app_as_a_server_would_hand_it_over() -> None:
    client = AsgiClient(mirror, {"authorization": "Bearer k"})

    answer = await client.post("/a%2Bb/c?d=1&e=%20", {"x": 1}, headers={"X-Own": "2"})

    told = answer.json()
    assert (answer.status, answer.headers) == (201, {"x-kind": "mirror"})
    assert (told["method"], told["path"], told["raw"]) == ("POST", "/a+b/c", "/a%2Bb/c")
    assert told["query"] == "d=1&e=%20"
    assert told["body"] == '{"x":1}'
    assert told["headers"]["authorization"] == "Bearer k"
    assert told["headers"]["x-own"] == "2"
    assert told["headers"]["content-length"] == "7"


async def test_raw_bodies_are_left_as_they_are() -> None:
    answer = await AsgiClient(mirror).post("/", body=b'{ "spaced" : 1 }')

    assert answer.json()["body"] == '{ "spaced" : 1 }'
