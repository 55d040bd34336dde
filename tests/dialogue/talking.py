"""A contact who talks with the garden shop; the state is saved and loaded between turns."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni import locales
from sokoni.channels.base import Limits
from sokoni.channels.inbound import Address, Message, Pin, SharedContact
from sokoni.db.vault import Vault
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.dialogue.heard import Heard, Said
from sokoni.dialogue.state import DialogueState
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.language.catalogues import Catalogues
from sokoni.language.reading import KnownPlace, Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.testing.clock import NOON
from tests.dialogue.toy import GARDEN

PROFILE: Final = MerchantProfile(
    id=MerchantId(new_id()),
    slug="garden",
    name="The Garden",
    country="ZW",
    currency="USD",
    zone=ZoneInfo("Africa/Harare"),
    languages=("en", "sn", "nd"),
)
GOKWE: Final = KnownPlace("gokwe", "Gokwe", "Gokwe", "ZW", -18.2, 28.93)
GWERU: Final = KnownPlace("gweru", "Gweru", "Gweru", "ZW", -19.45, 29.82)
_PLACES: Final = {"gokwe": GOKWE, "gweru": GWERU}
_STATE: Final = msgspec.json.Decoder(DialogueState)

Line: TypeAlias = "str | Heard"


class TwoPlaces:
    """The port of known places, with two of them."""

    def named(self, text: str, country: str) -> KnownPlace | None:
        return _PLACES.get(text.lower())

    def like(self, text: str, country: str, *, limit: int = 3) -> Sequence[KnownPlace]:
        return ()

    def nearest(self, latitude: float, longitude: float) -> KnownPlace | None:
        return GOKWE if abs(latitude - GOKWE.latitude) < 1 else None

    def around(self, latitude: float, longitude: float) -> KnownPlace | None:
        return None

    def longest_name(self) -> int:
        return 1


@cache
def catalogues(wording: str = "toy.po") -> Catalogues:
    """Return the real catalogues with a toy's wording, which is English everywhere."""
    folder = Path(mkdtemp())
    toy = (Path(__file__).parent / wording).read_text("utf-8")
    for path in Path(locales.__path__[0]).glob("*.po"):
        (folder / path.name).write_text(path.read_text("utf-8") + toy, "utf-8")
    return Catalogues(folder)


def dialogue(profile: MerchantProfile = PROFILE) -> MerchantDialogue:
    return MerchantDialogue(profile, [GARDEN], catalogues(), places=TwoPlaces())


class Talk:
    """One conversation. What was said last stands in `said`."""

    def __init__(
        self,
        dialogue: MerchantDialogue,
        profile: MerchantProfile = PROFILE,
        *,
        session: AsyncSession | None = None,
        limits: Limits | None = None,
        name: str = "",
    ) -> None:
        self.now = NOON
        self.state = DialogueState()
        self.language = ""
        self.name = name
        self.opted_out = False
        self.person_id = ContactId(new_id())
        self._dialogue = dialogue
        self._profile = profile
        self._session = session or AsyncSession()
        self._limits = limits or Limits()
        self.said: Said = Said(state=self.state, neutral=None)
        self.context = self._context()

    @property
    def text(self) -> str:
        return "" if self.said.neutral is None else self.said.neutral.text

    @property
    def labels(self) -> list[str]:
        neutral = self.said.neutral
        return [] if neutral is None else [option.title for option in neutral.options]

    @property
    def keys(self) -> list[str]:
        return [prompt.key for prompt in self.said.prompts]

    async def say(self, *lines: Line) -> str:
        """Say what waits as one burst and return the answer's text."""
        heard = [self.typed(line) if isinstance(line, str) else line for line in lines]
        self.context = self._context()
        self.said = await self._dialogue.respond(self.state, heard, self.context, self._limits)
        self.state = _STATE.decode(msgspec.json.encode(self.said.state))
        assert self.state == self.said.state
        self.language = self.said.language
        self.opted_out = (self.opted_out or self.said.opt_out) and not self.said.opt_in
        return self.text

    async def tap(self, label: str) -> str:
        """Tap the choice of this label in the last message."""
        return await self.say(self.tapped(label))

    def tapped(self, label: str) -> Message:
        neutral = self.said.neutral
        assert neutral is not None
        option = next(one for one in neutral.options if one.title == label)
        return self.message(kind="choice", text=label, choice_id=option.id)

    def at_once(self, line: str) -> bool:
        return self._dialogue.settles_at_once(self.state, self.typed(line))

    def wait(self, by: timedelta) -> None:
        self.now += by

    def typed(self, text: str) -> Message:
        return self.message(text=text)

    def shared(self, *phones: str) -> Message:
        card = SharedContact(name="Ana", phones=phones, requested=True)
        return self.message(kind="contacts", contacts=(card,))

    def pinned(self, latitude: float, longitude: float) -> Message:
        return self.message(kind="location", pin=Pin(latitude=latitude, longitude=longitude))

    def message(
        self,
        *,
        kind: str = "text",
        text: str = "",
        choice_id: str = "",
        pin: Pin | None = None,
        contacts: tuple[SharedContact, ...] = (),
    ) -> Message:
        return Message(
            provider_id=str(new_id()),
            sender=Address(user_id="u"),
            sent_at=self.now,
            kind=kind,
            text=text,
            choice_id=choice_id,
            pin=pin,
            contacts=contacts,
        )

    def _context(self) -> TurnContext:
        languages = self._profile.languages
        mine = (self.language, *(one for one in languages if one != self.language))
        return TurnContext(
            session=self._session,
            vault=Vault([b"k" * 32]),
            merchant=self._profile,
            person=Person(
                id=self.person_id,
                name=self.name,
                name_given=bool(self.name),
                language=self.language,
                opted_out=self.opted_out,
            ),
            conversation_id=ConversationId(new_id()),
            now=self.now,
            scene=_scene(self._profile, mine if self.language else languages, self.now),
        )


def _scene(profile: MerchantProfile, languages: tuple[str, ...], now: datetime) -> Scene:
    return Scene(
        languages=languages,
        country=profile.country,
        currency=profile.currency,
        now=now.astimezone(profile.zone),
        places=TwoPlaces(),
    )
