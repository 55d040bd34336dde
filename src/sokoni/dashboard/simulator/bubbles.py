"""Draws messages as a phone shows them. What people wrote is only ever a text node."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from nicegui import ui

from sokoni.channels import base
from sokoni.channels.ladder import step_down

Act: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
"""Does on the phone what `{"choice": …}` or another act of the simulator door says."""

_TEXT: Final = "whitespace-pre-wrap break-words text-[15px] leading-snug"


class Bubbles:
    """Draws into the current element. `plain` shows every choice as numbered text."""

    def __init__(self, act: Act, limits: base.Limits, ask_location: Callable[[], None]) -> None:
        self._act = act
        self._limits = limits
        self._ask_location = ask_location

    def draw(self, shown: base.Content | base.Message, *, taken: bool, plain: bool) -> None:
        mine = isinstance(shown, base.Message)
        side = "self-end bg-[#d9fdd3]" if mine else "self-start bg-white"
        with (
            ui.column()
            .classes(f"{side} max-w-[85%] rounded-lg px-3 py-2 gap-1 shadow-sm")
            .props(f"dir=auto data-side={'mine' if mine else 'theirs'}")
        ):
            if isinstance(shown, base.Message):
                self._mine(shown, taken=taken)
            else:
                self._theirs(_plainly(shown, self._limits) if plain else shown)

    def _mine(self, message: base.Message, *, taken: bool) -> None:
        if message.pin is not None:
            ui.label(f"📍 {message.pin.latitude:.4f}, {message.pin.longitude:.4f}").classes(_TEXT)
        elif message.medium is not None:
            caption = message.medium.caption or message.text
            ui.label(f"[{message.medium.kind}] {caption}".strip()).classes(_TEXT)
        else:
            ui.label(message.text or message.choice_id).classes(_TEXT)
        colour = "text-sky-500" if taken else "text-gray-400"
        ui.label("✓✓" if taken else "✓").classes(f"self-end text-[11px] {colour}")

    def _theirs(self, content: base.Content) -> None:
        match content:
            case base.Buttons() | base.Listing() | base.Template() | base.LocationRequest():
                self._with_choices(content)
            case base.Text():
                self._text(content.body)
            case base.Image():
                ui.image(content.url).classes("w-56 rounded")
                self._text(content.caption)
            case base.Document():
                ui.link(content.name, content.url, new_tab=True)
                self._text(content.caption)
            case base.LinkButton():
                self._text(content.body)
                ui.link(content.label, content.url, new_tab=True).classes("text-[#027eb5]")

    def _with_choices(
        self, content: base.Buttons | base.Listing | base.Template | base.LocationRequest
    ) -> None:
        match content:
            case base.Buttons():
                self._buttons(content)
            case base.Listing():
                self._text(content.body)
                self._list(content)
            case base.LocationRequest():
                self._text(content.body)
                self._button("Send location", self._ask_location)
            case base.Template():
                self._text(content.rendered)
                for button in content.buttons:
                    self._choice(button.payload, button.title)

    def _buttons(self, content: base.Buttons) -> None:
        if content.image_url:
            ui.image(content.image_url).classes("w-56 rounded")
        self._text(content.body)
        for option in content.options:
            self._choice(option.id, option.title)

    def _list(self, content: base.Listing) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-80 gap-0 p-2"):
            ui.label(content.label).classes("font-medium px-2 py-1")
            for option in content.options:
                self._row(option, dialog)
        self._button(f"☰ {content.label}", dialog.open)

    def _row(self, option: base.Option, dialog: ui.dialog) -> None:
        async def pick() -> None:
            dialog.close()
            await self._act({"choice": option.id, "label": option.title})

        with (
            ui.column()
            .classes("w-full gap-0 px-2 py-2 border-t cursor-pointer hover:bg-gray-100")
            .props("dir=auto role=button data-row")
            .on("click", pick)
        ):
            ui.label(option.title).classes("text-[15px]")
            if option.description:
                ui.label(option.description).classes("text-xs text-gray-500")

    def _choice(self, choice_id: str, title: str) -> None:
        async def pick() -> None:
            await self._act({"choice": choice_id, "label": title})

        self._button(title, pick)

    def _button(self, title: str, on_click: Callable[[], Any]) -> None:
        ui.button(title, on_click=on_click).props("flat no-caps dense").classes(
            "w-full text-[#027eb5] border-t"
        )

    def _text(self, text: str) -> None:
        if text:
            ui.label(text).classes(_TEXT)


def _plainly(content: base.Content, limits: base.Limits) -> base.Content:
    """Return the content as a phone without buttons would get it."""
    return step_down(content, limits) or content
