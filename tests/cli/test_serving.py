"""The server does not touch what it could not start on."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_production_without_keys_stops_before_it_makes_tables(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_ENV", "production")

    said = run("up")

    assert said.code != 0
    assert "SOKONI_SECRET_KEYS is empty" in said.out + said.err
    assert not (home / "sokoni.db").exists()
