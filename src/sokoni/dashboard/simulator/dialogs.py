"""What opens over the phones: a list's rows, a place to send, a picture to send."""

from collections.abc import Iterable, Mapping
from typing import Final

from nicegui import ui

from sokoni.channels.outbound import Listing, Option
from sokoni.dashboard.simulator.bubbles import Act
from sokoni.dashboard.simulator.elements import box, words
from sokoni.places.rows import Row

_PICTURE: Final = "photo.jpg"
_PRESETS: Final = ("Gokwe", "Harare", "Bulawayo")
"""Offered at once where the merchant's country has them."""


def show_list(listing: Listing, act: Act) -> None:
    """Open the rows of a list; picking one closes it."""
    dialog, card = _sheet(listing.label)
    with card, box(classes="picks"):
        for option in listing.options:
            _row(option, dialog, act)
    dialog.open()


def _row(option: Option, dialog: ui.dialog, act: Act) -> None:
    async def pick() -> None:
        dialog.close()
        await act({"choice": option.id, "label": option.title})

    row = box("button", "pick", type="button", dir="auto").on("click", pick)
    with row:
        words(option.title, "span")
        if option.description:
            words(option.description, "small")


def ask_pin(places: Mapping[str, tuple[float, float]], act: Act) -> None:
    """Ask where the phone is: a place that is known, or any point."""
    dialog, card = _sheet("Send a location")
    with card, box(classes="fields"):
        known = ui.select(list(places), label="Place", with_input=True, clearable=True)
        latitude = ui.number("Latitude", min=-90, max=90, format="%.4f")
        longitude = ui.number("Longitude", min=-180, max=180, format="%.4f")

        def fill() -> None:
            if known.value in places:
                latitude.value, longitude.value = places[known.value]

        async def send() -> None:
            if latitude.value is None or longitude.value is None:
                ui.notify("Choose a place, or type latitude and longitude", type="warning")
                return
            dialog.close()
            pin = {"latitude": latitude.value, "longitude": longitude.value}
            await act({"location": pin})

        known.on_value_change(fill)
        _presets(places, known)
        words("Send location", "button", "go", type="button").on("click", send)
    dialog.open()


def _presets(places: Mapping[str, tuple[float, float]], known: ui.select) -> None:
    with ui.row().classes("gap-2"):
        for name in [name for name in _PRESETS if name in places] or list(places)[:3]:
            words(name, "button", "preset", type="button").on(
                "click", lambda name=name: known.set_value(name)
            )


def points(rows: Iterable[Row], country: str) -> Mapping[str, tuple[float, float]]:
    """Return the places of a country by the names that people would look for."""
    found = [row.place for row in rows if row.place.country == country]
    return {
        ", ".join(filter(None, (one.name, one.town if one.kind != "town" else ""))): (
            one.latitude,
            one.longitude,
        )
        for one in sorted(found, key=lambda one: (one.kind != "town", one.name))
    }


def ask_caption(act: Act) -> None:
    """Send a picture. Only its name and caption travel: no file is needed to try things."""
    dialog, card = _sheet("Send a picture")
    with card, box(classes="fields"):
        caption = ui.input("Caption (may stay empty)").props("dir=auto autofocus")

        async def send() -> None:
            dialog.close()
            await act({"media": {"filename": _PICTURE, "caption": caption.value or ""}})

        caption.on("keydown.enter", send)
        words("Send picture", "button", "go", type="button").on("click", send)
    dialog.open()


def _sheet(title: str) -> tuple[ui.dialog, ui.card]:
    with ui.dialog() as dialog, ui.card().classes("sim-dialog") as card:
        words(title, "h2", dir="auto")
    # One is made whenever it is wanted, and not kept.
    dialog.on("hide", dialog.delete)
    return dialog, card
