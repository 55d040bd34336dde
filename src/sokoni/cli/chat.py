"""`sokoni chat`: a simulated phone in the terminal, on a server that runs."""

import asyncio
import contextlib
import sys
import threading
from typing import Annotated

import typer
from rich.panel import Panel
from rich.text import Text

from sokoni.cli.console import OUT, say
from sokoni.cli.phone import Phone, Received
from sokoni.config import Settings
from sokoni.kit.http import ReqwestClient

_LOOK_EVERY = 0.5
_LAST_ANSWERS = 3.0
"""Seconds that answers are waited for when the input ends, as it does in a pipe."""
_HELP = (
    "Type a message, or the number of a choice. "
    "/pin -17.82, 31.05 sends a place, /file photo.jpg a file, /quit ends."
)


def chat(
    merchant: Annotated[str, typer.Argument(help="The merchant's id.")],
    phone: Annotated[
        str, typer.Option(help="The number you write from, as at home or in full.")
    ] = "+263771234567",
    url: Annotated[str, typer.Option(help="Where the server is, if not SOKONI_PUBLIC_URL.")] = "",
    *,
    text_only: Annotated[bool, typer.Option(help="A phone without buttons and lists.")] = False,
) -> None:
    """Chat with a merchant from the terminal, as a customer would."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_chat(url or Settings().public_url, merchant, phone, text_only=text_only))


async def _chat(url: str, merchant: str, number: str, *, text_only: bool) -> None:
    async with ReqwestClient() as http:
        phone = Phone(http, url, merchant, text_only=text_only)
        await phone.dial(number)
        await phone.news()  # what was said before is not shown again
        say(f"{merchant} as {phone.number}. {_HELP}")
        writing = asyncio.create_task(_write(phone, _lines()))
        showing = asyncio.create_task(_show(phone))
        await asyncio.wait({writing, showing}, return_when=asyncio.FIRST_COMPLETED)
        for task in (writing, showing):
            if task.done():
                task.result()
            task.cancel()


def _lines() -> "asyncio.Queue[str | None]":
    """Read the keyboard in a thread that no one waits for; None is the end of it."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return lines


async def _write(phone: Phone, lines: "asyncio.Queue[str | None]") -> None:
    while (typed := await lines.get()) != "/quit":
        if typed is None:
            await asyncio.sleep(_LAST_ANSWERS)
            return
        if typed:
            await phone.write(typed)


async def _show(phone: Phone) -> None:
    while True:
        for received in await phone.news():
            OUT.print(bubble(received))
        await asyncio.sleep(_LOOK_EVERY)


def bubble(received: Received) -> Panel:
    """Draw a message; what it says is text, never markup."""
    lines = [received.text] if received.text else []
    lines += [f"[{address}]" for address in received.addresses]
    text = Text("\n".join(lines))
    for number, choice in enumerate(received.choices, 1):
        described = f" ({choice.description})" if choice.description else ""
        text.append(f"\n {number}. ", "bold cyan")
        text.append(f"{choice.label}{described}")
    return Panel(text, expand=False, border_style="green")
