"""Neutral messages as Twilio wants them: fields of a form, or a content with its variables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, TypeAlias, assert_never
from urllib.parse import urlsplit

import msgspec

from sokoni.channels import errors, inbound, outbound
from sokoni.channels.twilio_whatsapp.config import PREFIX
from sokoni.channels.twilio_whatsapp.content import Shaped, Variables
from sokoni.channels.twilio_whatsapp.payloads import Types

Fields: TypeAlias = Mapping[str, str]

_NO_DESCRIPTION: Final = "\N{MIDDLE DOT}"
"""Stands in a row without one, where Twilio wants one for every row of a list."""


def recipient(to: inbound.Address) -> str:
    """Name the phone where it is known, as with Meta."""
    if not (to.phone or to.user_id):
        raise errors.RecipientUnreachableError("neither phone nor user id is known")
    return f"{PREFIX}{to.phone or to.user_id}"


def content(said: outbound.Content) -> Fields | Shaped:  # noqa: C901, PLR0911 - one line per kind
    """Return what to send; raise `NotRenderableError` for what Twilio has no form for."""
    match said:
        case outbound.Text():
            return {"Body": said.body}
        case outbound.Image() | outbound.Document():
            return _file(said)
        case outbound.Sms():
            return {"Body": f"[SMS {said.to}] {said.body}"}
        case outbound.Place():
            return _place(said.pin)
        case outbound.Buttons():
            return _buttons(said)
        case outbound.Listing():
            return _listing(said)
        case outbound.LinkButton():
            return _link(said)
        case outbound.Template():
            return _template(said)
        case outbound.LocationRequest() | outbound.ContactRequest():
            raise errors.NotRenderableError("Twilio has no button that asks for this")
        case outbound.ProductShown() | outbound.ProductsShown() | outbound.CatalogueShown():
            raise errors.NotRenderableError("Twilio shows a catalogue by approved contents alone")
        case _:
            assert_never(said)


def named(sid: str, variables: Mapping[str, str]) -> Fields:
    """Return the fields that send a content."""
    told = {"ContentVariables": msgspec.json.encode(variables).decode()} if variables else {}
    return {"ContentSid": sid, **told}


def _file(said: outbound.Image | outbound.Document) -> Fields:
    if not said.caption:
        return {"MediaUrl": said.url}
    if isinstance(said, outbound.Document):
        raise errors.NotRenderableError("Twilio would drop the caption of a document")
    return {"MediaUrl": said.url, "Body": said.caption}


def _place(pin: inbound.Pin) -> Fields:
    name = pin.name or pin.address
    action = f"geo:{pin.latitude},{pin.longitude}" + (f"|{name}" if name else "")
    # Twilio takes no message that says nothing.
    return {"Body": pin.words, "PersistentAction": action}


def _buttons(said: outbound.Buttons) -> Shaped:
    if said.image_url:
        raise errors.NotRenderableError("only an approved card has a picture above its buttons")
    given = Variables()
    body = given.lines(said.body)
    actions = [
        {"type": "QUICK_REPLY", "title": given.put(one.title), "id": given.put(one.id)}
        for one in said.options
    ]
    return _shaped({"twilio/quick-reply": {"body": body, "actions": actions}}, given)


def _listing(said: outbound.Listing) -> Shaped:
    """Describe the rows that have a description; else all of them, where Twilio insists."""
    insisting = _rows(said, _NO_DESCRIPTION)
    if all(one.description for one in said.options):
        return insisting
    return replace(_rows(said), otherwise=insisting)


def _rows(said: outbound.Listing, stopgap: str = "") -> Shaped:
    given = Variables()
    body, button = given.lines(said.body), given.put(said.label)
    items = []
    for one in said.options:
        item = {"item": given.put(one.title), "id": given.put(one.id)}
        if described := one.description or stopgap:
            item["description"] = given.put(described)
        items.append(item)
    return _shaped({"twilio/list-picker": {"body": body, "button": button, "items": items}}, given)


def _link(said: outbound.LinkButton) -> Shaped:
    """Make a shape for each site: only the end of an address may vary."""
    given = Variables()
    body, title = given.lines(said.body), given.put(said.label)
    parts = urlsplit(said.url)
    site = f"{parts.scheme}://{parts.netloc}/"
    path = said.url[len(site) :]
    action = {"type": "URL", "title": title, "url": site + (given.put(path) if path else "")}
    return _shaped({"twilio/call-to-action": {"body": body, "actions": [action]}}, given)


def _shaped(types: Types, given: Variables) -> Shaped:
    return Shaped(types, given.values)


def _template(said: outbound.Template) -> Fields:
    """Fill an approved content: its name here is Twilio's id of it."""
    names = said.parameter_names or _numbers(len(said.parameters))
    values = dict(zip(names, said.parameters, strict=True))
    numbers = count(len(said.parameters) + 1)
    header = said.header or outbound.TemplateHeader()
    given = header.text or header.image_url or header.document_url
    if given:
        values[header.name or str(next(numbers))] = given
    for button in said.buttons:
        if button.url_suffix:
            values[str(next(numbers))] = button.url_suffix
    return named(said.name, values)


def _numbers(most: int) -> Sequence[str]:
    return [str(number) for number in range(1, most + 1)]
