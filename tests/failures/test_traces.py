"""One trace goes with a message from the webhook to the reply on its way to the provider."""

import io
import json
from pathlib import Path
from typing import Any

from sokoni.config import Settings
from sokoni.kit.logs import set_up_logs
from sokoni.testing.stage import ChannelName, server
from sokoni.testing.transcripts.steps import Words

PHONE = "+263771000001"


async def test_a_message_is_followed_by_one_trace_through_every_room(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    log = io.StringIO()

    async with server(settings, ChannelName.SIMULATOR, "gokwe-market", None) as market:
        set_up_logs("DEBUG", production=True, stream=log)
        await market.write(PHONE, Words("menu"))
        await market.settle()

    stored, turned, landed = (told(log, event) for event in ("webhook stored", "turned", "landed"))
    assert stored["trace"] == turned["trace"] == landed["trace"]
    assert stored["traces"] == turned["traces"] == [stored["trace"]]
    assert turned["by"] == "controlled:menu"
    assert landed["how"] == "Sent"
    assert PHONE not in log.getvalue()


async def test_every_message_of_a_burst_is_named_where_it_is_answered(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    log = io.StringIO()

    async with server(settings, ChannelName.SIMULATOR, "gokwe-market", None) as market:
        set_up_logs("DEBUG", production=True, stream=log)
        for line in ("hello", "menu"):
            await market.write(PHONE, Words(line))
        await market.settle()

    first, second = every(log, "webhook stored")
    turned = told(log, "turned")
    assert turned["traces"] == [first["trace"], second["trace"]]
    assert told(log, "landed")["trace"] == turned["trace"] == second["trace"]


def every(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == event]


def told(log: io.StringIO, event: str) -> dict[str, Any]:
    [line] = every(log, event)
    return line
