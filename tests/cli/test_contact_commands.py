"""Staff erase a contact, once they are sure."""

import json
from pathlib import Path

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


def test_all_that_is_kept_is_written_into_a_file(run: Run, tmp_path: Path) -> None:
    data, paper = tmp_path / "tendai.json", tmp_path / "tendai.PDF"

    said = run("contact", "export", "gokwe-market", PHONE, data)
    run("contact", "export", "gokwe-market", PHONE, paper)

    kept = json.loads(data.read_text())
    assert said.out.strip() == f"{data} has all that gokwe-market keeps of {PHONE}."
    assert [one["value"] for one in kept["addresses"]] == [PHONE]
    assert kept["capabilities"]["marketplace"]["listings"]
    assert paper.read_bytes().startswith(b"%PDF-")
    assert {one.stat().st_mode & 0o077 for one in (data, paper)} == {0}


def test_a_file_of_another_kind_is_refused_and_nothing_written(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "tendai.xlsx"

    said = run("contact", "export", "gokwe-market", PHONE, sheet)

    assert said.code != 0
    assert "must end in .json or .pdf" in said.err
    assert not sheet.exists()


def test_tags_come_and_go(run: Run) -> None:
    added = run("contact", "tag", "add", "gokwe-market", PHONE, "Best buyers")
    again = run("contact", "tag", "add", "gokwe-market", PHONE, "best buyers")
    dropped = run("contact", "tag", "drop", "gokwe-market", PHONE, "best buyers")

    assert added.out.strip() == f"{PHONE} is tagged Best buyers."
    assert "already" in again.out
    assert "no more" in dropped.out


def test_consents_are_written_down_and_read(run: Run) -> None:
    asked = ("gokwe-market", PHONE, "marketing")
    agreed = run(
        *("contact", "agree", *asked, "--source", "paper form"),
        *("--wording", "I want offers.", "--at", "2026-02-01"),
    )
    back = run("contact", "withdraw", *asked)
    read = run("contact", "consents", "gokwe-market", PHONE)

    assert (agreed.out.strip(), back.out.strip()) == ("Written down.", "Written down.")
    lines = read.out.strip().splitlines()
    assert lines[0].endswith(' marketing: yes (paper form, "I want offers.")')
    assert lines[1].endswith(" marketing: no (staff)")


@pytest.mark.parametrize(
    ("purpose", "wording", "why"),
    [("everything", "Yes", "neither"), ("marketing", " ", "words that were agreed to")],
)
def test_consent_that_cannot_be_is_refused(run: Run, purpose: str, wording: str, why: str) -> None:
    refused = run("contact", "agree", "gokwe-market", PHONE, purpose, "--wording", wording)

    assert refused.code != 0
    assert why in refused.err
    assert "Nothing" in run("contact", "consents", "gokwe-market", PHONE).out


def test_people_are_blocked_listed_and_let_in(run: Run) -> None:
    run("contact", "block", "gokwe-market", PHONE)
    listed = run("contact", "blocked", "gokwe-market").out
    run("contact", "unblock", "gokwe-market", PHONE)

    assert listed.startswith(PHONE)
    assert run("contact", "blocked", "gokwe-market").out.strip() == "Nobody is blocked."
