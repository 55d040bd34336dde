"""Draws messages as a phone shows them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from sokoni.channels import base, inbound, outbound
from sokoni.channels.ladder import step_down
from sokoni.dashboard.simulator.elements import box, is_web, link, words
from sokoni.dashboard.simulator.markup import runs
from sokoni.dashboard.simulator.reading import Bubble, Tick

Act: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
"""Does on the phone what `{"choice": …}` or another act of the simulator's door says."""

_TICKS: Final = {Tick.STORED: "✓", Tick.TAKEN: "✓✓", Tick.READ: "✓✓"}
_ICONS: Final = {"image": "image", "video": "movie", "audio": "mic", "document": "description"}
_ANY_FILE: Final = "attach_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a bubble can have its phone do."""

    act: Act
    ask_location: Callable[[], None]
    share_number: Callable[[], Awaitable[None]]
    show_list: Callable[[outbound.Listing], None]


class Bubbles:
    """Draws into the current element. `plain` shows what a phone without buttons would get."""

    def __init__(self, limits: base.Limits, zone: ZoneInfo, hands: Hands) -> None:
        self._limits = limits
        self._zone = zone
        self._hands = hands

    def draw(self, bubble: Bubble, *, plain: bool) -> TextElement | None:
        """Draw it, and return its tick, which may change."""
        if bubble.refused:
            words(f"Not shown, the channel refused it: {bubble.refused}", classes="note")
            return None
        if isinstance(bubble.shown, inbound.Message):
            with box(classes="bubble mine", data_side="mine"):
                self._mine(bubble.shown)
                return self._meta(bubble)
        content = plainly(bubble.shown, self._limits) if plain else bubble.shown
        wide = isinstance(
            content, outbound.Buttons | outbound.Listing | outbound.Image | outbound.LinkButton
        )
        with box(classes="bubble wide" if wide else "bubble", data_side="theirs"):
            self._theirs(content)
            self._meta(bubble)
            self._below(content)
        return None

    # --- what the phone's owner wrote ---------------------------------------------------------

    def _mine(self, message: inbound.Message) -> None:
        if message.pin is not None:
            place = f"{message.pin.latitude:.4f}, {message.pin.longitude:.4f}"
            self._file("place", message.pin.name or place)
        elif message.medium is not None:
            medium = message.medium
            self._file(_ICONS.get(medium.kind, _ANY_FILE), medium.filename or medium.kind)
            self._said(medium.caption)
        elif message.contacts:
            phones = [phone for one in message.contacts for phone in one.phones]
            self._file("contact_phone", ", ".join(phones))
        else:
            self._said(message.text or message.choice_id)

    def _meta(self, bubble: Bubble) -> TextElement | None:
        at = bubble.at.astimezone(self._zone)
        with box(classes="meta"):
            words(f"{at:%H:%M}", "span", title=f"{at:%d %B %Y, %H:%M}")
            return None if bubble.tick is None else _tick(bubble.tick)

    # --- what was sent ------------------------------------------------------------------------

    def _theirs(self, content: outbound.Content) -> None:  # noqa: C901 - one case per kind
        match content:
            case outbound.Text() | outbound.Listing() | outbound.LinkButton():
                self._said(content.body)
            case outbound.ProductsShown() | outbound.CatalogueShown():
                self._said(content.body)
            case outbound.ProductShown():
                self._picture(content.image_url)
                self._said(content.body)
            case outbound.LocationRequest() | outbound.ContactRequest():
                self._said(content.body)
            case outbound.Buttons():
                self._picture(content.image_url)
                self._said(content.body)
            case outbound.Sms():
                self._file("sms", f"SMS {content.to}")
                self._said(content.body)
            case outbound.Image():
                self._picture(content.url)
                self._said(content.caption)
            case outbound.Document():
                self._file(_ICONS["document"], content.name, content.url)
                self._said(content.caption)
            case outbound.Place():
                self._file("place", content.pin.words)
            case outbound.Template():
                self._head(content.header or outbound.TemplateHeader())
                self._said(content.rendered)
            case _:
                assert_never(content)

    def _below(self, content: outbound.Content) -> None:  # noqa: C901 - one case per kind
        """Draw what can be tapped."""
        match content:
            case outbound.Buttons():
                for option in content.options:
                    self._choice(option.id, option.title)
            case outbound.Listing():
                self._tap(f"☰ {content.label}", lambda: self._hands.show_list(content))
            case outbound.LocationRequest():
                self._tap("Send location", self._hands.ask_location)
            case outbound.ContactRequest():
                self._tap("Share phone number", self._hands.share_number)
            case outbound.LinkButton():
                link(content.label, content.url, "choice")
            case outbound.Template():
                for button in content.buttons:
                    self._template_button(button)
            case _:
                return

    def _head(self, header: outbound.TemplateHeader) -> None:
        self._picture(header.image_url)
        if header.document_url:
            self._file(_ICONS["document"], header.document_name, header.document_url)

    def _template_button(self, button: outbound.TemplateButton) -> None:
        if button.url:
            link(button.title, button.url, "choice")
        else:
            self._choice(button.payload, button.title)

    def _choice(self, choice_id: str, title: str) -> None:
        async def pick() -> None:
            await self._hands.act({"choice": choice_id, "label": title})

        self._tap(title, pick)

    def _tap(self, title: str, on_click: Callable[[], Any]) -> None:
        words(title, "button", "choice", type="button", dir="auto").on("click", on_click)

    def _picture(self, url: str) -> None:
        if is_web(url):
            box("img", "picture", src=url, alt=url, loading="lazy", referrerpolicy="no-referrer")
        elif url:
            self._file(_ICONS["image"], url)

    def _file(self, icon: str, name: str, url: str = "") -> None:
        with box(classes="file"):
            ui.icon(icon)
            if url:
                link(name, url)
            else:
                words(name, "span", "said", dir="auto")

    def _said(self, text: str) -> None:
        if not text:
            return
        parts = runs(text)
        if len(parts) == 1 and not parts[0].styles and not parts[0].url:
            words(text, classes="said", dir="auto")
            return
        with box(classes="said", dir="auto"):
            for part in parts:
                styles = " ".join(sorted(part.styles))
                if part.url:
                    link(part.text, part.url, styles)
                else:
                    words(part.text, "span", styles)


def _tick(tick: Tick) -> TextElement:
    made = words("", "span")
    set_tick(made, tick)
    return made


def set_tick(made: TextElement, tick: Tick) -> None:
    """Have the tick say how far the message got."""
    made.set_text(_TICKS[tick])
    made.props["title"] = tick.name.lower()
    made.props["aria-label"] = tick.name.lower()
    made.classes(replace=f"tick {tick.name.lower()}")


def plainly(content: outbound.Content, limits: base.Limits) -> outbound.Content:
    """Return the content as a phone without buttons would get it."""
    if isinstance(content, outbound.Template) and any(one.payload for one in content.buttons):
        replies = [one for one in content.buttons if one.payload]
        options = tuple(outbound.Option(one.payload, one.title) for one in replies)
        content = outbound.Buttons(body=content.rendered, options=options)
    return step_down(content, limits) or content
