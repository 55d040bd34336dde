"""Merchants, staff and keys from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

MARKET = """\
merchant: village
name: Village Market
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn]
channels:
  - channel: simulator
  - channel: whatsapp_cloud
    phone_number_id: ${PHONE_ID}
    access_token: secret-token
    app_secrets: [secret]
    verify_token: verify
"""


@pytest.fixture
def market(upgraded: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHONE_ID", "1234567")
    path = upgraded / "village.yaml"
    path.write_text(MARKET)
    return path


def test_a_database_that_was_never_migrated_is_named(run: Run) -> None:
    said = run("merchant", "list")

    assert (said.code, said.out) == (1, "")
    assert "run `sokoni db upgrade`" in said.err


def test_an_upgrade_may_be_repeated(run: Run) -> None:
    first, second = run("db", "upgrade"), run("db", "upgrade")

    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out


def test_a_merchant_is_applied_once(run: Run, market: Path) -> None:
    first = run("merchant", "apply", market)

    second = run("merchant", "apply", market)

    assert first.out.splitlines() == [
        "created: merchant village",
        "created: simulator village",
        "created: whatsapp_cloud 1234567",
    ]
    assert (second.out, second.code) == ("Nothing to change.\n", 0)


def test_the_list_shows_where_webhooks_go_and_no_secret(run: Run, market: Path) -> None:
    run("merchant", "apply", market)

    said = run("merchant", "list")

    assert "village: Village Market (en, sn)" in said.out
    assert "http://127.0.0.1:8000/webhook/whatsapp/" in said.out
    assert "secret" not in said.out


def test_a_file_that_is_not_in_utf_8_is_named_with_the_line(run: Run, market: Path) -> None:
    market.write_bytes(MARKET.replace("Village Market", "Caf\u00e9").encode("latin-1"))

    said = run("merchant", "apply", market)

    assert (said.code, said.err) == (1, f"{market}:2: not written in UTF-8\n")


def test_a_missing_variable_is_named_with_its_line_and_nothing_applied(
    run: Run, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHONE_ID")

    said = run("merchant", "apply", market)

    assert said.code == 1
    assert said.err == f"{market}:10: the variable PHONE_ID is not set\n"
    assert "no merchant yet" in run("merchant", "list").out


def test_production_knows_no_simulator(
    run: Run, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_ENV", "production")
    monkeypatch.setenv("SOKONI_SECRET_KEYS", run("keys", "new").out.strip())

    said = run("merchant", "apply", market)

    assert said.code == 1
    assert f"{market}:8: no channel is called 'simulator'" in said.err


def test_production_refuses_root_without_a_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_ENV", "production")
    monkeypatch.setenv("SOKONI_DATABASE_URL", "mysql://root@127.0.0.1/sokoni")

    said = run("merchant", "list")

    assert said.code == 1
    assert "root without a password" in said.err


def test_a_database_that_does_not_answer_is_named_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_DATABASE_URL", "postgresql://ann:hush@127.0.0.1:1/sokoni")

    said = run("merchant", "list")

    assert said.code == 1
    assert "does not answer" in said.err
    assert "hush" not in said.err


def test_a_setting_of_the_wrong_kind_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOKONI_ENV", "prod")

    said = run("merchant", "list")

    assert said.code == 1
    assert said.err.startswith("SOKONI_ENV: ")


def test_staff_are_added_once(run: Run, market: Path) -> None:
    run("merchant", "apply", market)

    first = run("staff", "add", "village", "0772000001", "--name", "Tariro", "--role", "owner")
    second = run("staff", "add", "village", "+263772000001", "--name", "Tariro M")

    assert first.out == "created: staff Tariro, owner at village\n"
    assert second.out == "updated: staff Tariro M, agent at village\n"


@pytest.mark.parametrize(
    ("merchant", "phone", "expected"),
    [("nowhere", "0772000001", "no merchant nowhere"), ("village", "12", "12 is no phone number")],
)
def test_staff_who_cannot_be_added_are_refused(
    run: Run, market: Path, merchant: str, phone: str, expected: str
) -> None:
    run("merchant", "apply", market)

    said = run("staff", "add", merchant, phone, "--name", "Tariro")

    assert said.code == 1
    assert expected in said.err


def test_a_key_is_shown_once_and_can_be_revoked(run: Run, market: Path) -> None:
    run("merchant", "apply", market)

    made = run("apikey", "add", "village", "till", "--scope", "read", "--days", 30)
    revoked = run("apikey", "revoke", "village", "till")
    unknown = run("apikey", "revoke", "village", "till2")

    assert made.out.startswith("sk_")
    assert revoked.out == "Revoked: 1\n"
    assert (unknown.code, unknown.err) == (1, "village has no key called till2.\n")


def test_keys_are_rotated_without_losing_anybody(
    run: Run, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = run("keys", "new").out.strip(), run("keys", "new").out.strip()
    monkeypatch.setenv("SOKONI_SECRET_KEYS", old)
    run("merchant", "apply", market)
    run("staff", "add", "village", "0772000001", "--name", "Tariro")
    monkeypatch.setenv("SOKONI_SECRET_KEYS", f"{new},{old}")

    moved = run("keys", "reindex")

    again = run("staff", "add", "village", "0772000001", "--name", "Tariro")
    assert moved.out == "Rehashed 1 rows: look-ups are under the first key.\n"
    assert again.out.startswith("unchanged: ")


def test_a_key_in_use_cannot_be_dropped(
    run: Run, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("merchant", "apply", market)
    monkeypatch.setenv("SOKONI_SECRET_KEYS", run("keys", "new").out.strip())

    said = run("merchant", "list")

    assert said.code == 1
    assert "Put it back at the end of the list" in said.err
