"""Contents at the fake Twilio: kept, listed in pages, and drawn with their variables."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sokoni.kit.ids import new_id
from sokoni.kit.text import units

Payload: TypeAlias = Mapping[str, Any]
Fault: TypeAlias = tuple[int, str]

_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_GAP: Final = re.compile(r"[\n\r\t]| {5}")
_BAD_CONTENT: Final = 63005
_BAD_VARIABLES: Final = 21656
_NO_CONTENT: Final = 21655
_MOST_VARIABLES: Final = 100
_MOST_LETTERS: Final = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """A content as Twilio keeps it; an approved one may be sent at any time."""

    friendly_name: str
    types: Payload
    language: str = "en"
    variables: Mapping[str, str] = field(default_factory=dict)
    approved: bool = False
    sid: str = field(default_factory=lambda: f"HX{new_id().hex}")

    def json(self) -> Payload:
        return {
            "sid": self.sid,
            "friendly_name": self.friendly_name,
            "language": self.language,
            "variables": self.variables,
            "types": self.types,
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """A content with its variables filled: what goes to WhatsApp."""

    kind: str
    """Such as twilio/quick-reply."""
    body: Payload
    approved: bool = False


class StoredContents:
    """Everything that one account keeps."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredContent] = {}
        self.described = False
        """Every row of a list has to have a description."""

    def add(self, content: StoredContent) -> StoredContent:
        self.kept[content.sid] = content
        return content

    def create(self, body: object) -> StoredContent | None:
        """Keep what was posted, None where Twilio would refuse it."""
        if not isinstance(body, Mapping) or not isinstance(body.get("types"), Mapping):
            return None
        if (
            not body.get("language")
            or not body["types"]
            or any(_malformed(body["types"], described=self.described))
        ):
            return None
        return self.add(
            StoredContent(
                friendly_name=str(body.get("friendly_name", "")),
                types=body["types"],
                language=str(body["language"]),
                variables=body.get("variables", {}),
            )
        )

    def page(self, number: int, size: int) -> tuple[Sequence[StoredContent], bool]:
        """Return one page, and whether another follows."""
        all_of_them = list(self.kept.values())
        end = (number + 1) * size
        return all_of_them[number * size : end], end < len(all_of_them)

    def drawn(self, sid: str, variables: str) -> Drawn | Fault:
        """Fill a content for WhatsApp, or return what Twilio has against it."""
        content = self.kept.get(sid)
        if content is None:
            return _NO_CONTENT, "The ContentSid is Invalid"
        given = _variables(variables)
        if given is None:
            return _BAD_VARIABLES, "The ContentVariables Parameter is invalid"
        kind, template = next(iter(content.types.items()))
        body = _filled(template, {**content.variables, **given})
        fault = next(_faults(kind, body, approved=content.approved), "")
        return (_BAD_CONTENT, fault) if fault else Drawn(kind, body, content.approved)


def _variables(text: str) -> Mapping[str, str] | None:
    """Return the values by name, None where one is of a kind that Twilio refuses."""
    try:
        given = json.loads(text) if text else {}
    except ValueError:
        return None
    good = isinstance(given, dict) and all(_is_good(value) for value in given.values())
    return given if good else None


def _is_good(value: object) -> bool:
    if not isinstance(value, str) or _GAP.search(value):
        return False
    return 0 < len(value.strip()) <= _MOST_LETTERS


def _filled(part: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(part, str):
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), part)
    if isinstance(part, Mapping):
        return {name: _filled(value, values) for name, value in part.items()}
    return [_filled(value, values) for value in part] if isinstance(part, list) else part


def _malformed(types: Payload, *, described: bool) -> Iterator[str]:
    """Say what is wrong with a content before anything is filled in."""
    for kind, body in types.items():
        if kind not in _CHECKS:
            yield f"{kind} is no type"
        if len(set(_PLACEHOLDER.findall(json.dumps(body)))) > _MOST_VARIABLES:
            yield "too many variables"
        if kind == "twilio/list-picker":
            needed = {"item", "id", *(["description"] if described else [])}
            yield from (
                f"an item lacks one of {needed}"
                for item in body["items"]
                if not needed <= item.keys()
            )
        if kind == "twilio/call-to-action":
            yield from (
                "only the end of an address may vary"
                for action in body["actions"]
                if not re.fullmatch(r"https?://[^/{}]+/[^{}]*(\{\{\w+\}\})?", action["url"])
            )


def _faults(kind: str, body: Payload, *, approved: bool) -> Iterator[str]:
    yield from _length("body", body.get("body"), 1024)
    yield from _CHECKS[kind](body, approved)


def _text(_body: Payload, _approved: bool) -> Iterator[str]:
    return iter(())


def _replies(body: Payload, approved: bool) -> Iterator[str]:
    yield from _actions(body, approved)
    for action in body["actions"]:
        yield from _length("id", action["id"], 200)
    yield from _different(action["title"] for action in body["actions"])


def _actions(body: Payload, approved: bool) -> Iterator[str]:
    least = 0 if approved else 1
    if not least <= len(body["actions"]) <= (10 if approved else 3):
        yield "too many buttons"
    for action in body["actions"]:
        yield from _length("title", action["title"], 25 if approved else 20)


def _list(body: Payload, _approved: bool) -> Iterator[str]:
    yield from _length("button", body["button"], 20)
    if not 1 <= len(body["items"]) <= 10:
        yield "1 to 10 items are allowed"
    for item in body["items"]:
        yield from _length("item", item["item"], 24)
        yield from _length("id", item["id"], 200)
        yield from _length("description", item.get("description", "-"), 72)
    yield from _different(item["id"] for item in body["items"])


def _media(body: Payload, _approved: bool) -> Iterator[str]:
    if len(body["media"]) != 1:
        yield "WhatsApp takes one medium"


_CHECKS: Final = {
    "twilio/text": _text,
    "twilio/quick-reply": _replies,
    "twilio/list-picker": _list,
    "twilio/call-to-action": _actions,
    "twilio/media": _media,
    "twilio/card": _actions,
    "whatsapp/card": _actions,
}


def _length(what: str, text: object, most: int) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield f"{what} is missing"
    elif units(text) > most:
        yield f"{what} is longer than {most}"


def _different(words: Iterator[str]) -> Iterator[str]:
    told = list(words)
    if len(set(told)) < len(told):
        yield "two are alike"
