import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from sokoni.kit.logs import Seldom, set_up_logs
from sokoni.testing.clock import StoppedClock


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Log into memory, as in production; put everything back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    set_up_logs("INFO", production=True, stream=written)
    yield written
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_trace(stream: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(trace="abc")

    structlog.get_logger("sokoni.x").info("stored", events=3)

    [line] = lines(stream)
    assert line.pop("timestamp")
    assert line == {
        "event": "stored",
        "events": 3,
        "level": "info",
        "logger": "sokoni.x",
        "trace": "abc",
    }


def test_libraries_log_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("library").warning("call from %s", "+263771000001")
    logging.getLogger("library").debug("too quiet")
    logging.getLogger("uvicorn.access").info("GET /hook?hub.verify_token=secret")

    [line] = lines(stream)
    assert line["event"] == "call from +263…001"


def test_no_url_of_a_missing_page_is_logged(stream: io.StringIO) -> None:
    url = "http://here/hook?hub.verify_token=s3cret&hub.challenge=1"
    logging.getLogger("nicegui").warning("%s not found", url)
    logging.getLogger("library").warning("%s not found", url)

    [line] = lines(stream)
    assert line["event"] == "http://here/hook?hub.verify_token=…&hub.challenge=1 not found"


@pytest.mark.parametrize(
    "name",
    [
        *("text", "body", "name", "token", "access_token", "Authorization", "code", "payload"),
        *("secret", "app_secrets", "secret_key", "webhook_secrets", "api_key_secret"),
    ],
)
def test_what_is_secret_by_name_is_hidden(stream: io.StringIO, name: str) -> None:
    structlog.get_logger().info("x", **{name: "Rudo's goats"}, inner={name: "Rudo's goats"})

    [line] = lines(stream)
    assert line[name] == "…"
    assert "Rudo" not in stream.getvalue()


@pytest.mark.parametrize(
    "number",
    [
        "+263771000001",
        "263771000001",
        "263771000001@s.whatsapp.net",
        "0771 000 001",
        "077-100-0001",
        "(077) 1000001",
        263771000001,
    ],
)
def test_numbers_are_masked_wherever_they_stand(stream: io.StringIO, number: object) -> None:
    structlog.get_logger().info(f"to {number}", at=number, several=[number], inner={"a": number})

    digits = "".join(letter for letter in stream.getvalue() if letter.isdigit())
    assert "771000001" not in digits


@pytest.mark.parametrize(
    "value",
    [
        "0193e4a1-1234-7567-8901-123456789012",
        "2026-03-02T12:00:00.123456",
        "2026-03-02 12:00",
        "wamid.HBgLABC",
        123456,
        1.5,
        None,
        True,
    ],
)
def test_what_tells_on_nobody_is_kept(stream: io.StringIO, value: object) -> None:
    structlog.get_logger().info("x", at=value)

    assert lines(stream)[0]["at"] == value


def test_an_exception_is_told_without_what_was_said(stream: io.StringIO) -> None:
    try:
        try:
            int("I live at 6 Weale Road")
        except ValueError as error:
            raise LookupError("call 0771000001 now\nDETAIL: Key (name)=(Rudo)") from error
    except LookupError:
        structlog.get_logger().exception("failed")

    told = str(lines(stream)[0]["exception"])
    assert "test_logs.py" in told
    assert "LookupError: call 0771…001 now\nbecause of" in told
    assert "ValueError: invalid literal for int() with base 10: '…'" in told
    assert "Weale" not in told
    assert "Rudo" not in told


def test_an_error_as_a_value_is_only_its_kind(stream: io.StringIO) -> None:
    structlog.get_logger().info("x", error=ValueError("Rudo"), raw_bytes=b"Rudo")

    line = lines(stream)[0]
    assert (line["error"], line["raw_bytes"]) == ("ValueError", "…")


def test_mariadb_says_nothing_of_the_names_of_primary_keys(stream: io.StringIO) -> None:
    logging.getLogger("asyncmy").warning("Name 'pk_deals' ignored for PRIMARY key.")

    assert lines(stream) == []


def test_stripes_sdk_says_nothing_of_who_paid() -> None:
    written = io.StringIO()
    set_up_logs("DEBUG", production=True, stream=written)

    logging.getLogger("stripe").debug("message='API response body' body='rudo@example.com'")
    logging.getLogger("stripe").info("message='Request to Stripe api' method=post")

    assert written.getvalue() == ""


def test_keys_are_hidden_wherever_they_stand(stream: io.StringIO) -> None:
    keys = ("sk_test_51abcDEF", "rk_live_51abcDEF", "whsec_51abcDEF")
    logging.getLogger("library").warning("Invalid API Key provided: %s, %s, %s", *keys)

    [line] = lines(stream)
    assert line["event"] == "Invalid API Key provided: sk_test_…, rk_live_…, whsec_…"


def test_a_person_reads_plain_lines() -> None:
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    set_up_logs("debug", production=False, stream=written)
    structlog.get_logger("sokoni.x").debug("stored", text="Rudo")
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)

    assert "stored" in written.getvalue()
    assert "Rudo" not in written.getvalue()
    assert "\x1b" not in written.getvalue(), "colours are for a terminal"


def test_what_happens_often_is_logged_seldom() -> None:
    clock = StoppedClock()
    seldom = Seldom(clock)

    first = [seldom.due("a"), seldom.due("a"), seldom.due("b")]
    clock.advance(timedelta(minutes=1))

    assert first == [True, False, True]
    assert seldom.due("a")
