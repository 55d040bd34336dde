"""Which requests Twilio signed: the vectors of the reference, ports, two tokens, other bodies."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from sokoni.channels.errors import InvalidSignatureError
from sokoni.channels.inbound import WebhookRequest
from sokoni.channels.twilio_whatsapp.signature import Pairs, in_order, signature
from sokoni.testing.twilio_webhooks import Posted, signed_form, signed_json
from tests.channels.twilio_whatsapp.captured import captured, channel

TOKEN = "twilio-token-123"
URL = "https://shop.example.com/hooks/twilio/wa1?store=7"
FIELDS = {
    "MessageSid": "SM00000000000000000000000000000001",
    "From": "whatsapp:+2348000000001",
    "To": "whatsapp:+14155238886",
    "Body": "2 x café",
    "NumMedia": "0",
}
FORM_SIGNATURE = "LNP6PHdkPB1gSeFJJG7fDpYSDw8="
JSON_URL = (
    "https://shop.example.com/hooks/twilio/json"
    "?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
)
JSON_SIGNATURE = "K23M9UVAmy7mDDt82YuEBlEvBS4="


def request(
    url: str = URL,
    body: bytes = urlencode(FIELDS).encode(),
    signed: str = FORM_SIGNATURE,
    **headers: str,
) -> WebhookRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest(url=url, headers={"x-twilio-signature": signed, **named}, body=body)


def ours(pairs: Pairs, algorithm: str = "sha1") -> str:
    return signature(TOKEN.encode(), URL, in_order(pairs), algorithm).decode()


def taken(posted: Posted, url: str = "") -> WebhookRequest:
    """Return what arrives of it, at the address that we know ourselves by."""
    return WebhookRequest(url=url or posted.url, headers=posted.headers, body=posted.body)


def is_refused(asked: WebhookRequest) -> bool:
    try:
        channel().verify(asked)
    except InvalidSignatureError:
        return True
    return False


def test_form_is_signed_as_in_the_reference() -> None:
    assert ours(list(FIELDS.items())) == FORM_SIGNATURE
    assert signed_form(URL, FIELDS, TOKEN).headers["x-twilio-signature"] == FORM_SIGNATURE
    assert not is_refused(request())


def test_other_body_is_signed_as_in_the_reference() -> None:
    posted = signed_json("https://shop.example.com/hooks/twilio/json", b'{"a":1}', TOKEN)

    assert posted.url == JSON_URL
    assert posted.headers["x-twilio-signature"] == JSON_SIGNATURE
    assert not is_refused(request(JSON_URL, b'{"a":1}', JSON_SIGNATURE))


def test_fields_come_in_any_order_and_may_be_unknown_or_empty() -> None:
    fields = {
        "Zulu": "",
        "Body": "a b+c&d=é\r\n",
        "body": "small",
        "From": "whatsapp:+1",
        "A": " ",
    }
    posted = signed_form(URL, fields, TOKEN)

    assert not is_refused(taken(posted))


def test_repeated_field_counts_once_for_each_value() -> None:
    once = ours([("A", "2"), ("A", "1")])

    assert not is_refused(request(body=b"A=2&A=1&A=2", signed=once))


@pytest.mark.parametrize(
    "forged",
    [
        request(signed=""),
        request(signed=FORM_SIGNATURE.lower()),
        request(signed="\ud800"),
        request(url=URL.replace("store=7", "store=8")),
        request(url=URL.replace("https", "http")),
        request(body=urlencode(FIELDS | {"Body": "2 x cafe"}).encode()),
        request(body=urlencode(FIELDS | {"Extra": "1"}).encode()),
        request(body=b""),
        request(body=b"\xff"),
        request(JSON_URL, b'{"a":2}', JSON_SIGNATURE),
        request(JSON_URL, b"", JSON_SIGNATURE),
        request(JSON_URL.replace("015a", "015b"), b'{"a":1}', JSON_SIGNATURE),
        request(x_twilio_webhooks_signature_settings="key=k,algorithm=HMAC_SHA256"),
    ],
)
def test_forged_request_is_refused(forged: WebhookRequest) -> None:
    assert is_refused(forged)


def test_request_without_a_signature_is_refused() -> None:
    assert is_refused(replace(request(), headers={}))


@pytest.mark.parametrize(
    ("called", "known"),
    [
        ("https://a.example/w?x=1", "https://a.example:443/w?x=1"),
        ("https://a.example:443/w?x=1", "https://a.example/w?x=1"),
        ("https://a.example/w", "https://a.example:8443/w"),
        ("https://a.example:8443/w", "https://a.example:8443/w"),
        ("http://a.example:80/w", "http://a.example/w"),
        ("http://a.example/w", "http://a.example:80/w"),
        ("https://[2001:db8::1]:443/w", "https://[2001:db8::1]/w"),
        ("https://[2001:db8::1]/w", "https://[2001:db8::1]:443/w"),
    ],
)
def test_port_may_be_written_or_not(called: str, known: str) -> None:
    posted = signed_form(called, FIELDS, TOKEN)

    assert not is_refused(taken(posted, known))


def test_another_port_is_another_address() -> None:
    posted = signed_form("https://a.example:444/w", FIELDS, TOKEN)

    assert is_refused(taken(posted, "https://a.example/w"))


@pytest.mark.parametrize("token", ["fake-auth-token", "twilio-token-123"])
def test_either_token_counts_while_one_replaces_the_other(token: str) -> None:
    assert not is_refused(taken(signed_form(URL, FIELDS, token)))
    assert is_refused(taken(signed_form(URL, FIELDS, f"{token}4")))


def test_shared_key_signs_with_a_longer_hash() -> None:
    longer = ours(list(FIELDS.items()), "sha256")
    settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"

    asked = request(signed=longer, x_twilio_webhooks_signature_settings=settings)

    assert not is_refused(asked)


def test_captured_body_is_signed_over_its_decoded_fields() -> None:
    body = captured("text_spaced")
    signed = ours([("Body", "  2 x café + \r\n tea  ")])
    (only,) = [part for part in body.split(b"&") if part.startswith(b"Body=")]

    assert not is_refused(request(body=only, signed=signed))
