"""Every kind of webhook that Meta sends, read item by item."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from sokoni.channels.errors import UnreadableBodyError
from sokoni.channels.inbound import (
    AccountNews,
    Address,
    AddressChange,
    Arrived,
    Echo,
    Inbound,
    Medium,
    Message,
    Notice,
    NumberNews,
    OrderLine,
    Pin,
    Preference,
    SharedContact,
    Status,
    TemplateNews,
    Unreadable,
)
from sokoni.kit.ids import PhoneNumber
from sokoni.testing.clock import NOON
from tests.channels.whatsapp_cloud.captured import NUMBER, PAYLOADS, RUDO, captured, channel

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NEW_PHONE = PhoneNumber("+263771999999")


def message(kind: str, **more: object) -> Message:
    made = Message(provider_id="wamid.IN", sender=RUDO, sent_at=AT, kind=kind, sender_name="Rudo")
    return msgspec.structs.replace(made, **more)


def status(name: str, **more: object) -> Status:
    made = Status(provider_id="wamid.OUT", status=name, at=AT + timedelta(seconds=1))
    return msgspec.structs.replace(made, **more)


def medium(kind: str, number: int, mime_type: str, sha256: str, **more: object) -> Medium:
    made = Medium(kind=kind, id=f"275485000{number}", mime_type=mime_type, sha256=sha256)
    return msgspec.structs.replace(made, **more)


def template(*, language: str = "en_US", **more: str) -> TemplateNews:
    return TemplateNews(provider_id="", name="buyer_found", language=language, at=AT, **more)


def account(stopped: str, *, one_number: bool = False) -> AccountNews:
    return AccountNews(provider_id="", at=AT, stopped=stopped, one_number=one_number)


def number(**said: object) -> NumberNews:
    return msgspec.structs.replace(NumberNews(provider_id="", at=AT), **said)


OPUS = "audio/ogg; codecs=opus"
READ: dict[str, Inbound] = {
    "text": message("text", text="Selling 10 goats at $20 in Gokwe"),
    "text_reply": message("text", text="those ones", reply_to="wamid.OUT"),
    "text_forwarded": message("text", text="Market day is Friday", forwarded=True),
    "text_forwarded_often": message("text", text="Market day is Friday", forwarded=True),
    "text_from_advertisement": message("text", text="Is it still there?", referral="120211"),
    "text_about_product": message("text", text="How much?", product="SKU-9", reply_to="wamid.OUT"),
    "text_in_milliseconds": message("text", text="Hello"),
    "text_with_number_for_time": message("text", text="Hello"),
    "button_reply": message("choice", choice_id="yes", text="Yes", reply_to="wamid.OUT"),
    "list_reply": message("choice", choice_id="listing:7", text="10 goats", reply_to="wamid.OUT"),
    "form_reply": message(
        "form",
        form='{"flow_token":"ft_7","street":"6 Weale Road"}',
        text="Sent",
        reply_to="wamid.OUT",
    ),
    "form_reply_that_is_no_object": message("form", text="Sent"),
    "call_permission_reply": message("ignored"),
    "template_button": message(
        "choice", choice_id="buyer:7", text="Show contact", reply_to="wamid.OUT"
    ),
    "location": message(
        "location", pin=Pin(latitude=-18.2214, longitude=28.9378), reply_to="wamid.OUT"
    ),
    "location_of_a_place": message(
        "location",
        pin=Pin(
            latitude=-17.8,
            longitude=31.05,
            name="Mbare Musika",
            address="Ardbennie Road, Harare",
        ),
    ),
    "location_off_the_globe": message("unsupported"),
    "image": message(
        "image",
        text="this one?",
        medium=medium("image", 1, "image/jpeg", "5Hf0=", caption="this one?"),
    ),
    "image_that_cannot_be_fetched": message("unsupported"),
    "video": message("video", medium=medium("video", 2, "video/mp4", "6Hf0=")),
    "voice_note": message("audio", medium=medium("audio", 3, OPUS, "7Hf0=", voice=True)),
    "voice_legacy": message("audio", medium=medium("audio", 4, OPUS, "8Hf0=", voice=True)),
    "document": message(
        "document",
        text="My licence",
        medium=medium(
            "document",
            5,
            "application/pdf",
            "9Hf0=",
            caption="My licence",
            filename="permit 2026.pdf",
        ),
    ),
    "sticker": message("sticker", medium=medium("sticker", 6, "image/webp", "1Hf0=")),
    "contacts": message(
        "contacts",
        contacts=(SharedContact(name="Tendai Moyo", phones=("+263772000002", "024 270 0000")),),
    ),
    "contacts_requested": message(
        "contacts",
        contacts=(SharedContact(name="Rudo", phones=("+263771000001",), requested=True),),
    ),
    "order": message(
        "order",
        text="Please deliver before 5pm",
        order=(
            OrderLine(retailer_id="SKU-9", quantity=2, price=Decimal("24.5"), currency="USD"),
            OrderLine(retailer_id="SKU-8", quantity=1, price=Decimal(3), currency="USD"),
        ),
    ),
    "reaction": message("reaction", text="\N{THUMBS UP SIGN}", reply_to="wamid.OUT"),
    "reaction_removed": message("reaction", reply_to="wamid.OUT"),
    "edit": message("edit", text="12 goats", reply_to="wamid.OLD"),
    "edit_of_caption": message("edit", text="12 goats", reply_to="wamid.OLD"),
    "revoke": message("revoke", reply_to="wamid.OLD"),
    "unsupported": message("unsupported"),
    "type_of_tomorrow": message("ignored"),
    "group_message": message("ignored"),
    "identity_changed": message("ignored"),
    "number_changed": AddressChange(
        provider_id="wamid.IN",
        old=RUDO,
        new=Address(user_id="ZW.9PP1", phone=NEW_PHONE),
        sent_at=AT,
    ),
    "number_changed_as_of_old": AddressChange(
        provider_id="wamid.IN",
        old=Address(phone=RUDO.phone),
        new=Address(phone=NEW_PHONE),
        sent_at=AT,
    ),
    "user_id_changed": AddressChange(
        provider_id="wamid.IN",
        old=Address(user_id=RUDO.user_id),
        new=Address(user_id="ZW.9PP1"),
        sent_at=AT,
    ),
    "hidden_phone": message("text", text="Hello", sender=Address(user_id=RUDO.user_id)),
    "phone_only_in_contacts": message("text", text="Hello"),
    "user_id_only_in_contacts": message("text", text="Hello"),
    "broken_contact": message("text", text="Hello"),
    "nulls": message("text", text="Hello", sender=Address(phone=RUDO.phone), sender_name=""),
    "status_sent": status("sent", outbox_id="018f-outbox", category="utility", billable=True),
    "status_free": status("delivered", category="referral_conversion", billable=False),
    "status_read": status("read"),
    "status_played": status("played"),
    "status_of_tomorrow": status("pondered"),
    "status_failed": status(
        "failed",
        error_code="131047",
        error="Re-engagement message: More than 24 hours have passed",
        error_kind="reply_window_closed",
    ),
    "echo": Echo(provider_id="wamid.ECHO", recipient=RUDO, sent_at=AT, text="I will call you"),
    "echo_image": Echo(
        provider_id="wamid.ECHO",
        recipient=Address(phone=RUDO.phone),
        sent_at=AT,
        text="Here",
        kind="image",
    ),
}
NAMELESS = {
    "user_id_update": AddressChange(
        provider_id="",
        old=Address(user_id=RUDO.user_id),
        new=Address(user_id="ZW.9PP1", phone=NEW_PHONE),
        sent_at=AT,
    ),
    "marketing_stopped": Preference(provider_id="", sender=RUDO, marketing=False, sent_at=AT),
    "marketing_resumed": Preference(
        provider_id="", sender=Address(user_id=RUDO.user_id), marketing=True, sent_at=AT
    ),
}
NEWS = {
    "template_status": ("", template(language="en", approval="APPROVED")),
    "template_rejected": (
        "",
        template(approval="REJECTED", reason="INVALID_FORMAT: The body ends with a variable."),
    ),
    "template_paused": (
        "",
        template(
            approval="PAUSED",
            reason="FIRST_PAUSE: Paused for 3 hours: contacts gave it low ratings.",
        ),
    ),
    "template_unarchived": ("", template(approval="APPROVED")),
    "template_quality": ("", template(quality="RED")),
    "template_category": ("", template(category="MARKETING")),
    "account_disabled": ("", account("account_disabled")),
    "account_reinstated": ("", account("")),
    "account_locked": (NUMBER, account("channel_down 131031", one_number=True)),
    "account_restricted": (
        "",
        number(
            restricted="restricted_biz_initiated_messaging",
            until=datetime(2026, 3, 9, tzinfo=UTC),
        ),
    ),
    "account_restricted_for_good": (
        "",
        number(
            restricted=(
                "restricted_biz_initiated_messaging, restricted_customer_initiated_messaging"
            )
        ),
    ),
    "quality": ("", number(quality="RED", daily_limit=2_000)),
    "quality_good_again": ("", number(quality="GREEN", daily_limit=2_000)),
    "limit_of_the_business": ("", number(daily_limit=10_000)),
    "limit_as_a_number": ("", number(daily_limit=250)),
    "limit_of_nothing": ("", number(daily_limit=0)),
}
NOTICES = {
    "errors_only": "errors",
    "account_alert": "account_alerts",
    "account_restricted_in_numbers": "account_update",
    "throughput_upgrade": "phone_number_quality_update",
    "field_of_tomorrow": "dreams",
    "value_with_nothing_known": "messages",
}
ELSEWHERE = {"batch", "nobody", "template_without_a_name"}


@pytest.mark.parametrize("name", sorted(READ))
def test_item_is_read(name: str) -> None:
    assert channel().parse(captured(name)) == [Arrived(account_key=NUMBER, item=READ[name])]


@pytest.mark.parametrize("name", sorted(NEWS))
def test_news_of_templates_and_accounts_is_read(name: str) -> None:
    (arrived,) = channel().parse(captured(name))

    key, expected = NEWS[name]
    assert isinstance(arrived.item, TemplateNews | AccountNews | NumberNews)
    assert arrived.account_key == key
    assert msgspec.structs.replace(arrived.item, provider_id="") == expected


def test_the_same_news_at_another_time_is_other_news() -> None:
    paused = captured("template_paused")
    again = paused.replace(b"1772445600", b"1772532000")

    items = [channel().parse(body)[0].item for body in (paused, paused, again)]

    names = {item.provider_id for item in items if isinstance(item, TemplateNews)}
    assert len(names) == 2


def test_news_of_another_business_names_it() -> None:
    own, other = channel(business_account_id="990011"), channel(business_account_id="220044")

    assert own.parse(captured("template_paused"))[0].account_key == ""
    assert other.parse(captured("template_paused"))[0].account_key == "990011"


def test_news_without_a_template_is_kept_as_unreadable() -> None:
    (arrived,) = channel().parse(captured("template_without_a_name"))

    assert isinstance(arrived.item, Unreadable)


@pytest.mark.parametrize("name", sorted(NAMELESS))
def test_item_without_an_id_is_given_one_that_repeats(name: str) -> None:
    (arrived,) = channel().parse(captured(name))
    (again,) = channel().parse(captured(name))

    item = arrived.item
    assert isinstance(item, AddressChange | Preference)
    assert msgspec.structs.replace(item, provider_id="") == NAMELESS[name]
    assert item.provider_id
    assert again == arrived


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_notice_keeps_its_value(name: str) -> None:
    (arrived,) = channel().parse(captured(name))

    assert isinstance(arrived.item, Notice)
    assert arrived.item.field == NOTICES[name]
    assert isinstance(json.loads(bytes(arrived.item.value)), dict)
    assert len(arrived.item.provider_id) <= 191


def test_every_captured_body_is_expected() -> None:
    names = {path.stem for path in PAYLOADS.glob("*.json")}

    assert names == READ.keys() | NAMELESS.keys() | NEWS.keys() | NOTICES.keys() | ELSEWHERE


def test_every_item_of_a_batch_is_read_and_the_broken_are_kept() -> None:
    arrived = channel().parse(captured("batch"))

    assert [_name(one) for one in arrived] == [
        (NUMBER, "wamid.1"),
        (NUMBER, "unreadable"),
        (NUMBER, "wamid.3"),
        (NUMBER, "wamid.4"),
        (NUMBER, "unreadable"),
        ("990000000000001", "wamid.5"),
        ("", "unreadable"),
        (NUMBER, "wamid.6"),
        ("", "unreadable"),
    ]


def _name(arrived: Arrived) -> tuple[str, str]:
    item = arrived.item
    return arrived.account_key, "unreadable" if isinstance(item, Unreadable) else item.provider_id


def test_unreadable_item_is_kept_with_what_it_takes_to_read_it() -> None:
    (arrived,) = channel().parse(captured("nobody"))

    assert isinstance(arrived.item, Unreadable)
    assert arrived.item.reason == "a message from nobody"
    mended = arrived.item.raw.replace(b'"type"', b'"from":"263771000001","type"')
    (again,) = channel().parse(mended)
    assert isinstance(again.item, Message)
    assert (again.account_key, again.item.text) == (NUMBER, "Hello")


@pytest.mark.parametrize("name", ["nobody", "batch"])
def test_what_cannot_be_read_is_a_body_of_its_own(name: str) -> None:
    arrived = channel().parse(captured(name))
    unreadable = [one for one in arrived if isinstance(one.item, Unreadable)]
    kept = [one.item.raw for one in arrived if isinstance(one.item, Unreadable)]

    assert [channel().parse(body) for body in kept] == [[one] for one in unreadable]
    assert unreadable


def test_message_without_a_time_came_now() -> None:
    body = captured("text").replace(b'"1772445600"', b'"soon"')

    (arrived,) = channel().parse(body)
    assert isinstance(arrived.item, Message)
    assert arrived.item.sent_at == NOON


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (rb"goats\u0000\u0007", "goats"),
        (rb"goats \ud83d", "goats ?"),
        (rb"\ud83d\udc10 goats", "\N{GOAT} goats"),
        (b"goats \xff", "goats �"),
        (b"\\u200dgoats\\n2", "\u200dgoats\n2"),
        (b"=cmd() <script>", "=cmd() <script>"),
        (b"g" * 65_536, "g" * 65_536),
    ],
)
def test_strange_letters_are_kept_as_far_as_a_database_can(typed: bytes, kept: str) -> None:
    body = captured("text").replace(b"Selling 10 goats at $20 in Gokwe", typed)

    (arrived,) = channel().parse(body)
    assert isinstance(arrived.item, Message)
    assert arrived.item.text == kept


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"{}", b'{"entry":7}', b"[" * 100_000, b"\x00\xff"],
)
def test_body_that_is_no_envelope_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        channel().parse(body)


def test_envelope_with_nothing_in_it_is_no_error() -> None:
    assert channel().parse(b'{"object":"whatsapp_business_account","entry":[]}') == []
