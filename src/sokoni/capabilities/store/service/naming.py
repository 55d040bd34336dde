"""Names by language: a contact is shown theirs, or the nearest that there is."""

from collections.abc import Mapping, Sequence


def said_in(names: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return the name in the first of the languages that has one, else in any."""
    said = (names[one] for one in languages if names.get(one))
    return next(said, None) or next(iter(names.values()), "")


def with_options(name: str, options: Mapping[str, str]) -> str:
    """Return what a variant is called: "Canvas Trainers, 38, red"."""
    return ", ".join((name, *options.values()))
