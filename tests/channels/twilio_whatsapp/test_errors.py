"""Every error code of Twilio's table, by what it means for us."""

import json

import pytest

from sokoni.channels import errors
from sokoni.channels.twilio_whatsapp.errors import MEANINGS, named, refusal
from sokoni.kit.http import Response

CODES: dict[type[errors.SendError], list[int]] = {
    errors.ChannelDownError: [
        *(20003, 21606, 21609, 63001, 63002, 63007, 63020, 63022, 63051, 63062),
    ],
    errors.ThrottledError: [20429, 21611, 30001, 63017, 63018, 63038],
    errors.TemporarySendError: [63008, 63009, 63010, 63012, 63023],
    errors.FileUnfetchedError: [63019, 63037],
    errors.RecipientUnreachableError: [21211, 21408, 63003, 63015, 63024],
    errors.OptedOutError: [21610, 63014, 63033],
    errors.ReplyWindowClosedError: [63016],
    errors.NotRenderableError: [
        *(21617, 21620, 21656, 21658, 63005, 63006, 63021, 63028, 63029, 63030, 63034),
    ],
    errors.TemplateUnusableError: [21655, 63027, 63040, 63041],
    errors.SendError: [
        *(11200, 11205, 12100, 12300, 63013, 63026, 63031, 63032, 63049, 98765),
    ],
}
ROWS = [(code, kind) for kind, codes in CODES.items() for code in codes]


def twilio_error(code: object, status: int = 400, **headers: str) -> Response:
    error = {"code": code, "message": "no", "more_info": "https://…", "status": status}
    return Response(status, headers, json.dumps(error).encode())


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_code_is_named(code: int, kind: type[errors.SendError]) -> None:
    error = refusal(twilio_error(code))

    assert type(error) is kind
    assert error.provider_code == str(code)
    assert str(error) == f"400/{code}: no"
    assert named(code) == kind.code


def test_every_code_is_tested() -> None:
    assert {code for code, _ in ROWS} == MEANINGS.keys() | {98765}


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (Response(429, {}, b"slow down"), errors.ThrottledError),
        (twilio_error(98765, 429), errors.ThrottledError),
        (Response(500, {}, b""), errors.UnknownOutcomeError),
        (Response(502, {}, b"<html>"), errors.UnknownOutcomeError),
        (twilio_error(20500, 500), errors.UnknownOutcomeError),
        (Response(408, {}, b""), errors.UnknownOutcomeError),
        (Response(401, {}, b""), errors.ChannelDownError),
        (Response(403, {}, b"<html>"), errors.ChannelDownError),
        (twilio_error("20003", 401), errors.ChannelDownError),
        (Response(302, {}, b""), errors.TemporarySendError),
        (Response(404, {}, b"\xff"), errors.SendError),
        (Response(400, {}, b"[" * 100_000), errors.SendError),
        (Response(400, {}, b"[]"), errors.SendError),
        (twilio_error(None), errors.SendError),
    ],
)
def test_answer_without_a_known_code_is_named_by_its_status(
    response: Response, kind: type[errors.SendError]
) -> None:
    assert type(refusal(response)) is kind


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (twilio_error(20429, 429, **{"retry-after": "7"}), 7),
        (twilio_error(20429, 429), 0),
        (twilio_error(30001), 60),
        (twilio_error(63038), 3600),
    ],
)
def test_wait_is_told(response: Response, seconds: float) -> None:
    error = refusal(response)

    assert isinstance(error, errors.ThrottledError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("code", "tries"), [(63019, 1), (63008, 3)])
def test_how_often_more_is_told(code: int, tries: int) -> None:
    error = refusal(twilio_error(code))

    assert isinstance(error, errors.TemporarySendError)
    assert error.tries == tries
