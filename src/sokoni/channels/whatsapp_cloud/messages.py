"""What a contact said, by the type of Meta's message."""

import json
from collections.abc import Callable, Mapping
from typing import Final, Required, TypedDict

from sokoni.channels import inbound
from sokoni.channels.whatsapp_cloud import payloads
from sokoni.kit.text import clean

Message = payloads.Message


class Said(TypedDict, total=False):
    """The fields of a neutral message that its type decides."""

    kind: Required[str]
    text: str
    choice_id: str
    pin: inbound.Pin
    medium: inbound.Medium
    contacts: tuple[inbound.SharedContact, ...]
    order: tuple[inbound.OrderLine, ...]
    form: str
    product: str
    reply_to: str
    referral: str
    forwarded: bool


_IGNORED: Final = Said(kind="ignored")
_UNSUPPORTED: Final = Said(kind="unsupported")


def said(item: Message) -> Said:
    """Return what the message says; a type we do not know is kept, and ignored."""
    if item.group_id:
        return _IGNORED
    read = _READERS.get(item.type)
    content = read(item) if read else _IGNORED
    if item.context is None and item.referral is None:
        return content
    return {**_circumstances(item), **content}


def _circumstances(item: Message) -> Said:
    context, referral = item.context or payloads.Context(), item.referral or payloads.Referral()
    product = context.referred_product or payloads.ReferredProduct()
    return {
        "kind": "",
        "product": clean(product.product_retailer_id),
        "reply_to": context.id,
        "forwarded": context.forwarded or context.frequently_forwarded,
        "referral": referral.source_id or referral.ctwa_clid,
    }


def _text(item: Message) -> Said:
    return {"kind": "text", "text": clean(item.text.body) if item.text else ""}


def _button(item: Message) -> Said:
    tapped = item.button or payloads.TemplateReply()
    return {"kind": "choice", "choice_id": tapped.payload, "text": clean(tapped.text)}


def _interactive(item: Message) -> Said:
    given = item.interactive or payloads.Interactive()
    tapped = given.button_reply or given.list_reply
    if tapped is not None:
        return {"kind": "choice", "choice_id": tapped.id, "text": clean(tapped.title)}
    if given.nfm_reply is not None:
        form = _object(given.nfm_reply.response_json)
        return {"kind": "form", "form": form, "text": clean(given.nfm_reply.body)}
    return _IGNORED


def _object(text: str) -> str:
    """Return the JSON object as it came, "" for anything else: it was made on their device."""
    try:
        return clean(text) if isinstance(json.loads(text), dict) else ""
    except (ValueError, RecursionError):
        return ""


def _location(item: Message) -> Said:
    place = item.location
    if place is None or not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):
        return _UNSUPPORTED
    pin = inbound.Pin(
        latitude=place.latitude,
        longitude=place.longitude,
        name=clean(place.name),
        address=clean(place.address),
    )
    return {"kind": "location", "pin": pin}


def _file(kind: str) -> Callable[[Message], Said]:
    def read(item: Message) -> Said:
        file: payloads.File | None = getattr(item, item.type)
        # Too large or not downloadable: it comes with an error in place of its id (§1.6).
        if file is None or not file.id:
            return _UNSUPPORTED
        caption = clean(file.caption)
        medium = inbound.Medium(
            kind=kind,
            id=file.id,
            mime_type=file.mime_type,
            sha256=file.sha256,
            caption=caption,
            filename=_plain_name(file.filename),
            voice=file.voice or item.type == "voice",
        )
        return {"kind": kind, "medium": medium, "text": caption}

    return read


def _plain_name(filename: str) -> str:
    """Keep the last part of a path: the name comes from a stranger."""
    name = clean(filename).replace("\\", "/").rpartition("/")[2]
    return name.lstrip(".")[:120]


def _contacts(item: Message) -> Said:
    return {"kind": "contacts", "contacts": tuple(_card(card) for card in item.contacts)}


def _card(card: payloads.Card) -> inbound.SharedContact:
    return inbound.SharedContact(
        name=clean(card.name.formatted_name or card.name.first_name),
        phones=tuple(number for phone in card.phones if (number := _number(phone))),
        requested=card.origin == "contact_request",
    )


def _number(phone: payloads.CardPhone) -> str:
    return f"+{phone.wa_id}" if phone.wa_id else clean(phone.phone)


def _order(item: Message) -> Said:
    order = item.order or payloads.Order()
    lines = tuple(
        inbound.OrderLine(
            retailer_id=product.product_retailer_id,
            quantity=product.quantity,
            price=product.item_price,
            currency=product.currency,
        )
        for product in order.product_items
    )
    return {"kind": "order", "order": lines, "text": clean(order.text)}


def _reaction(item: Message) -> Said:
    reaction = item.reaction or payloads.Reaction()
    return {"kind": "reaction", "text": reaction.emoji, "reply_to": reaction.message_id}


def _edit(item: Message) -> Said:
    edit = item.edit or payloads.Edit()
    now = edit.message or payloads.Edited()
    captioned = now.image or now.video or now.document
    text = now.text.body if now.text else captioned.caption if captioned else ""
    return {"kind": "edit", "text": clean(text), "reply_to": edit.original_message_id}


def _revoke(item: Message) -> Said:
    return {
        "kind": "revoke",
        "reply_to": item.revoke.original_message_id if item.revoke else "",
    }


def _unsupported(_item: Message) -> Said:
    return _UNSUPPORTED


_READERS: Final[Mapping[str, Callable[[Message], Said]]] = {
    "text": _text,
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    "image": _file("image"),
    "video": _file("video"),
    "audio": _file("audio"),
    "voice": _file("audio"),
    "document": _file("document"),
    "sticker": _file("sticker"),
    "contacts": _contacts,
    "order": _order,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "unsupported": _unsupported,
}
