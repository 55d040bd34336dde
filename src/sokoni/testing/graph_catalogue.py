"""A catalogue at the fake Graph API: filled in batches, and what Meta refuses to show of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from sokoni.testing.loopback import Answered, Asked

Payload = Mapping[str, Any]
Fault = tuple[int, str]

INVALID: Final = 131009
_KINDS: Final = frozenset({"product", "product_list", "catalog_message"})
_REQUIRED: Final = (
    "title",
    "description",
    "availability",
    "condition",
    "price",
    "link",
    "image_link",
)
_MOST: Final = 5_000
_PAGE: Final = 100


class GraphCatalogue:
    """One catalogue. Batches are worked off when they are asked about for the second time."""

    def __init__(self) -> None:
        self.id = ""
        """Linked to every number of the fake; "": none is, and no product can be shown."""
        self.items: dict[str, Payload] = {}
        """What can be shown, by retailer id."""
        self.batches: list[Sequence[Payload]] = []
        self._waiting: dict[str, Sequence[Payload]] = {}
        self._asked: set[str] = set()

    def first_fault(self, payload: object) -> Fault | None:
        """Return what Meta has against the products of a message, None where it shows them."""
        if not isinstance(payload, Mapping) or payload.get("type") != "interactive":
            return None
        interactive: Payload = payload["interactive"]
        if interactive.get("type") not in _KINDS:
            return None
        if not self.id:
            return INVALID, "No catalogue is linked to this number"
        action: Payload = interactive["action"]
        if interactive["type"] != "catalog_message" and action["catalog_id"] != self.id:
            return INVALID, f"Catalogue {action['catalog_id']} is not linked to this number"
        unknown = [one for one in _named(action) if one not in self.items]
        if unknown:
            return INVALID, f"Products not found in the catalogue: {', '.join(unknown)}"
        return None

    def answer(self, asked: Asked) -> Answered | None:
        """Answer what concerns a catalogue, None where it is something else."""
        address = urlsplit(asked.path)
        parts = address.path.strip("/").split("/")
        if len(parts) != 3 or parts[1] != self.id or not self.id:
            return None
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        match asked.method, parts[2]:
            case "POST", "items_batch":
                return self._take(msgspec.json.decode(asked.body))
            case "GET", "check_batch_request_status":
                return self._status(query.get("handle", ""))
            case "GET", "products":
                return self._listed(query)
            case _:
                return None

    def _take(self, body: Payload) -> Answered:
        requests: Sequence[Payload] = body.get("requests", ())
        if body.get("item_type") != "PRODUCT_ITEM" or not 0 < len(requests) <= _MOST:
            return _refusal(100, f"1 to {_MOST} requests of an item_type are wanted")
        self.batches.append(requests)
        handle = f"handle-{len(self.batches)}"
        self._waiting[handle] = requests
        return _json({"handles": [handle]})

    def _status(self, handle: str) -> Answered:
        requests = self._waiting.get(handle)
        if requests is None:
            return _refusal(100, "Invalid handle")
        if handle not in self._asked:
            self._asked.add(handle)
            return _json({"data": [{"handle": handle, "status": "started", "errors": []}]})
        errors = list(self._worked_off(requests))
        done = {
            "handle": handle,
            "status": "finished",
            "errors_total_count": len(errors),
            "errors": errors,
            "ids_of_invalid_requests": [error["id"] for error in errors],
        }
        return _json({"data": [done]})

    def _worked_off(self, requests: Sequence[Payload]) -> Iterator[Payload]:
        for line, one in enumerate(requests):
            data = one["data"]
            retailer_id = str(data["id"])
            if one["method"] == "DELETE":
                self.items.pop(retailer_id, None)
                continue
            missing = [name for name in _REQUIRED if not data.get(name)]
            if missing:
                words = f"Required field {missing[0]} is missing"
                yield {"line": line, "id": retailer_id, "message": words}
            else:
                self.items[retailer_id] = data

    def _listed(self, query: Mapping[str, str]) -> Answered:
        start = int(query.get("after", "0"))
        numbers = sorted(self.items)
        some, after = numbers[start : start + _PAGE], start + _PAGE
        paging: dict[str, object] = {"cursors": {"after": str(after)}}
        if after < len(numbers):
            paging["next"] = f"https://graph.example/{self.id}/products?after={after}"
        return _json({"data": [{"retailer_id": one} for one in some], "paging": paging})


def _named(action: Payload) -> Iterator[str]:
    if "product_retailer_id" in action:
        yield action["product_retailer_id"]
    for section in action.get("sections", ()):
        yield from (item["product_retailer_id"] for item in section["product_items"])


def _json(body: object) -> Answered:
    return Answered(body=msgspec.json.encode(body))


def _refusal(code: int, words: str) -> Answered:
    return Answered(400, msgspec.json.encode({"error": {"code": code, "message": words}}))
