"""A small market for tests: several people talk with the real dialogue, and hear of each other."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

import sokoni.locales
from sokoni.capabilities.marketplace.manifest import MARKETPLACE
from sokoni.channels.base import Limits
from sokoni.channels.inbound import Address, Message
from sokoni.channels.outbound import Neutral
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.versions import touch
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.dialogue.heard import Heard, Said
from sokoni.dialogue.state import DialogueState
from sokoni.kit.cache import Cache, NoCache
from sokoni.kit.ids import ContactId, ConversationId, new_id
from sokoni.language.catalogues import Catalogues
from sokoni.language.reading import Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import TellTo, Timer, TimerIn
from sokoni.messaging.prompts import Prompt
from sokoni.places.gazetteer import Gazetteer
from sokoni.testing.clock import StoppedClock
from tests.capabilities.marketplace.factories import MARKET, create_contact

PLACES: Final = Gazetteer()
CATALOGUES: Final = Catalogues(Path(sokoni.locales.__file__).parent)


class Phone:
    """One person's phone: what they know of the market is what was said to them."""

    def __init__(self, market: "Market", contact_id: ContactId, name: str) -> None:
        self.id = contact_id
        self.state = DialogueState()
        self.name, self.given, self.language = name, False, ""
        self.heard: list[Neutral] = []
        self._market = market

    async def says(self, text: str) -> str:
        """Write something; return everything that was answered."""
        message = Message(
            provider_id=str(new_id()), sender=Address(), sent_at=self._market.clock(), text=text
        )
        return await self._market.take(self, message)

    async def taps(self, label: str) -> str:
        """Tap the choice, of those shown last, whose label begins so."""
        option = next(
            option
            for neutral in reversed(self.heard)
            for option in neutral.options
            if option.title.casefold().startswith(label.casefold())
        )
        message = Message(
            provider_id=str(new_id()),
            sender=Address(),
            sent_at=self._market.clock(),
            kind="choice",
            text=option.title,
            choice_id=option.id,
        )
        return await self._market.take(self, message)

    async def plays(self, *lines: str) -> str:
        """Write line by line; return the last answer."""
        answer = ""
        for line in lines:
            answer = await self.says(line)
        return answer

    @property
    def last(self) -> str:
        return shown(self.heard[-1]) if self.heard else ""


class Market:
    """One merchant's people and the dialogue they talk with."""

    def __init__(self, session: AsyncSession, vault: Vault, clock: StoppedClock) -> None:
        self.session = session
        self.clock = clock
        self.timers: list[TimerIn] = []
        self.for_staff: list[Prompt] = []
        self.tells: dict[ContactId, list[TellTo]] = defaultdict(list)
        self.settings: dict[str, Any] = {}
        self.cache: Cache = NoCache()
        self._touched: set[str] = set()
        self._vault = vault
        self._phones: dict[ContactId, Phone] = {}
        self._once: set[tuple[ContactId, str]] = set()
        self._made: tuple[dict[str, Any], MerchantDialogue] | None = None

    async def phone(self, name: str = "", number: str = "", language: str = "") -> Phone:
        """Return the phone of somebody new; the name is that of their profile."""
        contact_id = await create_contact(self.session, self._vault, name, phone=number)
        phone = Phone(self, contact_id, name)
        phone.language = language
        self._phones[contact_id] = phone
        return phone

    async def take(self, phone: Phone, heard: Heard) -> str:
        # A worker counts for a whole batch, at its end.
        while self._touched:
            await touch(self.session, MARKET, self._touched.pop())
        context = self._context(phone)
        said = await self._dialogue().respond(phone.state, [heard], context, Limits())
        await self._keep(phone, context, said)
        for told in context.tells:
            await self._tell(told)
        self.timers += context.timers
        self.for_staff += [one.prompt for one in context.for_staff]
        self._touched |= context.touched
        return shown(said.neutral) if said.neutral else ""

    async def fall_due(self, phone: Phone, timer: Timer) -> str:
        return await self.take(phone, timer)

    async def _tell(self, told: TellTo) -> None:
        if (told.contact_id, told.once) in self._once:
            return
        self._once.add((told.contact_id, told.once))
        self.tells[told.contact_id].append(told)
        if told.contact_id in self._phones:
            await self.take(self._phones[told.contact_id], told.tell)

    async def _keep(self, phone: Phone, context: TurnContext, said: Said) -> None:
        phone.state = said.state
        phone.language = said.language or phone.language
        if said.neutral is not None:
            phone.heard.append(said.neutral)
        if context.renamed_to:
            phone.name, phone.given = context.renamed_to, True
            sealed = self._vault.seal_text("contacts.name", phone.id, phone.name)
            renaming = update(Contact).where(Contact.id == phone.id)
            await self.session.execute(renaming.values(name=sealed, name_given=True))

    def _dialogue(self) -> MerchantDialogue:
        """Return the dialogue by the settings as they are now."""
        if self._made is None or self._made[0] != self.settings:
            made = MerchantDialogue(self._profile(), [MARKETPLACE], CATALOGUES, places=PLACES)
            self._made = ({**self.settings}, made)
        return self._made[1]

    def _profile(self) -> MerchantProfile:
        return MerchantProfile(
            id=MARKET,
            slug="market",
            name="Market",
            country="ZW",
            currency="USD",
            zone=ZoneInfo("Africa/Harare"),
            languages=("en", "sn", "nd"),
            capabilities={"marketplace": self.settings},
        )

    def _context(self, phone: Phone) -> TurnContext:
        profile = self._profile()
        person = Person(
            id=phone.id, name=phone.name, name_given=phone.given, language=phone.language
        )
        mine = phone.language or profile.language
        others = tuple(language for language in profile.languages if language != mine)
        return TurnContext(
            session=self.session,
            vault=self._vault,
            merchant=profile,
            person=person,
            cache=self.cache,
            conversation_id=ConversationId(new_id()),
            now=self.clock(),
            scene=Scene(
                languages=(mine, *others),
                country="ZW",
                currency="USD",
                now=self.clock().astimezone(profile.zone),
                places=PLACES,
            ),
        )


def shown(neutral: Neutral) -> str:
    """Return all that the contact can read of a message."""
    lines: Sequence[str] = [f"[{one.title}] {one.description}" for one in neutral.options]
    return "\n".join([neutral.text, *lines])
