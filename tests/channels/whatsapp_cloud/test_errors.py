"""Every error code of Meta's table, by what it means for us."""

import json

import pytest

from sokoni.channels import errors
from sokoni.channels.whatsapp_cloud.errors import MEANINGS, named, refusal
from sokoni.kit.http import Response

CODES: dict[type[errors.SendError], list[int]] = {
    errors.ChannelDownError: [
        *(0, 3, 10, 33, 190, 200, 250, 299, 368, 131005, 131031, 131037, 131042, 131045),
        *(133000, 133005, 133006, 133008, 133009, 133010, 133015),
    ],
    errors.ThrottledError: [4, 80007, 130429, 131048, 131057, 133016],
    errors.ContactThrottledError: [131056],
    errors.TemporarySendError: [1, 2, 131016, 133004, 135000, 139102],
    errors.FileUnfetchedError: [131053],
    errors.UnknownOutcomeError: [131000],
    errors.RecipientUnreachableError: [130403, 131021, 131026, 131030],
    errors.OptedOutError: [131050],
    errors.ReplyWindowClosedError: [131047],
    errors.TemplateUnusableError: [132001, 132015, 132016],
    errors.NotRenderableError: [100, 131008, 131009, 131051, 132068, 132069],
    errors.SendError: [
        *(130472, 130497, 131049, 131052, 131055, 131060, 131062, 131063, 131064, 134011),
        *(134100, 134101, 134102, 137000, 132000, 132005, 132007, 132008, 132012),
        *(132018, 138000, 139000, 139004, 139100, 139103, 147001, 147005),
        *(2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299, 987654),
    ],
}
ROWS = [(code, kind) for kind, codes in CODES.items() for code in codes]


def graph_error(code: object, status: int = 400, **headers: str) -> Response:
    error = {"code": code, "message": "no", "error_data": {"details": "because"}}
    return Response(status, headers, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_code_is_named(code: int, kind: type[errors.SendError]) -> None:
    error = refusal(graph_error(code))

    assert type(error) is kind
    assert error.provider_code == str(code)
    assert str(error) == f"400/{code}: no because"
    assert named(code) == kind.code


def test_every_meaning_is_tested() -> None:
    assert {meaning.kind for meaning in MEANINGS.values()} == CODES.keys()


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (Response(429, {}, b"slow down"), errors.ThrottledError),
        (graph_error(987654, 429), errors.ThrottledError),
        (Response(500, {}, b""), errors.UnknownOutcomeError),
        (Response(502, {}, b"<html>"), errors.UnknownOutcomeError),
        (Response(503, {}, b'{"error":"busy"}'), errors.UnknownOutcomeError),
        (graph_error(987654, 500), errors.UnknownOutcomeError),
        (graph_error(131016, 503), errors.TemporarySendError),
        (graph_error("190", 401), errors.ChannelDownError),
        (Response(408, {}, b""), errors.UnknownOutcomeError),
        (Response(401, {}, b""), errors.ChannelDownError),
        (Response(403, {}, b"<html>"), errors.ChannelDownError),
        (Response(302, {}, b""), errors.TemporarySendError),
        (Response(404, {}, b"\xff"), errors.SendError),
        (Response(400, {}, b"[" * 100_000), errors.SendError),
    ],
)
def test_answer_without_a_known_code_is_named_by_its_status(
    response: Response, kind: type[errors.SendError]
) -> None:
    assert type(refusal(response)) is kind


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (Response(429, {"retry-after": "7"}, b""), 7),
        (Response(429, {"retry-after": "tomorrow"}, b""), 0),
        (graph_error(131057, 400), 60),
        (graph_error(131048, 400), 3600),
        (graph_error(131056, 400), 0),
    ],
)
def test_wait_is_told(response: Response, seconds: float) -> None:
    error = refusal(response)

    assert isinstance(error, errors.ThrottledError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("code", "tries"), [(131053, 2), (135000, 1), (131016, None)])
def test_how_often_more_is_told(code: int, tries: int | None) -> None:
    error = refusal(graph_error(code))

    assert isinstance(error, errors.TemporarySendError)
    assert error.tries == tries
