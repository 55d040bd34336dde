"""One phone on the page: its messages, and everything its owner can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.base import Limits
from sokoni.channels.outbound import Listing
from sokoni.dashboard.simulator.address import Owner
from sokoni.dashboard.simulator.bubbles import Bubbles, Hands, set_tick
from sokoni.dashboard.simulator.dialogs import ask_caption, show_list
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.elements import box, words
from sokoni.dashboard.simulator.reading import Bubble, News, PhoneReading
from sokoni.merchants.profile import MerchantProfile

_REFUSED: Final = 300
_KEYED: Final = "(event) => simulator.key(event, emit)"
_PRESSED: Final = "(event) => simulator.press(event, emit)"
_MOST_REPORTS: Final = 20
"""Messages of which one look reports that the phone shows them: the rest waits for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a phone needs of the page around it."""

    merchant: MerchantProfile
    limits: Limits
    door: Door
    look: Callable[[], Awaitable[None]]
    """Look for news at once."""
    ask_pin: Callable[["Phone"], None]
    removed: Callable[["Phone"], None]


class Phone:
    """A phone that writes to one merchant as one number."""

    def __init__(self, owner: Owner, reading: PhoneReading, page: Page) -> None:
        self.owner = owner
        self._reading = reading
        self._page = page
        hands = Hands(
            act=self.act,
            ask_location=self._ask_location,
            share_number=self._share_number,
            show_list=self._show_list,
        )
        self._bubbles = Bubbles(page.limits, page.merchant.zone, hands)
        self._ticks: dict[UUID, TextElement | None] = {}
        self._day: date | None = None
        self._told: set[str] = set()
        self._plain = False
        # More is shown than could be reported yet.
        self._behind = False

    def build(self) -> None:
        """Draw the empty phone; looking fills it."""
        with box("section", "phone", data_phone=self.owner.number) as self._card:
            self._header()
            self._thread = box(
                "div", "thread", data_thread="", role="log", tabindex="0", aria_live="polite"
            )
            with box("button", "down", type="button", aria_label="To the latest"):
                ui.icon("keyboard_arrow_down", size="24px")
            self._footer()

    async def refresh(self, connection: AsyncConnection) -> list[str]:
        """Draw what is new; return the messages that nobody knows yet to be shown here."""
        news = await self._reading.look(connection)
        if self._card.is_deleted:
            return []
        self._typing.set_visibility(news.answer_due)
        if news.anew:
            self._clear()
        with self._thread:
            for bubble in news.changed:
                self._draw(bubble)
        return self._unread(news)

    async def act(self, act: dict[str, Any]) -> None:
        """Do something on the phone, as `POST /webhook/simulator` takes it."""
        door, merchant = self._page.door, self._page.merchant
        told = {**act, "name": self.owner.name, "text_only": self._plain}
        status = await door.knock(merchant.slug, self.owner.number, told)
        if status >= _REFUSED:
            ui.notify(f"Not delivered: the server answered {status}", type="negative")
        await self._page.look()

    # --- the thread ---------------------------------------------------------------------------

    def _draw(self, bubble: Bubble) -> None:
        if bubble.id in self._ticks:
            tick = self._ticks[bubble.id]
            if tick is not None and bubble.tick is not None:
                set_tick(tick, bubble.tick)
            return
        day = bubble.at.astimezone(self._page.merchant.zone).date()
        if day != self._day:
            self._day = day
            words(f"{day:%d %B %Y}", classes="day")
        self._ticks[bubble.id] = self._bubbles.draw(bubble, plain=self._plain)

    def _clear(self) -> None:
        self._thread.clear()
        self._ticks.clear()
        self._day = None

    def _unread(self, news: News) -> list[str]:
        if not self._page.limits.statuses:
            return []
        shown = self._reading.bubbles if self._behind else news.changed
        unread = [one.unread for one in shown if one.unread and one.unread not in self._told]
        self._behind = len(unread) > _MOST_REPORTS
        told = unread[-_MOST_REPORTS:]
        self._told.update(told)
        return told

    # --- parts of the phone -------------------------------------------------------------------

    def _header(self) -> None:
        number, name = self.owner
        with box("header"):
            with box(classes="who"):
                words(name or number, dir="auto")
                with box(classes="number"):
                    words(number if name else "", "span")
                    self._typing = words("typing…", "span", "typing")
                    self._typing.set_visibility(False)
            with box("label", "switch", title="A phone without buttons and lists"):
                box("input", type="checkbox").on(
                    "change", self._switch, js_handler="(event) => emit(event.target.checked)"
                )
                words("Text only", "span")
            with box("button", "plain", type="button", aria_label="Remove this phone").on(
                "click", self._remove
            ):
                ui.icon("close")

    def _footer(self) -> None:
        with box("footer"):
            with box("button", "plain", type="button", aria_label="Attach"):
                ui.icon("add")
                self._menu()
            box("textarea", placeholder="Message", rows="1", dir="auto", aria_label="Message").on(
                "keydown", self._said, js_handler=_KEYED
            )
            with box("button", "plain", type="button", aria_label="Send").on(
                "click", self._said, js_handler=_PRESSED
            ):
                ui.icon("send")

    def _menu(self) -> None:
        with ui.menu():
            ui.menu_item("Location", on_click=self._ask_location)
            ui.menu_item("Picture", on_click=self._ask_caption)
            ui.menu_item("Document", on_click=lambda: self.act({"media": "document.pdf"}))
            ui.menu_item("Voice note", on_click=lambda: self.act({"media": "voice.ogg"}))

    # --- what its owner does ------------------------------------------------------------------

    async def _said(self, event: GenericEventArguments) -> None:
        await self.act({"text": str(event.args)})

    def _ask_location(self) -> None:
        self._page.ask_pin(self)

    async def _share_number(self) -> None:
        await self.act({"contact": self.owner.number})

    def _show_list(self, listing: Listing) -> None:
        with self._card:
            show_list(listing, self.act)

    def _ask_caption(self) -> None:
        with self._card:
            ask_caption(self.act)

    def _remove(self) -> None:
        self._card.delete()
        self._page.removed(self)

    def _switch(self, event: GenericEventArguments) -> None:
        """Have another kind of phone: what was sent is shown as that kind shows it."""
        self._plain = bool(event.args)
        self._clear()
        with self._thread:
            for bubble in self._reading.bubbles:
                self._draw(bubble)
