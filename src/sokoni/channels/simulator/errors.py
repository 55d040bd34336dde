"""The limits that the simulator enforces, as WhatsApp would."""

from collections.abc import Iterator, Sequence

from sokoni.channels import base, errors, outbound
from sokoni.kit.text import units


def check(content: outbound.Content, limits: base.Limits) -> None:
    """Raise `NotRenderableError` where the content exceeds what the phone can show."""
    for fault in _faults(content, limits):
        raise errors.NotRenderableError(fault, provider_code="simulator")


def _faults(  # noqa: C901 - one case per kind
    content: outbound.Content, limits: base.Limits
) -> Iterator[str]:
    match content:
        case outbound.Text() | outbound.Sms():
            yield from _length("text", content.body, limits.text)
        case outbound.Image() | outbound.Document():
            yield from _length("caption", content.caption, limits.caption, least=0)
        case outbound.Place():
            pass
        case outbound.Buttons():
            yield from _length("body", content.body, limits.body)
            yield from _buttons(content.options, limits)
        case outbound.Listing():
            yield from _length("body", content.body, limits.body)
            yield from _length("label", content.label, limits.list_label)
            yield from _rows(content.options, limits)
        case outbound.LinkButton():
            yield from _length("body", content.body, limits.body)
            yield from _length("label", content.label, limits.button_title)
            yield from _native("a link button", there=limits.link_button)
        case outbound.LocationRequest():
            yield from _length("body", content.body, limits.body)
            yield from _native("a location request", there=limits.location_request)
        case outbound.ContactRequest():
            yield from _length("body", content.body, limits.body)
            yield from _native("a contact request", there=limits.contact_request)
        case outbound.ProductShown() | outbound.ProductsShown() | outbound.CatalogueShown():
            yield from _native("a catalogue", there=bool(limits.catalogue))
        case outbound.Template():
            yield from _length("template's text", content.rendered, limits.text)


def _buttons(options: Sequence[outbound.Option], limits: base.Limits) -> Iterator[str]:
    yield from _count("buttons", options, limits.buttons)
    for option in options:
        yield from _length("button title", option.title, limits.button_title)
        yield from _length("button id", option.id, limits.button_id)


def _rows(options: Sequence[outbound.Option], limits: base.Limits) -> Iterator[str]:
    yield from _count("rows", options, limits.rows)
    for option in options:
        yield from _length("row title", option.title, limits.row_title)
        yield from _length("row id", option.id, limits.row_id)
        yield from _length("row description", option.description, limits.row_description, least=0)


def _count(what: str, options: Sequence[outbound.Option], most: int) -> Iterator[str]:
    if not 0 < len(options) <= most:
        yield f"{len(options)} {what}, {most} at most"
    for kind in ("title", "id"):
        values = {getattr(option, kind).casefold() for option in options}
        if len(values) < len(options):
            yield f"{what} with the same {kind}"


def _length(what: str, text: str, most: int, *, least: int = 1) -> Iterator[str]:
    length = units(text.strip()) if least else units(text)
    if length < least or units(text) > most:
        yield f"{what} of {units(text)}, {most} at most"


def _native(what: str, *, there: bool) -> Iterator[str]:
    if not there:
        yield f"this phone shows no {what.removeprefix('a ')}"
