"""Lines of a text that runs from the right."""

from sokoni.kit.text import from_right

_CART = "سلتك:\n- 2: \u2068كتب\u2069\n\nسعر: \u2068AED 298.00\u2069"


def test_a_line_without_a_direction_of_its_own_is_marked() -> None:
    first, second, empty, last = from_right(_CART).split("\n")

    assert second.startswith("\u200f- 2:")
    assert (first, empty, last) == ("سلتك:", "", "سعر: \u2068AED 298.00\u2069")


def test_marked_text_stays_as_it_is() -> None:
    assert from_right(from_right(_CART)) == from_right(_CART)


def test_text_of_another_script_has_no_marks() -> None:
    for text in ("Your cart:\n- 2: tea", "आपकी टोकरी:\n- 2", "1234", ""):
        assert from_right(text) == text
