"""Staff write to many from the command line."""

import csv
from pathlib import Path

import pytest

from sokoni.capabilities.broadcast.rule import Reason
from sokoni.cli.broadcast import MEANINGS
from tests.cli.conftest import Run

MERCHANT = """
merchant: hall
name: The Hall
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities:
  store: {}
  broadcast: {}
channels:
  - channel: simulator
"""
SALE = """
name: Sale
kind: utility
texts: {en: "A sale is on."}
reply: %s
"""
PEOPLE = "phone,wording,at\n+263771000001,Yes.,2026-02-01\n+263771000002,Yes.,2026-02-01\n"


@pytest.fixture
def hall(run: Run, upgraded: Path) -> Run:
    (upgraded / "hall.yaml").write_text(MERCHANT)
    (upgraded / "sale.yaml").write_text(SALE % "store.browse")
    (upgraded / "people.csv").write_text(PEOPLE)
    assert run("merchant", "apply", "hall.yaml").code == 0
    imported = run("import", "consents", "people.csv", "--merchant", "hall")
    assert imported.code == 0, imported.err
    return run


def drafted(hall: Run) -> str:
    made = hall("broadcast", "draft", "hall", "sale.yaml")
    assert made.code == 0, made.err
    return made.out.partition(":")[0]


def test_a_broadcast_is_proved_sent_paused_and_stopped(hall: Run) -> None:
    reference = drafted(hall)

    proved = hall("broadcast", "proof", "hall", reference).out
    sent = hall("broadcast", "send", "hall", reference, "--proof", proved.split()[-1])
    moved = [hall("broadcast", act, "hall", reference).out for act in ("pause", "resume", "stop")]
    again = hall("broadcast", "resume", "hall", reference)

    assert "2 recipients: 0 are written to, 2 left out" in proved
    assert "2 template_not_approved: only a template may be sent, and none is approved" in proved
    assert f"{reference} is sending" in sent.out
    assert [one.split()[2].rstrip(",") for one in moved] == ["paused", "sending", "stopped"]
    assert (again.code != 0, f"{reference} is stopped" in again.err) == (True, True)
    assert f"{reference} stopped (staff: command): Sale" in hall("broadcast", "list", "hall").out


def test_only_the_hash_of_its_own_proof_sends_it(hall: Run) -> None:
    reference = drafted(hall)
    hall("broadcast", "proof", "hall", reference)

    refused = hall("broadcast", "send", "hall", reference, "--proof", "another")

    assert refused.code != 0
    assert "is sent with the hash of its last proof" in refused.err


def test_a_task_that_there_is_not_is_refused_with_those_that_there_are(hall: Run) -> None:
    Path("sale.yaml").write_text(SALE % "store.dance")

    refused = hall("broadcast", "draft", "hall", "sale.yaml")

    assert refused.code != 0
    assert "store.dance: there is no such task; there are" in refused.err
    assert "store.browse" in refused.err


def test_results_are_a_file_for_spreadsheets(hall: Run) -> None:
    reference = drafted(hall)
    hall("broadcast", "proof", "hall", reference)

    written = hall("broadcast", "results", "hall", reference, "results.csv")

    assert written.out.strip() == "2 recipients are in results.csv."
    raw = Path("results.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows by it that it is UTF-8"
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert sorted((one["phone"], one["verdict"]) for one in rows) == [
        ("'+263771000001", "template_not_approved"),
        ("'+263771000002", "template_not_approved"),
    ]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_said_in_words(reason: Reason) -> None:
    assert MEANINGS[reason]
