"""Readers read as well as the docs say, or better."""

from itertools import groupby

from tests.capabilities.marketplace.scoring import corpus, lines
from tests.repository import readers_page


def test_no_score_is_below_what_the_docs_say() -> None:
    cells = sorted(readers_page.written())
    scored = {half: readers_page.now(half) for half, *_ in cells}

    below = [
        (half, language, column, str(score), str(scored[half][language][column]))
        for half, language, column, score in cells
        if scored[half][language][column] < score
    ]

    assert below == [], "write the page anew with `make docs` where it is worth it"
    assert len(cells) == 2 * (4 * 8 + 4)


def test_every_second_phrase_is_held_out() -> None:
    for _, listed in groupby(corpus(), lambda one: (one.language, one.task)):
        assert [one.held_out for one in listed][:4] == [False, True, False, True]
    assert len(list(corpus())) >= 300
    assert len(list(lines())) >= 100
