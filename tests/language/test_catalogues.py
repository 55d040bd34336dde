"""Catalogues by gettext's rules."""

from pathlib import Path

import pytest

from sokoni.language.catalogues import Catalogues, read_catalogue

_EN = """# English.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#. A note.
msgid "hello"
msgstr "Hello {name}"

msgid "goats"
msgid_plural "goats"
msgstr[0] "{count} goat"
msgstr[1] "{count} goats"

msgid "long"
msgstr ""
"First line\\n"
"said \\"so\\""

#, fuzzy
msgid "unsure"
msgstr "Unsure"

msgid "english.only"
msgstr "Only {thing}"

#~ msgid "gone"
#~ msgstr "Gone"
"""
_AR = """msgid ""
msgstr ""
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 "
": n%100>=11 ? 4 : 5);\\n"

msgid "goats"
msgid_plural "goats"
msgstr[0] "zero"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few {count}"
msgstr[4] "many {count}"
msgstr[5] "other {count}"

msgid "hello"
msgstr "\u0645\u0631\u062d\u0628\u0627 {name}"

msgid "long"
msgstr ""
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    (tmp_path / "en.po").write_text(_EN, "utf-8")
    (tmp_path / "ar.po").write_text(_AR, "utf-8")
    return Catalogues(tmp_path)


def test_placeholders_are_filled(catalogues: Catalogues) -> None:
    assert catalogues.text("en", "hello", {"name": "{x}"}) == "Hello {x}"
    assert catalogues.text("ar", "hello", {"name": "Ali"}) == "مرحبا Ali"


def test_the_count_chooses_the_form(catalogues: Catalogues) -> None:
    english = [catalogues.text("en", "goats", {}, count) for count in (0, 1, 2)]
    arabic = [catalogues.text("ar", "goats", {}, count) for count in (0, 1, 2, 3, 11, 100)]

    assert english == ["0 goats", "1 goat", "2 goats"]
    assert arabic == ["zero", "one", "two", "few 3", "many 11", "other 100"]


def test_what_is_not_translated_is_said_in_english(catalogues: Catalogues) -> None:
    assert catalogues.text("ar", "english.only", {"thing": "goats"}) == "Only goats"
    assert catalogues.text("ar", "long", {}) == 'First line\nsaid "so"'
    assert catalogues.text("xx", "hello", {"name": "Ali"}) == "Hello Ali"


@pytest.mark.parametrize("key", ["missing", "unsure", "gone", ""])
def test_an_unknown_key_is_an_error(catalogues: Catalogues, key: str) -> None:
    with pytest.raises(KeyError):
        catalogues.text("en", key, {})


def test_a_missing_placeholder_is_an_error(catalogues: Catalogues) -> None:
    with pytest.raises(KeyError):
        catalogues.text("en", "hello", {})


def test_what_there_is_can_be_listed(catalogues: Catalogues) -> None:
    assert catalogues.languages == ("ar", "en")
    assert catalogues.has("hello")
    assert not catalogues.has("english.only", "ar")
    assert catalogues.keys() == {"hello", "goats", "long", "english.only"}
    assert len(catalogues.forms("ar", "goats")) == 6


def test_a_file_without_a_plural_rule_counts_as_english_does(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text('msgid "a"\nmsgid_plural "a"\nmsgstr[0] "one"\nmsgstr[1] "more"\n', "utf-8")

    catalogue = read_catalogue(path)

    assert (catalogue["a"].of(1), catalogue["a"].of(2)) == ("one", "more")


def test_folders_are_put_together_and_the_first_has_its_way(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    (ours / "en.po").write_text(_EN, "utf-8")
    (theirs / "en.po").write_text(
        'msgid "hello"\nmsgstr "Theirs"\n\nmsgid "eggs"\nmsgstr "Eggs"\n', "utf-8"
    )
    (theirs / "xx.po").write_text('msgid "eggs"\nmsgstr "Mazai"\n', "utf-8")

    together = Catalogues(ours, theirs)

    assert together.text("en", "hello", {"name": "Ali"}) == "Hello Ali"
    assert (together.text("en", "eggs"), together.text("xx", "eggs")) == ("Eggs", "Mazai")
    assert together.text("xx", "hello", {"name": "Ali"}) == "Hello Ali"


def test_each_file_counts_by_its_own_plural_rule(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, rule, key in ((ours, "n != 1", "goats"), (theirs, "n > 1", "eggs")):
        folder.mkdir()
        head = f'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=({rule});"\n\n'
        entry = f'msgid "{key}"\nmsgid_plural "{key}"\nmsgstr[0] "one"\nmsgstr[1] "more"\n'
        (folder / "xx.po").write_text(head + entry, "utf-8")

    together = Catalogues(ours, theirs)

    assert together.text("xx", "goats", {}, 0) == "more"
    assert together.text("xx", "eggs", {}, 0) == "one"
