"""What Twilio's forms say, in the one shape for all channels."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.channels.errors import UnreadableBodyError
from sokoni.channels.inbound import (
    Address,
    Inbound,
    Medium,
    Message,
    Notice,
    Pin,
    Status,
    Unreadable,
    WebhookRequest,
)
from sokoni.kit.ids import PhoneNumber, new_id
from sokoni.testing.clock import NOON
from tests.channels.twilio_whatsapp.captured import (
    ACCOUNT,
    KEY,
    PAYLOADS,
    RUDO,
    WEBHOOK,
    captured,
    channel,
)

ID = "SM00000000000000000000000000000011"
FILE_ID = "MM00000000000000000000000000000012"
SENT = "SM00000000000000000000000000000021"
FILE = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{FILE_ID}/Media/ME"
FIRST, SECOND = (
    f"{FILE}00000000000000000000000000000001",
    f"{FILE}00000000000000000000000000000002",
)


def read(body: bytes) -> list[Inbound]:
    return [arrived.item for arrived in channel().parse(body)]


def only(name: str) -> Inbound:
    (arrived,) = channel().parse(captured(name))
    assert arrived.account_key == KEY
    return arrived.item


def message(**parts: Any) -> Message:  # noqa: ANN401 - fields of a message
    usual = Message(provider_id=ID, sender=RUDO, sent_at=NOON, sender_name="Rudo")
    return msgspec.structs.replace(usual, **parts)


def file(kind: str, mime_type: str, *, caption: str = "", voice: bool = False) -> Message:
    medium = Medium(kind=kind, id=FIRST, mime_type=mime_type, caption=caption, voice=voice)
    return message(provider_id=FILE_ID, kind=kind, text=caption, medium=medium)


HIDDEN = Address(user_id="ZW.4KX09QF2B7")
BOTH = Address(user_id="ZW.4KX09QF2B7", phone=PhoneNumber("+263771000001"))
GOATS: dict[str, Any] = {"kind": "choice", "choice_id": "listing:7", "text": "10 goats"}
PLACE = Pin(latitude=-18.2171, longitude=28.9369, name="Gokwe Centre", address="Main Road")
CARD = file("document", "text/vcard")

READ: dict[str, Message] = {
    "text": message(text="Selling 10 goats at $20 in Gokwe"),
    "text_of_tomorrow": message(text="Hi"),
    "text_spaced": message(text="  2 x café + \r\n tea  "),
    "hidden_phone": message(text="Hi", sender=HIDDEN),
    "both_addresses": message(text="Hi", sender=BOTH),
    "button_reply": message(
        kind="choice",
        choice_id="menu:shop",
        text="Shop",
        reply_to="SM00000000000000000000000000000010",
    ),
    "list_reply": message(**GOATS),
    "list_reply_as_payload": message(**GOATS),
    "list_reply_as_label": message(text="10 goats"),
    "list_reply_as_title": message(text="10 goats"),
    "location": message(kind="location", pin=PLACE),
    "image": file("image", "image/jpeg", caption="These"),
    "sticker": file("sticker", "image/webp"),
    "document_in_webp": file("image", "image/webp"),
    "voice": file("audio", "audio/ogg; codecs=opus", voice=True),
    "video": file("video", "video/mp4"),
    "document": file("document", "application/pdf"),
    "contact_card": msgspec.structs.replace(CARD, kind="contacts"),
    "forwarded": message(text="Look", forwarded=True),
    "forwarded_often": message(text="Look", forwarded=True),
    "from_advertisement": message(text="Hi", referral="120200000000000001"),
    "from_advertisement_without_id": message(text="Hi", referral="clid1"),
}


@pytest.mark.parametrize("name", READ)
def test_message_is_read(name: str) -> None:
    assert only(name) == READ[name]


def test_several_files_are_several_messages() -> None:
    first, second = read(captured("images"))

    assert first == file("image", "image/jpeg", caption="These")
    assert isinstance(second, Message)
    assert (second.provider_id, second.text) == (f"{FILE_ID}/1", "")
    assert second.medium == Medium(kind="image", id=SECOND, mime_type="image/png")


@pytest.mark.parametrize(
    "name", ["order", "location_off_the_globe", "location_in_words", "image_without_address"]
)
def test_what_is_not_understood_is_kept_whole_beside_the_message(name: str) -> None:
    said, kept = read(captured(name))

    assert isinstance(said, Message)
    assert (said.kind, said.text) == ("unsupported", "")
    assert isinstance(kept, Notice)
    form = msgspec.json.decode(kept.value)
    assert form["ChannelMetadata"].startswith('{"type":"whatsapp"')
    assert form["MessageSid"] == said.provider_id


def test_form_about_the_account_is_kept() -> None:
    (item,) = read(captured("about_the_account"))

    assert isinstance(item, Notice)
    assert item.field == "form"
    assert msgspec.json.decode(item.value)["EventType"] == "SENDER_UPDATED"


def test_event_in_json_is_kept() -> None:
    (arrived,) = channel().parse(b'[{"type":"com.twilio.messaging.message.failed"}]')

    assert arrived.account_key == ""
    assert isinstance(arrived.item, Notice)
    assert (arrived.item.field, bytes(arrived.item.value)[:2]) == ("event", b"[{")


def test_message_from_nobody_is_unreadable() -> None:
    body = captured("nobody")

    assert read(body) == [Unreadable(raw=body, reason="a message from nobody")]


@pytest.mark.parametrize("body", [b"Body=Hi", b"hello", b"MessageSid=&AccountSid=", b"{]", b"[1"])
def test_what_is_no_form_of_twilios_is_none(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        read(body)


# --- how far ours got -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("status_queued", "taken"),
        ("status_sent", "sent"),
        ("status_read", "read"),
        ("status_canceled", "failed"),
        ("status_of_tomorrow", "teleported"),
    ],
)
def test_status_is_read(name: str, status: str) -> None:
    assert only(name) == Status(provider_id=SENT, status=status, at=NOON)


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("status_failed", "63016", "reply_window_closed"),
        ("status_undelivered", "63024", "recipient_unreachable"),
    ],
)
def test_failure_is_named(name: str, code: str, kind: str) -> None:
    item = only(name)

    assert isinstance(item, Status)
    assert (item.status, item.error_code, item.error_kind) == ("failed", code, kind)


def test_address_of_a_status_says_which_message_it_is_about() -> None:
    ours, body = str(new_id()), captured("status_sent")
    asked = WebhookRequest(url=f"{WEBHOOK}?outbox={ours}", headers={}, body=body)

    (item,) = read(channel().content(asked))

    assert isinstance(item, Status)
    assert item.outbox_id == ours


@pytest.mark.parametrize(
    ("url", "body", "whole"),
    [
        (WEBHOOK, b"A=1", b"A=1"),
        (f"{WEBHOOK}?x=2#rc=3", b"A=1", b"A=1&x=2"),
        (f"{WEBHOOK}?bodySHA256=00", b'{"a":1}', b'{"a":1}'),
    ],
)
def test_all_that_a_request_says_is_in_one_body(url: str, body: bytes, whole: bytes) -> None:
    assert channel().content(WebhookRequest(url=url, headers={}, body=body)) == whole


# --- whatever comes ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.form")), ids=lambda path: path.stem)
def test_the_same_body_makes_the_same_items(path: Path) -> None:
    body = captured(path.stem)

    assert read(body) == read(body)


NAMES = st.sampled_from(
    [
        *("MessageSid", "AccountSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "Latitude"),
        *("Longitude", "ButtonPayload", "ListId", "MessageStatus", "ErrorCode", "WaId", "Other"),
    ]
)


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=12)))
def test_any_form_is_read_or_none(form: dict[str, str]) -> None:
    try:
        items = read(urlencode(form).encode())
    except UnreadableBodyError:
        assert not any(form.get(name) for name in ("MessageSid", "AccountSid"))
    else:
        assert items
        assert all(msgspec.json.encode(item) for item in items)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_none(body: bytes) -> None:
    with suppress(UnreadableBodyError):
        assert read(body)
