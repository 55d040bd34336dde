"""The demo merchants from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_the_demo_is_loaded_once_and_anew_when_asked_for(upgraded: Path, run: Run) -> None:
    first = run("demo", "load")
    second = run("demo", "load")
    third = run("demo", "load", "gokwe-market", "--fresh")

    every = "corner-shop, gokwe-market, hustlr, msme-bazaar, mushandirapamwe, shifa-clinic"
    assert first.out == f"Loaded: {every}.\n", first.err
    assert second.out == "The demo merchants are there already.\n"
    assert third.out == "Loaded: gokwe-market.\n"


def test_an_unknown_demo_is_named(upgraded: Path, run: Run) -> None:
    said = run("demo", "load", "atlantis")

    assert said.code == 1
    assert "no demo merchant atlantis" in said.err


def test_production_has_no_demo(upgraded: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOKONI_ENV", "production")
    monkeypatch.setenv("SOKONI_SECRET_KEYS", run("keys", "new").out.strip())

    said = run("demo", "load")

    assert said.code == 1
    assert "not in production" in said.err
