"""Learning what a message means from few phrases, and knowing when it means none of them."""

from pathlib import Path

import pytest

from sokoni.language.classify import OUT_OF_SCOPE, Classifier, load, load_fitting, train
from sokoni.language.words import words_of

_GOODS = ("goats", "maize", "cattle", "engine oil", "beans", "tomatoes", "a bicycle")
_SELL = ("selling", "i want to sell", "for sale", "ndinoda kutengesa", "ngithengisa")
_BUY = ("looking for", "i want to buy", "where can i get", "ndinotsvaga", "ngifuna ukuthenga")
EXAMPLES = {
    "sell": [f"{start} {goods}" for start in _SELL for goods in _GOODS],
    "buy": [f"{start} {goods}" for start in _BUY for goods in _GOODS],
    "join": ["i want to join", "sign me up", "register me as a seller", "ndinoda kujoina"],
    OUT_OF_SCOPE: ["tell me a joke", "what is the weather", "who won the match", "i love you"],
}


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train(EXAMPLES)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("i want to sell potatoes", "sell"),
        ("Ndinoda kutengesa huku", "sell"),
        ("looking for cement", "buy"),
        ("ngifuna ukuthenga inkomo", "buy"),
        ("please sign me up", "join"),
        ("what's the weather like", OUT_OF_SCOPE),
        ("asdf qwer zxcv", OUT_OF_SCOPE),
        ("", OUT_OF_SCOPE),
    ],
)
def test_a_message_is_put_with_the_phrases_it_is_like(
    classifier: Classifier, said: str, label: str
) -> None:
    assert classifier.classify(words_of(said)).label == label


def test_the_likeliest_meanings_come_best_first(classifier: Classifier) -> None:
    likely = classifier.likely(words_of("i want to sell or join"), least=0.0)

    assert [guess.sure for guess in likely] == sorted((g.sure for g in likely), reverse=True)
    assert len(likely) == 3


def test_weights_come_back_from_their_file(classifier: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "weights"
    words = words_of("selling goats")

    classifier.save(path)
    loaded = load(path)

    assert loaded is not None
    assert loaded.classify(words).label == "sell"
    assert loaded.classify(words).sure == pytest.approx(classifier.classify(words).sure, abs=1e-3)


def test_a_file_learnt_from_other_phrases_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    train({"old": ["an old phrase"]}).save(path)
    assert load_fitting(path, EXAMPLES) is None

    train(EXAMPLES).save(path)
    kept = load_fitting(path, EXAMPLES)
    assert kept is not None
    assert kept.labels == ("buy", "join", "sell")


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x81\xa7version\x63"])
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights"
    path.write_bytes(content)

    assert load(path) is None
    assert load(tmp_path / "missing") is None


def test_learning_is_the_same_every_time(classifier: Classifier) -> None:
    again = train({label: list(reversed(phrases)) for label, phrases in EXAMPLES.items()})
    words = words_of("selling goats in gokwe")

    assert again.digest == classifier.digest
    assert again.classify(words) == classifier.classify(words)
