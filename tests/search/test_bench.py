"""The benchmark of search measures what it says: a catalogue that is found and changed."""

from collections import Counter

import pytest

from sokoni.testing.bench.searching import measure_search
from sokoni.testing.bench.shelves import Catalogue
from tests.conftest import Databases


@pytest.fixture
def reachable(databases: Databases, kind: str) -> None:
    databases.url(kind)  # skips, or fails in CI, where there is no such server


@pytest.mark.parametrize(("kind", "copies"), [("sqlite", 0), ("postgresql", 1)])
async def test_searches_find_and_changes_are_counted(
    reachable: None, kind: str, copies: int
) -> None:

    found = await measure_search(kind, 300, 100, copies)

    assert 0.3 < found.found <= 1
    assert 0 < found.p50 <= found.p95 <= found.p99
    assert min(found.cpu, found.changes_per_second, found.loaded_per_second) > 0


def test_the_same_catalogue_is_made_each_time_and_a_few_words_are_common() -> None:
    documents = list(Catalogue(2000).documents())
    nouns = Counter(one.names["en"].split()[2] for one in documents)

    assert documents == list(Catalogue(2000).documents())
    assert nouns.most_common(1)[0][1] > 10 * nouns.most_common()[-1][1]
    assert [one.text for one in Catalogue(2000).queries(50)] == [
        one.text for one in Catalogue(10).queries(50)
    ]
