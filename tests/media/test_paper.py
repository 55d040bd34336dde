"""Papers: the same each time, in every script that we speak, and nothing is left out."""

import re
from datetime import UTC, datetime
from typing import Final

import pytest

from sokoni.media.kinds import PDF
from sokoni.media.paper import open_paper

AT: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
NAMES: Final = ("Ground coffee", "قهوة عربية", "कॉफ़ी पाउडर")


def written(*names: str, rightwards: bool = True) -> bytes:
    paper = open_paper("Receipt", AT, rightwards=rightwards)
    paper.heading("Corner Shop")
    paper.line("Receipt", bold=True)
    paper.table([("Item", "Total"), *((name, "$4.50") for name in names)], (70, 30))
    paper.sums([("Goods", "$4.50"), ("Total", "$4.50")])
    return paper.bytes()


def letters(content: bytes) -> str:
    """Return every letter that stands on the paper, as a reader copies it out."""
    found: set[str] = set()
    for mapped in re.findall(rb"<[0-9A-Fa-f]{2,4}> <([0-9A-Fa-f]+)>", content):
        found |= set(bytes.fromhex(mapped.decode()).decode("utf-16-be"))
    return "".join(sorted(found))


def test_the_same_content_is_the_same_paper() -> None:
    assert written(*NAMES) == written(*NAMES)
    assert written(*NAMES) != written(NAMES[0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rightwards", [True, False])
def test_every_script_is_written(name: str, *, rightwards: bool) -> None:
    content = written(name, rightwards=rightwards)

    assert content.startswith(b"%PDF-")
    assert {"C", "$"} <= set(letters(content))
    assert set(name) & set(letters(content))
    assert "\ufffd" not in letters(content)


def test_what_no_font_has_is_marked() -> None:
    assert "\ufffd" in letters(written("咖啡"))


def test_fonts_are_opened_where_they_are_wanted() -> None:
    plain, arabic = written(NAMES[0]), written(NAMES[1])

    assert b"Naskh" not in plain
    assert b"Naskh" in arabic
    assert PDF == "application/pdf"
