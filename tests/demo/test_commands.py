"""HI, START, HELP, RESTART, YES, NO, SUPPORT, MENU, STOP: in every language, at every merchant."""

from collections.abc import Mapping
from typing import Final

import pytest

from sokoni.config import Settings
from sokoni.demo.merchants import demo_names
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from tests.demo.shipped import declared

COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "hello": "HI",
        "greet": "HELLO",
        "start": "START",
        "help": "HELP",
        "restart": "RESTART",
        "yes": "YES",
        "no": "NO",
        "support": "SUPPORT",
        "menu": "MENU",
        "stop": "STOP",
    },
    "sn": {
        "hello": "mhoro",
        "start": "tanga",
        "help": "rubatsiro",
        "restart": "tangazve",
        "yes": "hongu",
        "no": "kwete",
        "support": "ndoda kutaura nemunhu",
        "menu": "menyu",
        "stop": "misa",
    },
    "nd": {
        "hello": "sawubona",
        "start": "qala",
        "help": "usizo",
        "restart": "qala kutsha",
        "yes": "yebo",
        "no": "hatshi",
        "support": "ngifuna umuntu",
        "menu": "imenyu",
        "stop": "yima",
    },
    "ar": {
        "hello": "مرحبا",
        "start": "ابدأ",
        "help": "مساعدة",
        "restart": "من جديد",
        "yes": "نعم",
        "no": "لا",
        "support": "الدعم",
        "menu": "القائمة",
        "stop": "توقف",
    },
    "hi": {
        "hello": "नमस्ते",
        "start": "शुरू",
        "help": "मदद",
        "restart": "फिर से शुरू",
        "yes": "हाँ",
        "no": "नहीं",
        "support": "सपोर्ट",
        "menu": "मेनू",
        "stop": "बंद करो",
    },
    "sw": {
        "hello": "habari",
        "start": "anza",
        "help": "msaada",
        "restart": "anza upya",
        "yes": "ndiyo",
        "no": "hapana",
        "support": "huduma kwa wateja",
        "menu": "menyu",
        "stop": "acha",
    },
}
LOST: Final = ("did not understand", "Handina kunzwisisa", "Angizwisisanga", "لم أفهم", "समझ नहीं")


async def said(opened: Server, who: str, text: str) -> str:
    """Write, and return what is said to it."""
    before = len(await opened.sent_to(who))
    await opened.write(who, Words(text))
    await opened.settle()
    return "\n".join(one.text for one in (await opened.sent_to(who))[before:])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("merchant", demo_names())
async def test_every_command_does_something_sensible_in_every_language(
    merchant: str, spares: Spares, database_url: str
) -> None:
    told = declared(merchant).support
    wrong: list[str] = []
    opening = server(
        Settings(database_url=database_url), ChannelName.SIMULATOR, merchant, None, spares=spares
    )
    async with opening as opened:
        for nth, (language, commands) in enumerate(COMMANDS.items()):
            for place, (command, text) in enumerate(commands.items()):
                who = f"+2637710{nth:02}{place:03}"
                answer = await said(opened, who, text)
                lost = not answer or any(one in answer for one in LOST)
                unhelped = command == "support" and told is not None and told.phone not in answer
                if lost or unhelped:
                    wrong.append(f"{language} {command} {text}: {answer}")
            # Who said stop is silent about it, and START brings them back.
            back = await said(opened, f"+2637710{nth:02}{place:03}", commands["start"])
            if not back:
                wrong.append(f"{language} start after stop: nothing")

    assert wrong == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_merchants_own_words_stop_messages_too(spares: Spares, database_url: str) -> None:
    opening = server(
        Settings(database_url=database_url),
        ChannelName.SIMULATOR,
        "corner-shop",
        None,
        besides={"stop_words": ["No More Shop"]},
        spares=spares,
    )
    async with opening as opened:
        inside = await said(opened, "+263771099001", "no more shop talk please")
        whole = await said(opened, "+263771099001", "no more shop")
        other = await said(opened, "+263771099002", "hello")

    assert "no more messages" not in inside
    assert "no more messages" in whole
    assert "no more messages" not in other
