"""Approved templates at the fake Graph API, and what Meta refuses of messages made of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sokoni.kit.text import units

Payload = Mapping[str, Any]
Fault = tuple[int, str]

_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MISSING: Final = 131008
_UNNAMED: Final = 100
_COUNT: Final = 132000
_UNKNOWN: Final = 132001
_TOO_LONG: Final = 132005
_FORMAT: Final = 132012
_STOPPED: Final[Mapping[str, Fault]] = {
    "PAUSED": (132015, "Template is Paused"),
    "DISABLED": (132016, "Template is Disabled"),
}
_SENDABLE: Final = frozenset({"APPROVED", "REINSTATED"})
_BODY: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTemplate:
    """A template as Meta keeps it."""

    name: str
    language: str
    body: str
    header: str = ""
    """TEXT, IMAGE or DOCUMENT; "" where it has none."""
    header_text: str = ""
    buttons: Sequence[str] = ()
    """In their order: the address of a link, "" for a quick reply."""
    status: str = "APPROVED"

    @property
    def named(self) -> bool:
        return any(not name.isdecimal() for name in _names(self.body + self.header_text))


class ApprovedTemplates:
    """Everything that one business account had approved. While it is empty, all pass."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], ApprovedTemplate] = {}

    def add(self, *templates: ApprovedTemplate) -> None:
        """Take templates up; one of the same name and language is replaced."""
        self._known |= {(one.name, one.language): one for one in templates}

    def first_fault(self, payload: object) -> Fault | None:
        """Return what Meta has against a message's template, None where it takes it."""
        if not self._known or not isinstance(payload, Mapping):
            return None
        template = payload.get("template")
        if payload.get("type") != "template" or not isinstance(template, Mapping):
            return None
        known = self._known.get((template["name"], template["language"]["code"]))
        if known is None:
            return _UNKNOWN, "Template name does not exist in the translation"
        if known.status not in _SENDABLE:
            return _STOPPED.get(known.status, (_UNKNOWN, "Template is not approved"))
        return next(_faults(known, template.get("components", ())), None)


def _faults(known: ApprovedTemplate, components: Sequence[Payload]) -> Iterator[Fault]:
    by_type = {one["type"]: one["parameters"] for one in components if one["type"] != "button"}
    yield from _header(known, by_type.get("header", ()))
    yield from _texts("body", known, known.body, by_type.get("body", ()))
    buttons = {int(one["index"]): one for one in components if one["type"] == "button"}
    yield from _buttons(known, buttons)


def _header(known: ApprovedTemplate, given: Sequence[Payload]) -> Iterator[Fault]:
    if known.header in {"", "TEXT"}:
        yield from _texts("header", known, known.header_text, given)
        return
    received = str(given[0]["type"]).upper() if given else "UNKNOWN"
    if received != known.header:
        yield _FORMAT, f"header: Format mismatch, expected {known.header}, received {received}"


def _texts(
    part: str, known: ApprovedTemplate, text: str, given: Sequence[Payload]
) -> Iterator[Fault]:
    names = _names(text)
    if any(one["type"] != "text" for one in given):
        yield _FORMAT, f"{part}: Format mismatch, expected TEXT"
    if len(given) != len(names):
        counts = f"({len(given)}) does not match the expected number of params ({len(names)})"
        yield _COUNT, f"{part}: number of localizable_params {counts}"
    if known.named:
        yield from _named(part, names, given)
    elif any("parameter_name" in one for one in given):
        yield _FORMAT, f"{part}: the template's variables have no names"
    room = _BODY - units(_PLACEHOLDER.sub("", text))
    if sum(units(str(one.get("text", ""))) for one in given) > room:
        yield _TOO_LONG, f"{part}: Translated text too long"


def _named(part: str, names: Sequence[str], given: Sequence[Payload]) -> Iterator[Fault]:
    told = [str(one.get("parameter_name", "")) for one in given]
    if not all(told):
        yield _UNNAMED, "Parameter name is missing or empty"
    if set(told) != set(names):
        yield _FORMAT, f"{part}: no variables of these names: {sorted(set(told) - set(names))}"


def _buttons(known: ApprovedTemplate, given: Mapping[int, Payload]) -> Iterator[Fault]:
    for place, address in enumerate(known.buttons):
        if _names(address) and place not in given:
            yield _MISSING, f"buttons: Button at index {place} of type Url requires a parameter"
    for place, one in given.items():
        if not 0 <= place < len(known.buttons):
            yield _COUNT, f"buttons: there is no button at index {place}"
        else:
            yield from _button(place, known.buttons[place], one)


def _button(place: int, address: str, given: Payload) -> Iterator[Fault]:
    wanted = "url" if address else "quick_reply"
    if given["sub_type"] != wanted:
        yield _FORMAT, f"buttons: Button at index {place} is of type {wanted}"
    elif address and not _names(address):
        yield _COUNT, f"buttons: Button at index {place} takes no parameter"


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))
