"""Staff look at what people registered, and take it with them as a file."""

import asyncio
import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from msgspec import Raw

from sokoni.capabilities.onboarding.service.book import Answered, RegistrationBook
from sokoni.cli.parts import opened
from sokoni.contacts.register import contact_of_phone
from sokoni.kit.ids import PhoneNumber
from sokoni.merchants.service import Merchants
from tests.cli.conftest import Demo, Run

_AT: Final = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
_NUMBER: Final = PhoneNumber("+919876500001")
_ANSWERS: Final = {"name": Raw(b'"=Anita Rao"'), "sector": Raw(b'"food_beverage"')}


async def _register() -> str:
    """Have somebody begin a registration, and return its reference."""
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get("msme-bazaar")
        who = await contact_of_phone(session, parts.vault, merchant.id, _NUMBER, _AT)
        book = RegistrationBook(session, parts.vault, merchant.id, _AT, prefix="MSME")
        entry = await book.begin(who, "msme", "name")
        await book.go_on(who, "msme", "pincode", Answered(answers=_ANSWERS, facts={}))
        return entry.reference


@pytest.fixture
def reference(demo: Demo) -> str:
    demo("msme-bazaar")
    return asyncio.run(_register())


def test_registrations_are_listed_in_the_merchants_time(run: Run, reference: str) -> None:
    listed = run("registration", "list", "msme-bazaar")

    assert listed.out.strip() == f"{reference}: msme, started, at pincode (2026-03-03 01:30)"
    assert run("registration", "list", "msme-bazaar", "--step", "name").out.strip() == (
        "Nobody has registered."
    )


def test_one_is_shown_with_the_answers_and_who_gave_them(run: Run, reference: str) -> None:
    shown = run("registration", "show", "msme-bazaar", reference).out

    assert f"writes_from: {_NUMBER}" in shown
    assert "name: =Anita Rao" in shown
    assert "sector: food_beverage" in shown


def test_a_reference_that_nobody_has_is_said_so(run: Run, reference: str) -> None:
    unknown = run("registration", "show", "msme-bazaar", f"{reference}X")

    assert unknown.code != 0
    assert f"{reference}X" in unknown.err


def test_all_are_written_to_a_file_without_formulas(
    run: Run, reference: str, tmp_path: Path
) -> None:
    file = tmp_path / "registered.csv"

    said = run("registration", "export", "msme-bazaar", file)

    with file.open(encoding="utf-8-sig", newline="") as written:
        (row,) = csv.DictReader(written)
    assert said.out.strip() == f"1 registration written to {file}."
    assert (row["reference"], row["name"], row["sector"]) == (
        reference,
        "'=Anita Rao",
        "food_beverage",
    )
