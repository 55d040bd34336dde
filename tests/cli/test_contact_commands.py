"""Staff erase a contact, once they are sure."""

import pytest
from typer.testing import CliRunner

from sokoni.cli.app import app
from tests.cli.conftest import Demo, Run

PHONE = "+263782314159"


@pytest.fixture(autouse=True)
def _market(demo: Demo) -> None:
    demo("gokwe-market")


def test_contact_is_erased_once(run: Run) -> None:
    erased = run("contact", "erase", "gokwe-market", PHONE, "--yes")
    again = run("contact", "erase", "gokwe-market", PHONE, "--yes")

    assert (erased.code, erased.out.strip()) == (0, f"{PHONE} is erased.")
    assert again.code != 0
    assert "no contact with the number" in again.err


@pytest.mark.parametrize("said", ["", "n\n"])
def test_without_a_yes_nobody_is_erased(run: Run, said: str) -> None:
    asked = CliRunner().invoke(app, ["contact", "erase", "gokwe-market", PHONE], input=said)

    assert asked.exit_code != 0
    assert run("contact", "erase", "gokwe-market", PHONE, "--yes").code == 0


def test_what_is_no_number_is_said_so(run: Run) -> None:
    unknown = run("contact", "erase", "gokwe-market", "nobody", "--yes")

    assert unknown.code != 0
    assert "no contact with the number nobody" in unknown.err


def test_tags_come_and_go(run: Run) -> None:
    added = run("contact", "tag", "add", "gokwe-market", PHONE, "Best buyers")
    again = run("contact", "tag", "add", "gokwe-market", PHONE, "best buyers")
    dropped = run("contact", "tag", "drop", "gokwe-market", PHONE, "best buyers")

    assert added.out.strip() == f"{PHONE} is tagged Best buyers."
    assert "already" in again.out
    assert "no more" in dropped.out
