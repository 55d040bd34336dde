"""The example in the documentation is played, so that it stays true."""

import re
from pathlib import Path

import pytest

from sokoni.config import Settings
from sokoni.testing.stage import ChannelName, Theatre
from sokoni.testing.transcripts.parsing import parse_script
from sokoni.testing.transcripts.playing import Performance

PAGE = Path(__file__).parents[2] / "docs" / "transcripts.md"
EXAMPLES = re.findall(r"```chat\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_the_documented_conversation_goes_as_written(example: str, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    theatre = Theatre(settings, ChannelName.SIMULATOR)

    try:
        await Performance(theatre, parse_script(example, PAGE.name)).play()
    finally:
        await theatre.close()
