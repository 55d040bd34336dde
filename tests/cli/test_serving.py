"""The server does not touch what it could not start on."""

import socket
from pathlib import Path

import pytest

from sokoni.cli.running import served_at
from sokoni.config import Settings
from tests.cli.conftest import Run


def test_production_without_keys_stops_before_it_makes_tables(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_ENV", "production")

    said = run("up")

    assert said.code != 0
    assert "SOKONI_SECRET_KEYS is empty" in said.out + said.err
    assert not (home / "sokoni.db").exists()


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_taken_port_is_named_before_anything_changes(run: Run, home: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = run(command, "--port", port)

    assert (said.code, said.out) == (1, "")
    assert f"Cannot listen on 127.0.0.1:{port} (Address already in use)" in said.err
    assert not (home / "sokoni.db").exists()


def test_a_side_that_nobody_knows_is_refused(run: Run) -> None:
    said = run("serve", "--only", "gateway,shop")

    assert said.code == 2
    assert "gateway, api, dashboard" in said.err


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("oracle://there/sokoni", "names oracle; there is: sqlite, postgresql, mysql, mariadb"),
        ("sqlite:////nowhere/at/all/sokoni.db", "there is no folder /nowhere/at/all"),
        ("no url", "is no database URL"),
    ],
)
@pytest.mark.parametrize("command", [["up"], ["merchant", "list"]])
def test_a_database_that_cannot_be_is_said_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], url: str, expected: str
) -> None:
    monkeypatch.setenv("SOKONI_DATABASE_URL", url)

    said = run(*command)

    assert (said.code, said.out) == (1, "")
    assert expected in said.err


@pytest.mark.parametrize(
    ("settings", "host", "found"),
    [
        (Settings(), "127.0.0.1", "http://127.0.0.1:8123"),
        (Settings(), "::", "http://[::1]:8123"),
        (Settings(), "::1", "http://[::1]:8123"),
        (Settings(public_url="https://market.example"), "::1", "https://market.example"),
    ],
)
def test_links_lead_to_the_port_that_is_served_unless_said_otherwise(
    settings: Settings, host: str, found: str
) -> None:
    assert served_at(settings, host, 8123).public_url == found
