"""How patterns and messages are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.testing.transcripts.matching import (
    Kind,
    Offered,
    Offers,
    Pattern,
    Position,
    Shown,
    find_next,
    labelled,
    normalised,
)

YES, EDIT = Offered("Yes", "yes"), Offered("Edit", "edit")


def contains(text: str) -> Pattern:
    return Pattern(Kind.CONTAINS, text)


def regex(text: str) -> Pattern:
    return Pattern(Kind.REGEX, text)


def whole(text: str) -> Pattern:
    return Pattern(Kind.WHOLE, text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  a \n\n b\t c ", "a b c"),
        ("a\u00a0b", "a b"),
        ("\u201cdon\u2019t\u201d", '"don\'t"'),
        ("\u00abtea\u00bb", '"tea"'),
        ("\u200f+263\u200e \u2066x\u2069\u061c\u202a", "+263 x"),
        ("\uff11\uff10", "10"),
        ("\ufb01ne", "fine"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_text_is_normalised(text: str, plain: str) -> None:
    assert normalised(text) == plain


def test_a_message_reads_as_body_then_labels_descriptions_and_addresses() -> None:
    message = Shown(
        "Pick\none",
        (Offered("Tea", "tea", "Hot", ""), Offered("Pay", "", "", "https://x.example")),
    )

    assert message.text == "Pick one Tea Hot Pay https://x.example"
    assert message.choices == (Offered("Tea", "tea", "Hot"),)


def test_contains_ignores_case_and_regex_does_not() -> None:
    message = Shown("Ten GOATS in Gokwe")

    assert contains("goats IN").fits(message)
    assert not regex("goats").fits(message)
    assert regex("(?i)goats").fits(message)
    assert regex("^Ten.*Gokwe$").fits(message)


def test_signs_in_plain_words_are_no_regular_expression() -> None:
    assert contains("at $20.00 (each)").fits(Shown("10 goats at $20.00 (each)"))
    assert not contains("a.c").fits(Shown("abc"))


def test_whole_means_all_of_it_choices_included() -> None:
    assert whole("Sure? Yes Edit").fits(Shown("Sure?", (YES, EDIT)))
    assert not whole("Sure?").fits(Shown("Sure?", (YES, EDIT)))
    assert not whole("sure? Yes Edit").fits(Shown("Sure?", (YES, EDIT)))


def test_quotes_in_patterns_are_straightened_too() -> None:
    assert contains("what\u2019s").fits(Shown("What's up"))
    assert regex("what\u2019s").fits(Shown("what\u2018s up"))


def test_a_regex_python_may_read_otherwise_one_day_warns_nobody() -> None:
    assert regex("[[a]").problem() == ""


@pytest.mark.parametrize(
    ("labels", "fits"),
    [
        (("Yes",), True),
        (("yes", "EDIT"), True),
        (("Ed",), True),
        (("No",), False),
        (("Yes", "No"), False),
        (("Ten",), False),
        (("Tendai",), True),
    ],
)
def test_offers_are_compared_as_for_a_tap(labels: tuple[str, ...], fits: bool) -> None:
    offered = (YES, EDIT, Offered("Tendai", "1"), Offered("Tendai Moyo", "2"))

    assert Offers(labels).fits(Shown("Sure?", offered)) is fits


def test_a_numbered_text_offers_its_lines() -> None:
    message = Shown("Which one?\n1. Tendai, 10 goats\n2) Rudo\nReply with a number.")

    assert [(each.number, each.label) for each in message.choices] == [
        ("1", "Tendai, 10 goats"),
        ("2", "Rudo"),
    ]
    assert Offers(("tendai", "Rudo")).fits(message)
    assert not Offers(("Which",)).fits(message)


def test_a_message_with_buttons_has_no_other_choices() -> None:
    assert Shown("1. First read this", (YES,)).choices == (YES,)


def test_an_exact_label_wins_over_longer_ones() -> None:
    offers = [Offered("Tendai Moyo", "2"), Offered("Tendai", "1")]

    assert [each.id for each in labelled(offers, "tendai")] == ["1"]
    assert len(labelled(offers, "Ten")) == 2
    assert labelled(offers, "Rudo") == []


def test_the_next_match_is_looked_for_where_the_last_one_ended() -> None:
    messages = [Shown("one two"), Shown("two one")]

    first = find_next(messages, Position(0), contains("two"))
    assert first == Position(0, 7, matched=True)
    second = find_next(messages, first, contains("two"))
    assert second == Position(1, 3, matched=True)
    assert find_next(messages, second, contains("two")) is None
    assert find_next(messages, second, contains("one")) == Position(1, 7, matched=True)


def test_a_whole_message_is_never_the_rest_of_one() -> None:
    messages = [Shown("two"), Shown("two")]
    first = find_next(messages, Position(0), contains("t"))

    assert first is not None
    assert find_next(messages, first, whole("two")) == Position(1, 3, matched=True)


def test_a_message_counts_only_if_all_of_it_passes_the_other_tests() -> None:
    messages = [Shown("goats in Harare"), Shown("in Gokwe: goats", (YES,))]

    found = find_next(
        messages, Position(0), contains("goats"), (contains("Gokwe"), Offers(("Yes",)))
    )

    assert found == Position(1, 15, matched=True)
    assert find_next(messages, Position(0), contains("goats"), (contains("Bulawayo"),)) is None


def test_strict_skips_no_message() -> None:
    messages = [Shown("one"), Shown("two"), Shown("three")]

    assert find_next(messages, Position(0), contains("two"), strict=True) is None
    first = find_next(messages, Position(0), contains("one"), strict=True)
    assert first is not None
    assert find_next(messages, first, contains("three"), strict=True) is None
    second = find_next(messages, first, contains("two"), strict=True)
    assert second is not None
    assert find_next(messages, second, contains("three"), strict=True) is not None


def test_an_empty_match_counts_as_a_match_for_strict() -> None:
    messages = [Shown("one"), Shown("two")]
    first = find_next(messages, Position(0), regex("^"), strict=True)

    assert first == Position(0, 0, matched=True)
    assert find_next(messages, first, contains("two"), strict=True) is not None


@given(st.text())
def test_every_text_is_found_in_itself(text: str) -> None:
    pattern = contains(text)

    if pattern.problem() == "":
        assert pattern.fits(Shown(text))
        assert whole(text).fits(Shown(text))


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.lists(st.sampled_from(["a", "b", "ab"]), max_size=6), st.sampled_from(["a", "b"]))
def test_matches_only_move_forward(texts: list[str], wanted: str) -> None:
    messages = [Shown(text) for text in texts]
    position, found = Position(0), 0

    while (following := find_next(messages, position, contains(wanted))) is not None:
        assert (following.message, following.letter) > (position.message, position.letter)
        position, found = following, found + 1

    assert found == "".join(texts).count(wanted)
