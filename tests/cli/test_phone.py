"""The terminal's phone: what it sends, what it shows, what it says when nobody answers."""

import io

import pytest
from rich.console import Console

from sokoni.cli.chat import bubble
from sokoni.cli.phone import (
    ChoiceMade,
    Link,
    NumberUnknownError,
    Phone,
    Received,
    ServerSilentError,
    act_of,
)
from sokoni.kit.http import ReqwestClient
from sokoni.testing.loopback import Answered, Asked, serving

TWO = (ChoiceMade("yes", "Yes"), ChoiceMade("edit", "Edit", "change it"))


class FakeServer:
    """The two doors: remembers what came in, and has messages to give."""

    def __init__(self, *messages: bytes, status: int = 200) -> None:
        self.messages = list(messages)
        self.status = status
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        if self.status != 200:
            return Answered(self.status)
        after = int(asked.path.partition("after=")[2] or 0)
        return Answered(body=b'{"messages":[%s]}' % b",".join(self.messages[after:]))


@pytest.mark.parametrize(
    ("typed", "act"),
    [
        ("hello", {"text": "hello"}),
        ("2", {"choice": "edit", "label": "Edit"}),
        ("3", {"text": "3"}),
        ("0", {"text": "0"}),
        ("12 goats", {"text": "12 goats"}),
        ("/pin -17.82, 31.05", {"location": {"latitude": -17.82, "longitude": 31.05}}),
        ("/pin here", {"text": "/pin here"}),
        ("/file photo.jpg", {"media": "photo.jpg"}),
    ],
)
def test_what_is_typed_becomes_what_the_door_takes(typed: str, act: object) -> None:
    assert act_of(typed, TWO) == act


async def test_each_message_is_heard_once_and_its_choices_can_be_picked() -> None:
    server = FakeServer(
        b'{"n":1,"kind":"text","text":"Hello","later":"unknown"}',
        b'{"n":2,"kind":"buttons","text":"Sure?","choices":[{"id":"yes","label":"Yes"}]}',
    )
    async with serving(server.answer) as url, ReqwestClient() as http:
        phone = Phone(http, url, "gokwe-market", "+263771000001")

        first, again = await phone.news(), await phone.news()
        await phone.write("1")

    assert [received.text for received in first] == ["Hello", "Sure?"]
    assert list(again) == []
    assert server.asked[0].path == (
        "/api/v1/simulator/gokwe-market/%2B263771000001/messages?after=0"
    )
    assert server.asked[-1].path == "/webhook/simulator"
    assert b'"choice":"yes"' in server.asked[-1].body


@pytest.mark.parametrize("status", [404, 503])
async def test_a_server_that_has_no_simulator_is_named(status: int) -> None:
    async with serving(FakeServer(status=status).answer) as url, ReqwestClient() as http:
        phone = Phone(http, url, "nobody", "+263771000001")

        with pytest.raises(ServerSilentError, match=url):
            await phone.news()


async def test_a_server_that_does_not_run_is_named() -> None:
    async with ReqwestClient() as http:
        phone = Phone(http, "http://127.0.0.1:1", "gokwe-market", "+263771000001")

        with pytest.raises(ServerSilentError, match="Is it running"):
            await phone.write("hello")


def test_a_message_is_shown_with_its_numbers_and_no_markup() -> None:
    console = Console(file=io.StringIO(), width=60)
    received = Received(
        1, "buttons", "[bold]Sure?[/]", TWO, image="", link=Link("Pay", "https://pay.example")
    )

    console.print(bubble(received))

    shown = console.file.getvalue()  # type: ignore[attr-defined]  # it is a StringIO
    assert "[bold]Sure?[/]" in shown
    assert "1. Yes" in shown
    assert "2. Edit (change it)" in shown
    assert "[Pay: https://pay.example]" in shown


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0779 123 456", "+263779123456"),
        ("+263 77 912 3456", "+263779123456"),
        ("+27821234567", "+27821234567"),
        ("tendai.m", "tendai.m"),
    ],
)
async def test_a_number_is_taken_as_people_write_it_in_the_merchants_country(
    typed: str, number: str
) -> None:
    async with serving(zimbabwean) as url, ReqwestClient() as http:
        phone = Phone(http, url, "gokwe-market")

        await phone.dial(typed)

    assert phone.number == number


async def test_what_is_no_number_is_named() -> None:
    async with serving(zimbabwean) as url, ReqwestClient() as http:
        phone = Phone(http, url, "gokwe-market")

        with pytest.raises(NumberUnknownError, match="0779 is no phone number in ZW"):
            await phone.dial("0779")


def zimbabwean(asked: Asked) -> Answered:
    assert asked.path == "/api/v1/simulator/gokwe-market"
    return Answered(body=b'{"merchant":"gokwe-market","name":"Gokwe Market","country":"ZW"}')
