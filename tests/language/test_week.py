"""When somebody works is read out of words."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sokoni.language.readers.duration import DurationReader
from sokoni.language.readers.week import DAY, DaysSaid, Doing, WeekReader, WeekSaid, week_told
from sokoni.language.words import words_of
from tests.language.said import phrases, scene

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
READER = WeekReader()


def corpus() -> Iterator[tuple[str, str]]:
    for listed in phrases("week").values():
        yield from listed.items()


def read(said: str) -> WeekSaid | None:
    return READER.read(words_of(said), scene())


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def written(week: WeekSaid | None) -> str:
    """Return a week as the phrases have it."""
    if week is None:
        return "-"
    return ("+ " if week.also else "") + "; ".join(part_of(one) for one in week.parts)


def part_of(one: DaysSaid) -> str:
    days = "".join(map(str, one.days))
    spans = [f"{clock(opens)}-{clock(closes)}" for opens, closes in one.spans]
    told = {
        Doing.WORKS: spans,
        Doing.SHUT: ["shut"],
        Doing.OPENS: ["from", clock(one.at)],
        Doing.CLOSES: ["until", clock(one.at)],
        Doing.BREAK: ["break", *spans],
        Doing.UNBROKEN: ["unbroken"],
    }
    return " ".join(part for part in (days, *told[one.doing]) if part)


@pytest.mark.parametrize(("said", "meant"), [*corpus()])
def test_working_hours_are_read(said: str, meant: str) -> None:
    assert written(read(said)) == meant


@given(
    st.sampled_from(range(7)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(15, DAY // 2 - 1),
)
def test_hours_that_are_written_out_are_read_back(
    day: int, hour: int, minute: int, length: int
) -> None:
    opens = hour * 60 + minute
    closes = opens + length

    week = read(f"{DAY_NAMES[day]} {clock(opens)}-{clock(closes % DAY)}")

    # Beyond half a day, 10:00 after 18:00 may as well be the same evening's.
    assert week == WeekSaid((DaysSaid(Doing.WORKS, (day,), ((opens, closes),)),))


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(said: str) -> None:
    told = week_told(words_of(said), scene())

    assert told is None or told.week.parts


def test_what_is_not_understood_is_named() -> None:
    told = week_told(words_of("mon-fri 8 to 5 by appointment"), scene())

    assert told is not None
    assert told.unread == "appointment"


def test_most_of_a_week_is_all_of_it() -> None:
    whole, some, added = (
        read("monday to friday 8 to 5"),
        read("saturday 8 to 1"),
        read("I also work monday to friday 8 to 5"),
    )

    assert whole is not None
    assert whole.is_whole
    assert some is not None
    assert not some.is_whole
    assert added is not None
    assert not added.is_whole


def test_a_week_comes_back_out_of_a_draft() -> None:
    week, adapter = read("mon-fri 8 to 5 lunch 1 to 2"), TypeAdapter(WeekSaid)

    assert week is not None
    assert adapter.validate_json(adapter.dump_json(week)) == week


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("I need a day's notice", 1440),
        ("2 hours", 120),
        ("half an hour", 30),
        ("2 days before", 2880),
        ("30 minutes between jobs", 30),
        ("none", 0),
        ("no", 0),
        ("tomorrow", None),
        ("5", None),
    ],
)
def test_how_long_something_takes_is_read(said: str, minutes: int | None) -> None:
    assert DurationReader().read(words_of(said), scene()) == minutes
