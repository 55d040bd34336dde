"""`/chat/{merchant}`: phones side by side, any number that anyone likes to add."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import phonenumbers
from fastapi import Response
from nicegui import app, ui
from nicegui.events import GenericEventArguments
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.channels.base import Limits
from sokoni.dashboard.simulator.address import (
    Owner,
    read_name,
    read_number,
    read_owners,
    renaming_script,
)
from sokoni.dashboard.simulator.dialogs import ask_pin, points
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.elements import box, words
from sokoni.dashboard.simulator.phone import Page, Phone
from sokoni.dashboard.simulator.reading import PhoneReading, looking
from sokoni.dashboard.start import AWAY, database_away, no_simulator
from sokoni.db.vault import Vault
from sokoni.kit.ids import PhoneNumber
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.book import PlaceBook

_PHONES_AT_FIRST: Final = 2
_EXAMPLES: Final = 9
_LOOK_EVERY: Final = 0.5
_KEPT: Final = "Nothing you write here leaves this server: these phones are not real ones."
_ADDED: Final = "(event) => simulator.add(event, (...args) => emit(args))"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorParts:
    """What the page needs of the server."""

    engine: AsyncEngine
    vault: Vault
    merchants: MerchantDirectory
    accounts: Accounts
    places: PlaceBook
    catalogues: Catalogues
    door: Door


class SimulatorPage:
    """The phones of one visitor."""

    def __init__(self, parts: SimulatorParts, profile: MerchantProfile, limits: Limits) -> None:
        self._parts = parts
        self._profile = profile
        self._limits = limits
        self._phones: dict[str, Phone] = {}
        self._looking = asyncio.Lock()
        self._client = ui.context.client
        self._page = Page(
            merchant=profile,
            limits=limits,
            door=parts.door,
            look=self._look,
            ask_pin=self._ask_pin,
            removed=self._removed,
        )

    def build(self, phones: str) -> None:
        """Draw the page with the phones that its address names."""
        ui.add_css(_shipped("simulator.css"))
        ui.add_body_html(f"<script>{_shipped('simulator.js')}</script>")
        self._top()
        self._row = box("div", "sim-phones")
        for owner in self._first() if not phones else read_owners(phones, self._profile.country):
            self._add(owner)
        timer = ui.timer(_LOOK_EVERY, self._look)
        ui.on("looked_at", lambda event: timer.activate() if event.args else timer.deactivate())

    # --- the line above the phones ------------------------------------------------------------

    def _top(self) -> None:
        with box("div", "sim-top"):
            words(self._profile.name, "h1", dir="auto")
            with box("div", "sim-try"):
                tries = self._tries()
                if tries:
                    words(f"Try: {tries}", dir="auto")
                words(_KEPT)
            self._form()
            self._away = words(
                "The database does not answer. What you write may not arrive.", classes="sim-away"
            )
            self._away.set_visibility(False)

    def _tries(self) -> str:
        """Return what one may write, in the merchant's first language."""
        keys = [f"{name}.try" for name in self._profile.capabilities]
        catalogues, language = self._parts.catalogues, self._profile.language
        return " · ".join(catalogues.text(language, key) for key in keys if catalogues.has(key))

    def _form(self) -> None:
        with box("form", "sim-add").on("submit", self._add_typed, js_handler=_ADDED):
            example = self._examples()[_PHONES_AT_FIRST]
            box("input", placeholder=example, aria_label="Phone number", inputmode="tel")
            box("input", placeholder="Profile name", aria_label="Profile name", dir="auto")
            words("Add a phone", "button", type="submit")

    # --- phones -------------------------------------------------------------------------------

    def _first(self) -> Sequence[Owner]:
        numbers = (read_number(one, self._profile.country) for one in self._examples())
        return [Owner(number) for number in numbers if number is not None][:_PHONES_AT_FIRST]

    def _examples(self) -> Sequence[str]:
        kind = phonenumbers.PhoneNumberType.MOBILE
        number = phonenumbers.example_number_for_type(self._profile.country, kind)
        first = "+263712345678" if number is None else _e164(number)
        return [f"+{int(first[1:]) + place}" for place in range(_EXAMPLES)]

    async def _add_typed(self, event: GenericEventArguments) -> None:
        typed, name = event.args
        number = read_number(typed, self._profile.country) if typed.strip() else self._unused()
        if number is None:
            ui.notify(f"{typed} is not a phone number", type="warning")
        elif number in self._phones:
            ui.notify(f"{number} is already here", type="warning")
        else:
            self._add(Owner(number, read_name(name)))
            self._rename()
            await self._look()

    def _unused(self) -> PhoneNumber | None:
        free = (one for one in self._examples() if one not in self._phones)
        return read_number(next(free, ""), self._profile.country)

    def _add(self, owner: Owner) -> None:
        profile = self._profile
        reading = PhoneReading(
            self._parts.vault, profile.id, owner.number, read_marks=profile.read_marks
        )
        phone = self._phones[owner.number] = Phone(owner, reading, self._page)
        with self._row:
            phone.build()

    def _removed(self, phone: Phone) -> None:
        del self._phones[phone.owner.number]
        self._rename()

    def _rename(self) -> None:
        owners = [phone.owner for phone in self._phones.values()]
        self._client.run_javascript(renaming_script(owners))

    def _ask_pin(self, phone: Phone) -> None:
        with self._row:
            known = self._parts.places.of(self._profile.id)
            ask_pin(points(known.rows, self._profile.country), phone.act)

    # --- looking ------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Have every phone look for news, on one connection."""
        shown: list[tuple[str, str]] = []
        async with self._looking:
            try:
                async with looking(self._parts.engine) as connection:
                    for phone in tuple(self._phones.values()):
                        unread = await phone.refresh(connection)
                        shown.extend((phone.owner.number, one) for one in unread)
            except AWAY:
                self._away.set_visibility(True)
                return
        self._away.set_visibility(False)
        await self._report(shown)

    async def _report(self, shown: Sequence[tuple[str, str]]) -> None:
        """Say through the door that phones show these messages, as real ones do."""
        door, merchant = self._parts.door, self._profile.slug
        await asyncio.gather(
            *(
                door.knock(merchant, number, {"status": "read", "id": provider_id})
                for number, provider_id in shown
            )
        )


def add_page(parts: SimulatorParts) -> Callable[..., object]:
    """Register `/chat/{merchant}` with NiceGUI, and the letters that a computer may lack."""
    app.add_static_files("/fonts", str(files("sokoni.media").joinpath("fonts")))

    @ui.page("/chat/{merchant}", title="Sokoni simulator")
    async def chat(merchant: str, phones: str = "") -> Response | None:
        try:
            profile = await parts.merchants.find(merchant)
            account = await parts.accounts.by_key("simulator", merchant)
        except AWAY:
            return database_away()
        if profile is None or account is None:
            return no_simulator(merchant, known=profile is not None)
        SimulatorPage(parts, profile, account.channel.limits).build(phones)
        return None

    return chat


def _shipped(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
