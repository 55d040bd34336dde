"""Every kind of line of a transcript, and every mistake in one."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.testing.transcripts.matching import Kind, Offers, Pattern
from sokoni.testing.transcripts.parsing import parse_script, read_script
from sokoni.testing.transcripts.steps import (
    Contact,
    Expect,
    File,
    Fresh,
    Location,
    Never,
    Say,
    SayBesides,
    SetNow,
    Step,
    Switch,
    Tap,
    TranscriptError,
    UseMerchant,
    Wait,
    Words,
)

START = "merchant: m\n@+1\n"


def steps(text: str) -> list[Step]:
    """Return the steps after a merchant and a speaker."""
    return list(parse_script(START + text).steps[2:])


def only(text: str) -> Step:
    (step,) = steps(text)
    return step


def problem(text: str) -> TranscriptError:
    with pytest.raises(TranscriptError) as caught:
        parse_script(text, "a.chat")
    return caught.value


def test_a_header_names_merchant_time_and_fresh_data() -> None:
    script = parse_script("# hello\n\nmerchant: gokwe-market\nnow: 2026-03-02 09:00\nfresh\n")

    merchant, now, fresh = script.steps
    assert isinstance(merchant, UseMerchant)
    assert merchant.merchant == "gokwe-market"
    assert isinstance(now, SetNow)
    assert now.local == datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - the merchant's own zone
    assert isinstance(fresh, Fresh)


def test_what_the_merchants_file_says_besides_is_yaml() -> None:
    script = parse_script("merchant: m\nwith: {payments: [{gateway: sandbox}]}\n")

    besides = script.steps[-1]

    assert isinstance(besides, SayBesides)
    assert besides.besides == {"payments": [{"gateway": "sandbox"}]}


def test_an_at_sign_switches_who_speaks() -> None:
    script = parse_script("merchant: m\n@+263771000001\n@+263772000002\n@+263771000001\n")

    assert [step.who for step in script.steps if isinstance(step, Switch)] == [
        "+263771000001",
        "+263772000002",
        "+263771000001",
    ]
    assert script.speakers == ("+263771000001", "+263772000002")


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("> Selling 10 goats at $20", Words("Selling 10 goats at $20")),
        (">hi", Words("hi")),
        (">   spaced out  ", Words("spaced out")),
        ("> # no comment", Words("# no comment")),
        ("> > quoted", Words("> quoted")),
        ("> [Yes]", Tap("Yes")),
        ("> [ Seagate Plumbers ]", Tap("Seagate Plumbers")),
        ("> [Yes] please", Words("[Yes] please")),
        ("> []", Words("[]")),
        ("> (location -17.82, 31.05)", Location(-17.82, 31.05)),
        ("> (location 1,2)", Location(1, 2)),
        ("> (image photo.jpg)", File("image", "photo.jpg")),
        ("> (image my photo.jpg)", File("image", "my photo.jpg")),
        ("> (contact +263771000001)", Contact("+263771000001")),
        ("> (contact me later)", Words("(contact me later)")),
        ("> (locations near me)", Words("(locations near me)")),
        ("> (laughs)", Words("(laughs)")),
        ("> أريد سماعات", Words("أريد سماعات")),
    ],
)
def test_what_a_contact_sends(line: str, part: object) -> None:
    step = only(line)

    assert isinstance(step, Say)
    assert step.parts == (part,)


def test_a_burst_is_one_turn_even_around_comments() -> None:
    step = only("> selling goats\n# and then\n>+ ten of them\n\n>+ [Yes]\n")

    assert isinstance(step, Say)
    assert step.parts == (Words("selling goats"), Words("ten of them"), Tap("Yes"))


def test_two_lines_with_a_greater_than_sign_are_two_turns() -> None:
    assert len(steps("> one\n> two\n")) == 2


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("wait 24h", timedelta(hours=24)),
        ("wait 90m", timedelta(minutes=90)),
        ("wait 1d 2h", timedelta(hours=26)),
        ("wait 1h30m", timedelta(minutes=90)),
        ("wait 1.5s", timedelta(seconds=1.5)),
        ("wait 500ms", timedelta(milliseconds=500)),
        ("wait   2w", timedelta(weeks=2)),
    ],
)
def test_waiting(line: str, time: timedelta) -> None:
    step = only(line)

    assert isinstance(step, Wait)
    assert step.time == time


@pytest.mark.parametrize(
    ("line", "kind", "source"),
    [
        ("< Hello there", Kind.WHOLE, "Hello there"),
        ("<~ 10 goats", Kind.CONTAINS, "10 goats"),
        ("<~10 goats", Kind.CONTAINS, "10 goats"),
        ("<? (?i)where|location", Kind.REGEX, "(?i)where|location"),
        ("< ~ tilde", Kind.WHOLE, "~ tilde"),
    ],
)
def test_expectations(line: str, kind: Kind, source: str) -> None:
    step = only(line)

    assert isinstance(step, Expect)
    assert step.pattern == Pattern(kind, source)


def test_lines_with_an_ampersand_belong_to_the_expectation_above() -> None:
    step = only("<~ goats\n&~ Gokwe\n# why\n&? \\d+\n&[Yes] [Edit it]\n")

    assert isinstance(step, Expect)
    assert step.also == (
        Pattern(Kind.CONTAINS, "Gokwe"),
        Pattern(Kind.REGEX, r"\d+"),
        Offers(("Yes", "Edit it")),
    )


@pytest.mark.parametrize(
    ("line", "kind"), [("!~ Weale Road", Kind.CONTAINS), ("!? x", Kind.REGEX)]
)
def test_what_must_not_be_said(line: str, kind: Kind) -> None:
    step = only(line)

    assert isinstance(step, Never)
    assert step.pattern.kind is kind


def test_strict_holds_from_its_line_on() -> None:
    lax, strict = steps("<~ a\nstrict\n<~ b\n")

    assert isinstance(lax, Expect)
    assert not lax.strict
    assert isinstance(strict, Expect)
    assert strict.strict


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "freshly",
        "merchants: m",
        "wait",
        "wait forever",
        "wait 10",
        "wait 0h",
        "wait -1h",
        "wait 99999999999999w",
        "wait 1h and more",
        "now: yesterday",
        "with: nothing",
        "now: 2026-13-02 09:00",
        "merchant:",
        "@",
        "@ +263 77",
        ">",
        ">+",
        "> (location)",
        "> (location here)",
        "> (location 91, 0)",
        "> (location 0, 181)",
        "> (location nan, 0)",
        "> (location 1, 2, 3)",
        "<",
        "<~",
        "<? (",
        "<? a{99999999999}",
        "!",
        "! text",
        "!~",
        "!? [",
        "& text",
        "&",
    ],
)
def test_a_mistake_is_named_with_file_and_line(line: str) -> None:
    error = problem(f"{START}> hi\n# fine\n{line}\n")

    assert str(error).startswith("a.chat:5: ")


@pytest.mark.parametrize("above", ["> hi", "!~ x", "wait 1h", "@+2", "now: 2026-03-02 09:00"])
def test_an_ampersand_anywhere_else_is_an_error(above: str) -> None:
    assert problem(f"{START}<~ a\n{above}\n&~ b\n").spot.line == 5


@pytest.mark.parametrize("also", ["&[]", "&[Yes] and", "&[Yes", "&", "&~", "&? ("])
def test_an_ampersand_must_say_what(also: str) -> None:
    assert problem(f"{START}<~ a\n{also}\n").spot.line == 4


@pytest.mark.parametrize("above", ["<~ a", "wait 1h", "@+2"])
def test_a_burst_continues_what_stands_directly_above(above: str) -> None:
    assert problem(f"{START}> hi\n{above}\n>+ there\n").spot.line == 5


def test_time_may_pass_before_anybody_speaks() -> None:
    assert isinstance(parse_script("merchant: m\nwait 1h\n").steps[-1], Wait)


@pytest.mark.parametrize("line", ["> hi", "<~ a", "!~ a"])
def test_somebody_must_speak_first(line: str) -> None:
    assert "nobody speaks" in problem(f"merchant: m\n{line}\n").problem
    assert "no `merchant:`" in problem(f"{line}\n").problem


def test_a_new_merchant_needs_a_speaker_again() -> None:
    assert problem(f"{START}> hi\nmerchant: n\n> hi\n").spot.line == 5


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.chat"
    path.write_bytes(b"\xef\xbb\xbfmerchant: m\r\n@+1\r\n> hi\r\n")

    script = read_script(path)

    assert isinstance(script.steps[-1], Say)
    assert script.steps[-1].parts == (Words("hi"),)


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    step = only("> one\u2028two\x0bthree\n")

    assert isinstance(step, Say)
    assert step.parts == (Words("one\u2028two\x0bthree"),)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.chat"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(TranscriptError, match=r"a\.chat:0: cannot be read"):
        read_script(path)


LINES = st.one_of(
    st.sampled_from(["fresh", "strict", "merchant: m", "@+1", "> hi", "<~ a", "&~ b", ">+ c"]),
    st.text(max_size=40),
    st.builds(
        str.__add__,
        st.sampled_from(["<? ", "&[", "> (location ", "wait ", "now: ", "> [", "!~ "]),
        st.text(max_size=20),
    ),
)


def lines_told(text: str) -> list[int]:
    """Return the lines that were understood, or the one that was refused."""
    try:
        return [step.spot.line for step in parse_script(text).steps]
    except TranscriptError as error:
        return [error.spot.line]


@given(st.lists(LINES, max_size=12))
def test_any_text_is_read_or_refused_with_a_line(lines: list[str]) -> None:
    text = "\n".join(lines)

    told = lines_told(text)

    assert told == sorted(set(told))
    assert all(1 <= line <= text.count("\n") + 1 for line in told)
