"""Servers that scripts are played on: what they share, and what they keep to themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sokoni.config import Settings
from sokoni.testing.stage import ChannelName, Server, Theatre
from sokoni.testing.transcripts.parsing import parse_script
from sokoni.testing.transcripts.playing import MismatchError, Performance

MERCHANT = "merchant: gokwe-market\nnow: 2026-03-02 09:00\n"
SELL = "@+263771000001\n> selling 10 goats at $20 in Gokwe\n> yes\n<~ Listed\n"
FIND = "@+263771000002\n> Looking for goats\n<~ 10 goats\n"


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    theatre = Theatre(settings, ChannelName.SIMULATOR)
    yield theatre
    await theatre.close()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - nothing else runs


async def play(theatre: Theatre, text: str) -> None:
    await Performance(theatre, parse_script(text)).play()


async def test_scripts_of_one_merchant_go_on_from_each_other_until_one_is_fresh(
    theatre: Theatre,
) -> None:
    await play(theatre, f"{MERCHANT}{SELL}")
    await play(theatre, f"merchant: gokwe-market\n{FIND}")

    with pytest.raises(MismatchError):
        await play(theatre, f"{MERCHANT}fresh\n{FIND}")


async def test_a_script_may_start_anew_in_its_middle(theatre: Theatre) -> None:
    await play(
        theatre, f"{MERCHANT}{SELL}fresh\n@+263771000002\n> Looking for goats\n!~ 10 goats\n"
    )


async def test_the_clock_shows_the_merchants_local_time_and_only_goes_forward(
    theatre: Theatre,
) -> None:
    await play(theatre, f"{MERCHANT}@+263771000001\n> menu\nnow: 2026-03-02 12:00\n> menu\n")

    server = await theatre.player("gokwe-market", now=None, fresh=False)

    assert isinstance(server, Server)
    noon = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert noon <= server.clock() < noon.replace(minute=1)


async def test_a_burst_is_answered_after_the_quiet_time(theatre: Theatre) -> None:
    await play(
        theatre,
        f"{MERCHANT}strict\n@+263771000001\n> selling\n>+ 10 goats\n<~ price\n!~ how many\n",
    )
