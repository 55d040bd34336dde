"""What the corner shop's shoppers look for stands among the first ten, better than by BM25."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.search.index import Index, index_for
from sokoni.search.tokens import TokenEngine
from tests.conftest import THREE
from tests.search.relevance.scoring import judged, ndcg
from tests.search.relevance.searching import ours, plain_bm25
from tests.search.relevance.shelves import corner_shop

FLOOR = 0.92
AHEAD = 0.1


@pytest.mark.parametrize(
    ("database_url", "plain"),
    [*((kind, False) for kind in THREE), ("sqlite", True)],
    indirect=["database_url"],
)
async def test_the_best_stands_first(session: AsyncSession, plain: bool) -> None:
    index = Index(TokenEngine()) if plain else index_for(session)

    found, by_words_alone = await ours(session, index), plain_bm25()

    for held_out in (False, True):
        assert found.of(held_out=held_out) >= FLOOR
        assert found.of(held_out=held_out) >= by_words_alone.of(held_out=held_out) + AHEAD


def test_enough_is_judged_and_half_of_it_held_out() -> None:
    held_out = sum(one.held_out for one in judged())

    assert len(judged()) >= 150
    assert 0.4 < held_out / len(judged()) < 0.6


def test_judgements_are_of_what_is_on_the_shelves() -> None:
    skus = set(corner_shop().skus.values())

    assert [sku for one in judged() for sku in one.grades if sku not in skus] == []


def test_the_measure_knows_a_perfect_list_and_a_useless_one() -> None:
    grades = {"a": 3, "b": 2, "c": 1}

    assert ndcg(["a", "b", "c"], grades) == 1
    assert 0.6 < ndcg(["c", "b", "a"], grades) < 0.8
    assert ndcg(["x", "y"], grades) == ndcg([], grades) == 0
