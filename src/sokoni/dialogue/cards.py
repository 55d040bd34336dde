"""Cards of contacts that a channel brings as files: fetched, and then read as if shared."""

from typing import Final

import msgspec
from typing_extensions import override

from sokoni.channels.inbound import Medium, SharedContact
from sokoni.dialogue.fetching import FilePerformer, fetch
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.vcards import cards_in
from sokoni.media.fetching import Fetch
from sokoni.media.kinds import FileKind
from sokoni.messaging.events import Answer

CARD: Final = "media.card"


def fetch_card(context: TurnContext, medium: Medium) -> None:
    """Have a card fetched. Its answer is a list of `SharedContact`."""
    fetch(context, medium, FileKind.CARD, request=CARD)


def cards_of(answer: Answer) -> tuple[SharedContact, ...]:
    """Return what was on the card."""
    return msgspec.json.decode(answer.data, type=tuple[SharedContact, ...])


class CardPerformer(FilePerformer):
    """Fetches a card and reads it. Nothing of it is kept but its names and numbers."""

    @override
    async def take(self, wanted: Fetch) -> object:
        cards = cards_in(await self._fetcher.read(wanted))
        return tuple(SharedContact(name=one.name, phones=one.phones) for one in cards)
