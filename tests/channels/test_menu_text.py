"""Menus as numbered text, in scripts of both directions."""

from sokoni.channels.outbound import Option
from sokoni.channels.rungs import menu_text

OPTIONS = [Option("a", "iPhone 15"), Option("b", "شاحن")]


def test_numbers_stand_right_in_a_text_from_the_right_whatever_the_option_is_written_in() -> None:
    text = menu_text("\u2068Shop\u2069: لدينا هذا:", OPTIONS, 1)

    assert text.endswith("\u200f1. iPhone 15\n\u200f2. شاحن")


def test_text_from_the_left_has_no_marks() -> None:
    for body in ("We have this:", "हमारे पास यह है:", "٢ 3"):
        assert "\u200f" not in menu_text(body, OPTIONS, 1)
