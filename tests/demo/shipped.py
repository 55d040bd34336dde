"""The shipped merchants' files, and the wording that they go by."""

from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from sokoni.bootstrap import kinds
from sokoni.demo.merchants import FOLDER
from sokoni.merchants.declared import DeclaredMerchant
from sokoni.merchants.file import read_merchant_file

LANGUAGES: Final = ("en", "sn", "nd")
LOCALES: Final = FOLDER.parent / "locales"


def text_of(merchant: str) -> str:
    return (FOLDER / f"{merchant}.yaml").read_text("utf-8")


def declared(merchant: str) -> DeclaredMerchant:
    """Return what a merchant's file says."""
    source = f"{merchant}.yaml"
    return read_merchant_file(text_of(merchant), kinds(production=False), {}, source=source).said


def words_in(language: str) -> dict[str, str]:
    """Return the wording by its keys."""
    with Path(LOCALES / f"{language}.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if isinstance(one.id, str)}


@cache
def keys() -> frozenset[str]:
    """Return every key of the wording, those with plurals too."""
    with Path(LOCALES / "en.po").open("rb") as file:
        ids = [one.id for one in read_po(file) if one.id]
    return frozenset(one if isinstance(one, str) else one[0] for one in ids)
