"""The figures of a classifier that is asked about phrases it was not shown."""

from sokoni.dialogue.held_out import Score, held_out
from sokoni.dialogue.triggers import Example

_SELL = ("i want to sell", "for sale", "selling today", "please sell", "i am selling")
_BUY = ("where can i get", "i am looking for", "i need to buy", "who has", "find me")
_THINGS = ("goats", "maize", "cattle", "beans")


def phrases(openings: tuple[str, ...], task: str, language: str = "en") -> list[Example]:
    return [Example(f"{one} {thing}", task, language) for one in openings for thing in _THINGS]


def test_phrases_like_others_of_their_task_are_understood() -> None:
    score = held_out([*phrases(_SELL, "sell"), *phrases(_BUY, "buy")])["en"]

    assert score.phrases == 40
    assert score.right >= 38
    assert score.mistaken <= 1


def test_a_phrase_is_asked_about_unseen_though_another_language_shares_it() -> None:
    lonely = [Example("zvakadii", "weather", language) for language in ("sn", "nd")]

    scores = held_out([*phrases(_SELL, "sell"), *phrases(_BUY, "buy"), *lonely])

    assert scores["sn"] == scores["nd"] == Score(phrases=1, right=0, mistaken=0)


def test_what_a_task_takes_from_another_is_mistaken() -> None:
    stray = Example("i want to sell goats please", "buy", "xx")

    scores = held_out([*phrases(_SELL, "sell"), *phrases(_BUY, "buy"), stray])

    assert scores["xx"] == Score(phrases=1, right=0, mistaken=1)
    assert list(scores) == ["en", "xx"]


def test_triggers_are_learnt_and_not_asked_about() -> None:
    triggers = [Example(f"kutengesa {one}", "sell", "sn", trigger=True) for one in _THINGS]
    asked = [Example("ndoda kutengesa nhasi", "sell", "sn")]

    scores = held_out([*phrases(_BUY, "buy"), *triggers, *asked])

    assert scores["sn"] == Score(phrases=1, right=1, mistaken=0)
