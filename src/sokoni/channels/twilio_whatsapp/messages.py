"""What a contact said, by what stands in Twilio's form."""

from collections.abc import Iterator, Mapping
from typing import Final, Required, TypedDict

from sokoni.channels import inbound
from sokoni.channels.twilio_whatsapp.payloads import Form
from sokoni.kit.text import clean

_CARDS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_MOST_MEDIA: Final = 10
_NO_STICKERS: Final = frozenset({"image", "document"})


class Said(TypedDict, total=False):
    """The fields of a neutral message that the form decides."""

    kind: Required[str]
    text: str
    choice_id: str
    pin: inbound.Pin
    medium: inbound.Medium
    reply_to: str
    referral: str
    forwarded: bool


def said(form: Form, told: Mapping[str, str]) -> Iterator[Said]:
    """Return what the form says: one thing, but for several files that came at once."""
    for content in _contents(form, told):
        yield {**_circumstances(form), **content}


def _circumstances(form: Form) -> Said:
    return {
        "kind": "",
        "reply_to": form.original_replied_message_sid,
        "forwarded": "true" in {form.forwarded.lower(), form.frequently_forwarded.lower()},
        "referral": form.referral_source_id or form.referral_ctwa_clid,
    }


def _contents(form: Form, told: Mapping[str, str]) -> Iterator[Said]:
    choice = form.list_id or form.button_payload
    if choice:
        label = form.list_title or form.button_text or form.body
        yield {"kind": "choice", "choice_id": choice, "text": clean(label)}
    elif form.latitude or form.longitude:
        yield _place(form)
    elif form.num_media.isdecimal() and int(form.num_media):
        yield from _files(form, told)
    else:
        # Whatever it is, what can be read of it counts; a choice may come as its label alone.
        text = clean(form.body) or clean(form.list_title or form.button_text)
        yield {"kind": "text" if text else "unsupported", "text": text}


def _place(form: Form) -> Said:
    try:
        latitude, longitude = float(form.latitude), float(form.longitude)
    except ValueError:
        return {"kind": "unsupported"}
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return {"kind": "unsupported"}
    pin = inbound.Pin(
        latitude=latitude,
        longitude=longitude,
        name=clean(form.label),
        address=clean(form.address),
    )
    return {"kind": "location", "pin": pin}


def _files(form: Form, told: Mapping[str, str]) -> Iterator[Said]:
    for place in range(min(int(form.num_media), _MOST_MEDIA)):
        url = told.get(f"MediaUrl{place}", "")
        mime_type = told.get(f"MediaContentType{place}", "")
        caption = "" if place else clean(form.body)
        yield _file(url, mime_type, form.message_type, caption)


def _file(url: str, mime_type: str, message_type: str, caption: str) -> Said:
    if not url:
        return {"kind": "unsupported", "text": caption}
    kind = _kind(mime_type.partition(";")[0].strip().lower(), message_type)
    medium = inbound.Medium(
        kind="document" if kind == "contacts" else kind,
        id=url,
        mime_type=mime_type,
        caption=caption,
        voice=mime_type.startswith("audio/ogg"),
    )
    return {"kind": kind, "medium": medium, "text": caption}


def _kind(mime_type: str, message_type: str) -> str:
    if mime_type in _CARDS:
        return "contacts"
    webp = mime_type == "image/webp"
    if message_type == "sticker" or (webp and message_type not in _NO_STICKERS):
        # Where Twilio does not say: phones send nothing but stickers as WebP.
        return "sticker"
    group = mime_type.partition("/")[0]
    return group if group in {"image", "video", "audio"} else "document"
