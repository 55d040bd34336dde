"""Every language says its rooms whole, with the same placeholders, within channels' limits."""

import re
from pathlib import Path
from string import Formatter
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import sokoni
from sokoni import bootstrap, locales
from sokoni.dialogue.manifest import Task
from sokoni.kit.text import units
from tests.locales.rooms import EVERYTHING, ROOMS, wanted

SOURCE: Final = Path(sokoni.__path__[0])
OPERATIONS: Final = SOURCE.parents[1] / "docs" / "operations.md"
FILES: Final = sorted(Path(locales.__path__[0]).glob("*.po"))
NAMES: Final = [path.stem for path in FILES]
_EMOJI: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_KEY: Final = re.compile(r'"(dialogue\.[a-z_.]+)"')
_BUTTON, _ROW, _TEXT = 20, 24, 1024
_LEADING: Final = {"dialogue.more", "dialogue.previous"}
"""Rows that turn the page of a list."""


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=None)


CATALOGUES: Final = {path.stem: catalogue(path) for path in FILES}
TASKS: Final = [
    task for capability in bootstrap.capabilities().values() for task in capability.tasks
]


def entries(language: str) -> dict[str, Message]:
    return {_key(entry): entry for entry in CATALOGUES[language] if _key(entry)}


def _key(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def wordings(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def limit(key: str) -> int:
    if re.search(r"(^|\.)choice\.", key) or key == "dialogue.list_button":
        return _BUTTON
    return _ROW if key.startswith("menu.") or key in _LEADING else _TEXT


@pytest.mark.parametrize("language", NAMES)
def test_every_language_says_all_of_its_rooms(language: str) -> None:
    said = set(entries(language))

    assert sorted(wanted(language, entries("en")) - said) == []
    assert sorted(said - set(entries("en"))) == []
    assert not [key for key, entry in entries(language).items() if not all(wordings(entry))]


def test_every_language_has_its_rooms_written_down() -> None:
    rooms = {line.strip("| ") for line in OPERATIONS.read_text("utf-8").splitlines()}
    listed = {f"`{code}` | {', '.join(sorted(said))}" for code, said in ROOMS.items()}

    assert {*EVERYTHING, *ROOMS} == set(NAMES)
    assert sorted(listed - rooms) == []


@pytest.mark.parametrize("language", NAMES)
def test_no_key_stands_twice(language: str) -> None:
    text = (SOURCE / "locales" / f"{language}.po").read_text("utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)

    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", NAMES)
def test_placeholders_are_those_of_english(language: str) -> None:
    english = entries("en")
    wrong = [
        key
        for key, entry in entries(language).items()
        for text in wordings(entry)
        if placeholders(text) != placeholders(wordings(english[key])[-1])
    ]

    assert wrong == []


@pytest.mark.parametrize("language", NAMES)
def test_no_plural_form_is_missing(language: str) -> None:
    needed = CATALOGUES[language].num_plurals
    plural = [entry for entry in entries(language).values() if not isinstance(entry.id, str)]

    assert [_key(entry) for entry in plural if len(wordings(entry)) != needed] == []


@pytest.mark.parametrize("language", NAMES)
def test_wording_fits_the_channels(language: str) -> None:
    too_long = [
        key
        for key, entry in entries(language).items()
        for text in wordings(entry)
        if units(text) > limit(key)
    ]

    assert too_long == []


@pytest.mark.parametrize("language", NAMES)
def test_wording_has_no_emoji(language: str) -> None:
    said = {key: wordings(entry) for key, entry in entries(language).items()}

    assert [key for key, texts in said.items() if any(map(_EMOJI.search, texts))] == []


@pytest.mark.parametrize("language", [name for name in NAMES if name != "en"])
def test_header_says_that_nobody_has_checked_it(language: str) -> None:
    assert "native speaker" in CATALOGUES[language].header_comment


def test_all_that_the_code_says_is_worded() -> None:
    said = {key for path in SOURCE.rglob("*.py") for key in _KEY.findall(path.read_text("utf-8"))}

    assert {key for key in said if not key.endswith(".")} - set(entries("en")) == set()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_question_of_a_task_is_worded(task: Task) -> None:
    form = task.form
    wanted = [f"menu.{task.name}"] if task.in_menu else []
    # What no reader reads and nobody may edit is never asked for: a choice brings it.
    askable = [
        slot for slot in form.slots_to_ask() if form.reader(slot) or form.slot(slot).editable
    ]
    wanted += [f"{task.name}.{slot}.{what}" for slot in askable for what in _ASKED]
    wanted += [f"{task.name}.{slot}.label" for slot in form.slots() if form.slot(slot).editable]

    assert [key for key in wanted if key not in entries("en")] == []


_ASKED: Final = ("ask", "not_understood", "label")
