"""One phone on the page: its messages, and everything its owner can do."""

from typing import Any, Final
from uuid import UUID

from nicegui import ui

from sokoni.channels.base import Limits
from sokoni.dashboard.simulator.bubbles import Bubbles
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.reading import Bubble, PhoneReading

_REFUSED: Final = 300


class Phone:
    """A phone that writes to one merchant as one number."""

    def __init__(
        self, merchant: str, number: str, reading: PhoneReading, door: Door, limits: Limits
    ) -> None:
        self._merchant = merchant
        self._number = number
        self._reading = reading
        self._door = door
        self._bubbles = Bubbles(self._do, limits, self._open_location)
        self._shown: dict[UUID, bool] = {}
        self._plain = False

    def build(self) -> ui.card:
        """Draw the phone; it looks for news twice a second while the page is open."""
        card = ui.card().classes("w-[360px] shrink-0 h-[calc(100vh-96px)] p-0 gap-0 flex flex-col")
        with card:
            self._header(card)
            self._scroll = ui.scroll_area().classes("grow w-full bg-[#efeae2]")
            with self._scroll:
                self._thread = ui.column().classes("w-full gap-2")
            self._footer()
            self._location = self._location_dialog()
        card.props(f'data-phone="{self._number}"')
        ui.timer(0.5, self.refresh)
        return card

    async def refresh(self) -> None:
        """Draw what is new, and the ticks that changed."""
        bubbles = await self._reading.bubbles()
        now = {bubble.id: bubble.taken for bubble in bubbles}
        self._typing.set_visibility(any(not bubble.taken for bubble in bubbles))
        if now == self._shown:
            return
        if not self._only_grew(now):
            self._thread.clear()
            self._shown = {}
        with self._thread:
            for bubble in bubbles:
                self._draw(bubble)
            # Once the browser has laid out what was just drawn.
            ui.timer(0.15, self._scroll_down, once=True)

    def _scroll_down(self) -> None:
        self._scroll.scroll_to(percent=1.0)

    def _only_grew(self, now: dict[UUID, bool]) -> bool:
        return all(now.get(shown) == taken for shown, taken in self._shown.items())

    def _draw(self, bubble: Bubble) -> None:
        if bubble.id in self._shown:
            return
        self._bubbles.draw(bubble.shown, taken=bubble.taken, plain=self._plain)
        self._shown[bubble.id] = bubble.taken

    # --- parts of the phone -----------------------------------------------------------------

    def _header(self, card: ui.card) -> None:
        with ui.row().classes("w-full items-center px-3 py-2 bg-[#008069] text-white no-wrap"):
            with ui.column().classes("grow gap-0"):
                ui.label(self._number).classes("font-medium")
                self._typing = ui.label("typing…").classes("text-xs opacity-80")
                self._typing.set_visibility(False)
            ui.switch("Text only", on_change=self._switch).props("dense color=white size=xs")
            ui.button(icon="close", on_click=card.delete).props("flat round dense color=white")

    def _footer(self) -> None:
        with ui.row().classes("w-full items-center px-2 py-2 gap-1 bg-[#f0f2f5] no-wrap"):
            with ui.button(icon="add").props("flat round dense aria-label=Attach"), ui.menu():
                ui.menu_item("Location", on_click=self._open_location)
                ui.menu_item("Picture", on_click=self._send_picture)
            self._input = (
                ui.input(placeholder="Message")
                .classes("grow")
                .props("dense outlined rounded bg-color=white dir=auto")
                .on("keydown.enter", self._send_text)
            )
            ui.button(icon="send", on_click=self._send_text).props(
                "flat round dense color=teal aria-label=Send"
            )

    def _location_dialog(self) -> ui.dialog:
        with ui.dialog() as dialog, ui.card():
            ui.label("Where are you?")
            latitude = ui.number("Latitude", value=-17.8292, format="%.4f")
            longitude = ui.number("Longitude", value=31.0522, format="%.4f")

            async def send() -> None:
                dialog.close()
                pin = {"latitude": latitude.value, "longitude": longitude.value}
                await self._do({"location": pin})

            ui.button("Send location", on_click=send)
        return dialog

    # --- what its owner does ----------------------------------------------------------------

    async def _do(self, act: dict[str, Any]) -> None:
        status = await self._door.knock(self._merchant, self._number, act)
        if status >= _REFUSED:
            ui.notify(f"Not delivered: the server answered {status}", type="negative")
        await self.refresh()

    async def _send_text(self) -> None:
        text = (self._input.value or "").strip()
        self._input.value = ""
        if text:
            await self._do({"text": text})

    async def _send_picture(self) -> None:
        await self._do({"media": "photo.jpg"})

    def _open_location(self) -> None:
        self._location.open()

    async def _switch(self, event: Any) -> None:  # noqa: ANN401 -- NiceGUI's event
        self._plain = bool(event.value)
        self._thread.clear()
        self._shown = {}
        await self.refresh()
