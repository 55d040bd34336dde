"""How a message falls into tokens."""

import pytest

from sokoni.language.words import fold, words_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Selling 10 goats", ["selling", "10", "goats"]),
        ("50kg 3pm 10goats", ["50", "kg", "3", "pm", "10", "goats"]),
        ("$20 R150", ["$", "20", "r", "150"]),
        ("1,000.50 at 15:30", ["1,000.50", "at", "15:30"]),
        ("I\u2019m here", ["i'm", "here"]),
        ("मुझे फोन चार्जर चाहिए ५", ["मुझे", "फोन", "चार्जर", "चाहिए", "5"]),
        ("أريد ٣ سماعاتٌ", ["اريد", "3", "سماعات"]),
        ("2️⃣", ["2"]),
        ("Café Zé", ["cafe", "ze"]),
        ("hel\u200blo", ["hello"]),
        ("½ kg", ["1", "/", "2", "kg"]),
        ("\u0663\u066b\u0665", ["3.5"]),
        ("\u0640", []),
        ("\u0301", []),
        ("", []),
    ],
)
def test_words_fall_into_folded_tokens(text: str, tokens: list[str]) -> None:
    assert [token.folded for token in words_of(text).tokens] == tokens


def test_the_original_is_kept_for_showing() -> None:
    words = words_of("Selling Engine Oil now")

    assert words.original(1, 3) == "Engine Oil"
    assert words.phrase(1, 3) == "engine oil"


def test_the_original_stands_on_one_line() -> None:
    assert words_of("Tendai\nListed:  yes").original(0, 4) == "Tendai Listed: yes"


def test_taken_tokens_stay_taken() -> None:
    words = words_of("a b c d").without(1, 3)

    assert words.free == (True, False, False, True)
    assert not words.is_free(0, 2)
    assert words.without(0, 1).free == (False, False, False, True)


def test_only_the_beginning_of_a_huge_message_is_read() -> None:
    words = words_of("goats " * 20_000)

    assert len(words.tokens) < 1000
    assert len(words.text) > 100_000


def test_indic_joiners_stay_and_latin_ones_go() -> None:
    assert fold("क्\u200dष") == "क्\u200dष"
    assert fold("go\u200dats") == "goats"


def test_a_part_is_a_message_of_its_own() -> None:
    words = words_of("add 2 milk, and\ndeliver to 8 Main Street").without(0, 1)
    part = words.part(3, 10)

    assert part.text == ", and\ndeliver to 8 Main Street"
    assert [part.text[token.start : token.end] for token in part.tokens][-3:] == [
        "8",
        "Main",
        "Street",
    ]
    assert part.begins_line(2)
    assert words.part(0, 3).free == (False, True, True)
    assert words.part(2, 2).text == ""
