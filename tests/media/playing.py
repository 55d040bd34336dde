"""Scripts on one server, one after the other: what the first left, the next finds."""

from typing_extensions import override

from sokoni.testing.stage import Server
from sokoni.testing.transcripts.parsing import parse_script
from sokoni.testing.transcripts.playing import Performance, Player, Stage


class OneServer(Stage):
    """Plays every script on the same server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @override
    async def player(
        self, merchant: str, *, now: object, fresh: bool, besides: object = None
    ) -> Player:
        return self._server


async def play(server: Server, chat: str) -> None:
    await Performance(OneServer(server), parse_script(chat)).play()
