"""Times are read as well as the docs say, or better; what a moment says of itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sokoni.language.readers import TimeReader
from sokoni.language.reading import Moment, Scene, Vagueness, Window
from sokoni.language.words import words_of
from tests.language import when
from tests.language.said import WEDNESDAY, scene
from tests.repository import readers_page, times_part

READER = TimeReader()


def found(said: str) -> Moment | None:
    told = READER.find(words_of(said), scene())
    return told.value if told and isinstance(told.value, Moment) else None


def test_no_score_is_below_what_the_docs_say() -> None:
    cells = list(times_part.written(readers_page.PAGE.read_text("utf-8")))
    now = {
        (file, half): when.scores(when.ours, file, held_out=half == "held_out")
        for file, half, *_ in cells
    }

    below = [
        (file, half, language, str(score), str(now[file, half][language]))
        for file, half, reader, language, score in cells
        if reader == "now" and now[file, half][language] < score
    ]

    assert below == [], "write the page anew with `make docs` where it is worth it"
    assert len(cells) == 2 * 2 * 3 * (len(when.LANGUAGES) + 1)


def test_it_reads_more_than_dateparser_in_every_language() -> None:
    said = {
        (*place, language): score
        for *place, language, score in times_part.written(readers_page.PAGE.read_text("utf-8"))
    }

    ours = {place: score for place, score in said.items() if place[2] == "now"}

    assert [
        place
        for place, score in ours.items()
        if not said[place[0], place[1], "dateparser", place[3]] < score
    ] == []


def test_dateparser_would_add_nothing() -> None:
    assert when.read_beside().right == 0


def test_every_second_phrase_is_held_out() -> None:
    for _, listed in groupby(when.corpus(), lambda one: (one.file, one.language, one.alone)):
        assert [one.held_out for one in listed][:3] == [False, True, False]
    assert len(list(when.corpus("when"))) >= 250
    assert {one.language for one in when.corpus()} == set(when.LANGUAGES)


def test_an_instant_has_no_window() -> None:
    moment = found("I need a plumber in Harare tomorrow at 3pm, my sink is blocked")

    assert moment == Moment(WEDNESDAY.replace(day=19, hour=15), "tomorrow at 3pm")
    assert not moment.is_vague


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("in half a month", 15),
        ("in a month", 30),
        ("in 1.5 months", 45),
        ("a month ago", -31),
    ],
)
def test_part_of_a_month_is_so_many_days(said: str, days: int) -> None:
    told = READER.read(words_of(said), scene())

    assert told is not None
    assert told.at.date() == (WEDNESDAY + timedelta(days=days)).date()


def test_a_part_of_a_day_is_a_window() -> None:
    moment = found("can you come friday morning?")

    start = WEDNESDAY.replace(day=20, hour=6)
    assert moment is not None
    assert moment.window == Window(start, start.replace(hour=12), Vagueness.PART)
    assert (moment.part_of_day, moment.words) == ("morning", "friday morning")
    assert moment.window.start <= moment.at < moment.window.end


def test_what_is_going_on_begins_now() -> None:
    moment = found("today please")

    assert moment is not None
    assert moment.window is not None
    assert moment.window.start == moment.at == WEDNESDAY


def test_soon_gives_way_to_a_time() -> None:
    moment = found("I'm in Harare now, can you come tomorrow at 9?")

    assert moment is not None
    assert moment.at == WEDNESDAY.replace(day=19, hour=9)


def test_the_past_is_no_time_in_a_message_but_an_answer_that_can_be_refused() -> None:
    said = words_of("yesterday at 3pm")

    answered = READER.read(said, scene())

    assert READER.find(said, scene()) is None
    assert answered is not None
    assert answered.is_past(WEDNESDAY)
    assert not answered.is_past(WEDNESDAY - timedelta(days=2))


def test_an_hour_of_today_that_is_over_is_found_as_past() -> None:
    moment = found("please come today at 8am")

    assert moment is not None
    assert moment.is_past(WEDNESDAY)


@pytest.mark.parametrize("said", ["5 people", "$20 each", "what is two plus two", "iphone 12"])
def test_a_bare_number_is_an_hour_only_where_nothing_else_is_said(said: str) -> None:
    assert READER.read(words_of(said), scene()) is None


@pytest.mark.parametrize(
    "said", ["5", "ok 5", "maybe 5", "5 please", "na5", "ngo5", "\u0665", "५"]
)
def test_a_bare_hour_falls_into_business(said: str) -> None:
    answered = READER.read(words_of(said), scene())

    assert answered is not None
    assert answered.at == WEDNESDAY.replace(hour=17)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("friday or saturday morning", 20, 22),
        ("tomorrow or friday", 19, 21),
        ("monday to friday", 23, 28),
        ("before saturday", 18, 21),
        ("after friday", 21, 28),
    ],
)
def test_two_days_leave_those_in_between_open(said: str, first: int, last: int) -> None:
    answered = READER.read(words_of(said), scene())

    assert answered is not None
    assert answered.window is not None
    assert answered.window.kind is Vagueness.DAYS
    assert (answered.window.start.day, answered.window.end.day) == (first, last)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("sat 2pm", "11-21 14:00"),
        ("an hour from now", "11-18 11:00"),
        ("tonight at 12", "11-19 00:00"),
        ("5th of next month", "12-05 08:00"),
        ("next weekend", "11-28 08:00"),
        ("friday week", "11-27 08:00"),
        ("tarehe 25", "11-25 08:00"),
        ("from 9am for 2 hours tomorrow", "11-19 09:00"),
        ("my geyser burst at 2 this morning, can you come today at 4", "11-18 16:00"),
        ("I have been waiting since 6am today, come at 4", "11-18 16:00"),
    ],
)
def test_a_time_is_found_with_all_that_is_said_of_it(said: str, means: str) -> None:
    moment = found(said)

    assert moment is not None
    assert f"{moment.at:%m-%d %H:%M}" == means


def test_hours_are_no_date() -> None:
    answered = READER.read(words_of("8-10"), scene())

    assert answered is not None
    assert answered.window is not None
    assert answered.window.start == WEDNESDAY.replace(day=19, hour=8)


def test_two_hours_are_two_hours_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/London")
    before = datetime(2027, 3, 28, 0, 30, tzinfo=zone)

    told = READER.find(words_of("in 2 hours"), _at(before))

    assert told is not None
    assert isinstance(told.value, Moment)
    assert f"{told.value.at:%H:%M}" == "03:30"


def _at(now: datetime) -> Scene:
    return replace(scene(), now=now)


_PIECES = sorted({piece for one in when.corpus() for piece in one.said.split()} | {"-", ",", "/"})


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=8).map(" ".join), st.integers(0, 24 * 400))
def test_whatever_is_read_is_a_time_in_its_window(said: str, hours: int) -> None:
    then = _at(WEDNESDAY + timedelta(hours=hours))
    words = words_of(said)
    told = READER.find(words, then)

    moments = [READER.read(words, then), told.value if told else None]

    for moment in moments:
        assert moment is None or isinstance(moment, Moment)
        if moment is not None and moment.window is not None:
            assert moment.window.start <= moment.at < moment.window.end
            assert moment.is_vague


@pytest.mark.parametrize("said", ["friday morning", "tomorrow at 3pm", "next week", "asap"])
def test_a_moment_is_kept_with_a_draft(said: str) -> None:
    adapter = TypeAdapter(Moment)
    moment = READER.read(words_of(said), scene())
    assert moment is not None

    kept = adapter.validate_python(adapter.dump_python(moment, mode="json"))

    assert kept == moment
