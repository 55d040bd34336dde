"""`/chat/{merchant}`: phones side by side, any number that anyone likes to add."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import phonenumbers
from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.base import Limits
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.phone import Phone
from sokoni.dashboard.simulator.reading import PhoneReading
from sokoni.db.vault import Vault
from sokoni.kit.phones import find_phone
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile

_PHONES_AT_FIRST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorParts:
    """What the page needs of the server."""

    engine: AsyncEngine
    vault: Vault
    merchants: MerchantDirectory
    door: Door
    limits: Limits


class SimulatorPage:
    """The phones of one visitor."""

    def __init__(self, parts: SimulatorParts, profile: MerchantProfile) -> None:
        self._parts = parts
        self._profile = profile
        self._numbers: set[str] = set()

    def build(self, phones: str = "") -> None:
        """Draw the page. `phones`: comma-separated numbers to begin with."""
        ui.query("body").classes("bg-[#d1d7db]")
        ui.query(".nicegui-content").classes("p-2 gap-2")
        with ui.row().classes("w-full items-center gap-3"):
            ui.label(self._profile.name).classes("text-lg font-medium")
            number = ui.input("Another phone", placeholder=self._example(9)).props("dense")
            ui.button("Add", on_click=lambda: self._add_typed(number)).props("dense no-caps")
        self._row = ui.row().classes("w-full no-wrap gap-3 overflow-x-auto items-start")
        wanted = [part for part in phones.split(",") if part] or self._first()
        for one in wanted:
            self._add(one)

    def _first(self) -> list[str]:
        return [self._example(place) for place in range(_PHONES_AT_FIRST)]

    def _example(self, place: int) -> str:
        kind = phonenumbers.PhoneNumberType.MOBILE
        number = phonenumbers.example_number_for_type(self._profile.country, kind)
        base = "+263712345678" if number is None else _e164(number)
        return f"+{int(base[1:]) + place}"

    def _add_typed(self, field: ui.input) -> None:
        if self._add(field.value or field.props.get("placeholder", "")):
            field.value = ""

    def _add(self, typed: str) -> bool:
        number = find_phone(typed.strip().replace(" ", ""), self._profile.country)
        if number is None:
            ui.notify("That is not a phone number", type="warning")
            return False
        if number in self._numbers:
            ui.notify("That phone is already here", type="warning")
            return False
        self._numbers.add(number)
        parts = self._parts
        reading = PhoneReading(parts.engine, parts.vault, self._profile.id, number)
        with self._row:
            Phone(self._profile.slug, number, reading, parts.door, parts.limits).build()
        return True


def add_page(parts: SimulatorParts) -> Callable[..., object]:
    """Register `/chat/{merchant}` with NiceGUI."""

    @ui.page("/chat/{merchant}", title="Sokoni simulator")
    async def chat(merchant: str, phones: str = "") -> None:
        profile = await parts.merchants.find(merchant)
        if profile is None:
            ui.label(f"There is no merchant called {merchant}.").classes("p-4")
            return
        SimulatorPage(parts, profile).build(phones)

    return chat


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
