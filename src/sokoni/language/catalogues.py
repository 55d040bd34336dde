"""What we say, by language and key: PO catalogues read at start, gettext's rules of use."""

import ast
import gettext
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

FALLBACK: Final = "en"
_KEPT: Final = 64

_PLURALS: Final = re.compile(r"plural=([^;\n]+);")
_ONE_FORM: Final[Callable[[int], int]] = gettext.c2py("0")
_KEYWORD: Final = re.compile(r"(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt)\s+(?=\")")


@dataclass(slots=True)
class _Entry:
    """One entry while it is read: keyword to text."""

    texts: dict[str, str] = field(default_factory=dict)
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Forms:
    """What a key says in one language: one text, or as many as the file has plurals."""

    texts: Sequence[str]
    plural: Callable[[int], int]

    def of(self, count: int | None) -> str:
        """Return the text for so many, its placeholders open."""
        place = 0 if count is None or len(self.texts) == 1 else self.plural(count)
        return self.texts[place] if place < len(self.texts) else self.texts[-1]


Catalogue: TypeAlias = Mapping[str, Forms]


@dataclass(frozen=True, slots=True)
class Like:
    """Wording that is another key's, some placeholders of it filled in."""

    key: str
    filled: Mapping[str, "OwnText | Like"] = field(default_factory=dict)


OwnText: TypeAlias = Mapping[str, str]
"""Language to text, braces and all; under "" what is said in every other language."""
OwnWording: TypeAlias = Mapping[str, OwnText | Like]
"""What a merchant words itself, by key."""


class Catalogues:
    """The PO files of some folders, one per language in each, named by its code.

    A key that two folders word is said as the first has it: a package adds to our wording and
    does not change it.
    """

    def __init__(self, *folders: Path) -> None:
        made: dict[str, Catalogue] = {}
        for path in (path for folder in folders for path in sorted(folder.glob("*.po"))):
            made[path.stem] = {**_read(path, path.stat().st_mtime_ns), **made.get(path.stem, {})}
        self._catalogues = made

    def with_own(self, own: OwnWording, language: str) -> "Catalogues":
        """Return these with a merchant's own wording; `language` is what it speaks first.

        A text that the merchant did not give in a language is said in its first one.
        """
        if not own:
            return self
        made = Catalogues()
        made._catalogues = {
            name: {**listed, **self._worded(own, name, language)}
            for name, listed in self._catalogues.items()
        }
        return made

    def _worded(self, own: OwnWording, language: str, first: str) -> Catalogue:
        return {
            key: Forms((self._own_text(says, language, first),), _ONE_FORM)
            for key, says in own.items()
        }

    def _own_text(self, says: "OwnText | Like", language: str, first: str) -> str:
        if not isinstance(says, Like):
            there = (says.get(one) for one in (language, "", first, FALLBACK))
            return next((text for text in there if text), next(iter(says.values()), ""))
        text = self._template(language, says.key, None)
        for name, filler in says.filled.items():
            text = text.replace(f"{{{name}}}", self._own_text(filler, language, first))
        return text

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._catalogues)

    def text(
        self,
        language: str,
        key: str,
        params: Mapping[str, str] | None = None,
        count: int | None = None,
    ) -> str:
        """Return the wording with its placeholders filled; a missing one falls back to English.

        Raises KeyError for a key or a placeholder that nobody gave. `{count}` is filled by
        `count`, which also chooses the plural form.
        """
        template = self._template(language, key, count)
        if "{" not in template:
            return template
        given = params or {}
        if count is not None and "count" not in given:
            given = {**given, "count": str(count)}
        return template.format_map(given)

    def has(self, key: str, language: str = FALLBACK) -> bool:
        """Tell whether the key has a wording in the language."""
        return key in self._catalogues.get(language, {})

    def keys(self, language: str = FALLBACK) -> frozenset[str]:
        return frozenset(self._catalogues[language])

    def forms(self, language: str, key: str) -> Sequence[str]:
        """Return every form of a wording, placeholders open."""
        return self._catalogues[language][key].texts

    def _template(self, language: str, key: str, count: int | None) -> str:
        for name in (language, FALLBACK):
            forms = self._catalogues.get(name, {}).get(key)
            if forms is not None:
                return forms.of(count)
        raise KeyError(key)


@lru_cache(maxsize=_KEPT)
def _read(path: Path, _written_ns: int) -> Catalogue:
    """Read a file once for all who word by it, and again where it was written anew."""
    return read_catalogue(path)


def read_catalogue(path: Path) -> Catalogue:
    """Read a PO file. Entries without wording, fuzzy and obsolete ones do not count."""
    entries = [entry for entry in _entries(path.read_text("utf-8")) if not entry.fuzzy]
    header = next((entry.texts["msgstr"] for entry in entries if _is_header(entry)), "")
    rule = _PLURALS.search(header)
    plural = gettext.c2py(rule[1].strip() if rule else "n != 1")
    forms = {entry.texts["msgid"]: _forms(entry) for entry in entries if not _is_header(entry)}
    return {key: Forms(texts, plural) for key, texts in forms.items() if texts and all(texts)}


def _is_header(entry: _Entry) -> bool:
    return not entry.texts.get("msgid", "")


def _forms(entry: _Entry) -> tuple[str, ...]:
    return tuple(text for keyword, text in entry.texts.items() if keyword.startswith("msgstr"))


def _entries(text: str) -> Iterator[_Entry]:
    entry, keyword = _Entry(), ""
    for raw in text.splitlines():
        line = raw.strip()
        found = _KEYWORD.match(line)
        if line.startswith("#"):
            if keyword.startswith("msgstr"):
                yield entry
                entry, keyword = _Entry(), ""
            entry.fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        if found:
            if found[1] in {"msgid", "msgctxt"} and keyword.startswith("msgstr"):
                yield entry
                entry = _Entry()
            keyword = found[1]
            entry.texts[keyword] = _quoted(line[found.end() :])
        elif line.startswith('"') and keyword:
            entry.texts[keyword] += _quoted(line)
    if entry.texts:
        yield entry


def _quoted(text: str) -> str:
    """Read one C string: PO's escapes are a part of Python's."""
    if "\\" not in text:
        return text[1:-1]
    read: str = ast.literal_eval(text)
    return read
