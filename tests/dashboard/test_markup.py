"""WhatsApp's marks, cut into runs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.dashboard.simulator.elements import is_web
from sokoni.dashboard.simulator.markup import Run, runs


def styled(text: str, *styles: str, url: str = "") -> Run:
    return Run(text, frozenset(styles), url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [styled("plain")]),
        ("*a b*", [styled("a b", "bold")]),
        ("a *b*, _c_.", ["a ", styled("b", "bold"), ", ", styled("c", "italic"), "."]),
        ("~gone~", [styled("gone", "struck")]),
        ("*_both_*", [styled("both", "bold", "italic")]),
        ("```*not bold*```", [styled("*not bold*", "code")]),
        ("2*3*4", ["2*3*4"]),
        ("* a * b", ["* a * b"]),
        ("snake_case_name", ["snake_case_name"]),
        ("*over\nlines*", ["*over\nlines*"]),
        ("see https://x.example/a_b_c.", ["see ", "https://x.example/a_b_c", "."]),
        ("", []),
    ],
)
def test_marks_become_styles(text: str, expected: list[Run | str]) -> None:
    wanted = [one if isinstance(one, Run) else _bare(one) for one in expected]

    assert list(runs(text)) == wanted


def _bare(text: str) -> Run:
    return Run(text, url=text if text.startswith("https://") else "")


@given(st.text(alphabet="ab *_~`\nhttps:/.", max_size=200))
def test_nothing_but_marks_is_ever_lost(text: str) -> None:
    shown = "".join(run.text for run in runs(text))

    assert [letter for letter in shown if letter not in "*_~`"] == [
        letter for letter in text if letter not in "*_~`"
    ]


@pytest.mark.parametrize("text", ["*a " * 20_000, "```" * 20_000, "*_~" * 20_000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.process_time()
    runs(text)

    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("url", "web"),
    [
        ("https://x.example/y.png", True),
        ("HTTP://x.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_may_be_opened(url: str, web: bool) -> None:
    assert is_web(url) is web
