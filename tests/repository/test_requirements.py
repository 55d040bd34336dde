"""The mirror of the requirements says nothing that is not there."""

import re
from dataclasses import dataclass
from typing import Final

from tests.repository.pages import ROOT

PAGE: Final = ROOT / "docs" / "requirements.md"
_GROUPS: Final = {
    *("CH", "CV", "LL", "MK", "ST", "ON", "BK", "HR", "PA"),
    *("CN", "AD", "API", "DA", "SE", "MO", "OP", "ENV", "T"),
}
_STATE: Final = re.compile(r"built|(?:partly|planned|replaced): \S.*")
_ROW: Final = re.compile(r"^\| ([A-Z]+-\w+) \|(.*)\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement as the page has it."""

    id: str
    state: str
    paths: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def claims(self) -> bool:
        """Tell whether something is said to be there."""
        return self.state == "built" or self.state.startswith("replaced")


def rows() -> list[Row]:
    found = []
    for one_id, rest in _ROW.findall(PAGE.read_text("utf-8")):
        _, state, where, proof = (cell.strip() for cell in rest.split(" | "))
        paths, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in (where, proof))
        found.append(Row(one_id, state, paths, tests))
    return found


ROWS: Final = rows()


def test_every_id_stands_once() -> None:
    ids = [row.id for row in ROWS]

    assert [one for one in ids if ids.count(one) > 1] == []
    assert {one.split("-")[0] for one in ids} == _GROUPS


def test_every_state_is_one_of_four_and_says_what_it_must() -> None:
    assert [row.id for row in ROWS if not _STATE.fullmatch(row.state)] == []
    assert [row.id for row in ROWS if row.claims and not (row.paths and row.tests)] == []


def test_where_each_lives_exists() -> None:
    places = (ROOT, ROOT / "src" / "sokoni")
    named = {path for row in ROWS for path in row.paths}

    assert {one for one in named if not any((place / one).exists() for place in places)} == set()


def test_what_proves_each_exists() -> None:
    assert {one for row in ROWS for one in row.tests if not _is_there(one)} == set()


def _is_there(test: str) -> bool:
    path, _, function = test.partition("::")
    text = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
    return re.search(rf"^(async )?def {function}\(", text, re.MULTILINE) is not None
