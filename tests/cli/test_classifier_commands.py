"""What the classifier learnt is written by a command, and taken by the next start."""

from pathlib import Path

import pytest

from sokoni.bootstrap import capabilities
from sokoni.dialogue.learning import classifier_of
from sokoni.language.classify import Classifier, load
from tests.cli.conftest import Demo, Run


@pytest.fixture
def market(demo: Demo) -> None:
    demo("gokwe-market")


@pytest.mark.usefixtures("market")
def test_training_writes_the_weights_of_what_merchants_use(run: Run, home: Path) -> None:
    said = run("classifier", "train")

    written = load(home / "sokoni.marketplace-rights.weights")

    assert said.code == 0
    assert "sokoni.marketplace-rights.weights: the next start uses it." in said.out
    assert written is not None
    assert "marketplace.sell" in written.labels


@pytest.mark.usefixtures("market")
def test_a_start_takes_the_file_where_it_is_of_the_same_phrases(run: Run, home: Path) -> None:
    path = home / "sokoni.marketplace-rights.weights"
    run("classifier", "train")
    written = load(path)
    assert written is not None
    Classifier(["told.apart"], {}, written.digest).save(path)
    known = capabilities()

    taken = classifier_of([known["marketplace"], known["rights"]], path)

    assert taken.labels == ("told.apart",)


@pytest.mark.usefixtures("market")
def test_checking_shows_figures_by_language_and_writes_nothing(run: Run, home: Path) -> None:
    said = run("classifier", "check")

    assert said.code == 0
    assert all(f" {language} " in said.out for language in ("en", "sn", "nd"))
    assert "%" in said.out
    assert list(home.glob("*.weights")) == []


@pytest.mark.usefixtures("market")
def test_a_folder_that_takes_no_file_is_said_plainly(run: Run, home: Path) -> None:
    (home / "sokoni.marketplace-rights.weights").mkdir()

    said = run("classifier", "train")

    assert said.code == 1
    assert "cannot be written" in said.err


def test_without_a_merchant_there_is_nothing_to_learn(run: Run, upgraded: Path) -> None:
    assert "There is no merchant yet" in run("classifier", "train").out
