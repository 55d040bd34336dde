"""The catalogue at Meta that is linked to a number (reference/channels.md §4.2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from sokoni.channels.catalogues import CatalogueError, Entry, Settled
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.channels.whatsapp_cloud.errors import said_by
from sokoni.channels.whatsapp_cloud.payloads import BatchStatuses, Handles, Items
from sokoni.kit.http import HttpClient, Response, TransportError
from sokoni.kit.text import shortened

_MOST: Final = 3_000
"""Meta takes 5,000, and advises so many."""
_TITLE: Final = 200
_DESCRIPTION: Final = 5_000
_PATIENCE: Final = 120.0
"""Seconds for a batch to be taken."""
_PAGE: Final = 1_000
_ENDED: Final = frozenset({"finished"})
_BROKEN: Final = frozenset({"canceled", "error"})
_FIELDS: Final[Mapping[str, str]] = {"size": "size", "colour": "color", "color": "color"}
"""Fields of Meta's for what variants differ in."""

Answer = TypeVar("Answer", Handles, BatchStatuses, Items)


class WhatsAppCatalogue:
    """Speaks to the catalogue with the number's own token, which needs `catalog_management`."""

    most: int = _MOST

    def __init__(self, config: WhatsAppCloudConfig, http: HttpClient) -> None:
        self.id = config.catalog_id
        self._url = f"{config.base_url}/{config.api_version}/{config.catalog_id}"
        self._headers = config.headers
        self._link = config.catalog_link
        self._http = http

    async def submit(self, entries: Sequence[Entry], gone: Sequence[str], link: str) -> str:
        """Hand in a batch; Meta works it off when it gets to it."""
        link = self._link or link
        requests = [{"method": "UPDATE", "data": _data(one, link)} for one in entries]
        requests += [{"method": "DELETE", "data": {"id": number}} for number in gone]
        batch = {"item_type": "PRODUCT_ITEM", "allow_upsert": True, "requests": requests}
        handles = await self._ask("POST", "items_batch", Handles, batch)
        if not handles.handles:
            raise CatalogueError("The batch was taken without a handle.")
        return handles.handles[0]

    async def settled(self, handle: str) -> Settled | None:
        """Ask whether a batch was worked off."""
        query = urlencode({"handle": handle, "load_ids_of_invalid_requests": "true"})
        told = await self._ask("GET", f"check_batch_request_status?{query}", BatchStatuses)
        status = next(iter(told.data), None)
        state = status.status.casefold() if status else ""
        if status is None or state in _BROKEN:
            raise CatalogueError(f"The batch {handle} came to nothing: {state or 'unknown'}.")
        if state not in _ENDED:
            return None
        # Not all of many errors are told.
        refused = dict.fromkeys(status.ids_of_invalid_requests, "not taken")
        return Settled({**refused, **{one.id: one.message for one in status.errors if one.id}})

    async def numbers(self) -> Sequence[str]:
        """Return every retailer id of the catalogue."""
        numbers: list[str] = []
        after = ""
        while True:
            query = {"fields": "retailer_id", "limit": str(_PAGE)}
            asked = urlencode({**query, "after": after} if after else query)
            page = await self._ask("GET", f"products?{asked}", Items)
            numbers += [one.retailer_id for one in page.data if one.retailer_id]
            after = page.paging.cursors.after if page.paging.next else ""
            if not after:
                return numbers

    async def _ask(
        self, method: str, what: str, kind: type[Answer], body: object = None
    ) -> Answer:
        content = msgspec.json.encode(body) if body is not None else None
        try:
            response = await self._http.request(
                method,
                f"{self._url}/{what}",
                headers=self._headers,
                body=content,
                timeout=_PATIENCE,
            )
        except TransportError as error:
            raise CatalogueError(f"The catalogue cannot be reached: {error}") from error
        return _read(response, kind)


def _read(response: Response, kind: type[Answer]) -> Answer:
    if response.status >= 300:
        raise CatalogueError(said_by(response))
    try:
        return msgspec.json.decode(response.body, type=kind, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CatalogueError(f"The answer about the catalogue cannot be read: {error}") from error


def _data(entry: Entry, link: str) -> Mapping[str, str]:
    data = {
        "id": entry.number,
        "title": shortened(entry.name, _TITLE),
        "description": shortened(entry.description, _DESCRIPTION),
        "availability": "in stock" if entry.in_stock else "out of stock",
        "condition": "new",
        "price": f"{entry.price.amount} {entry.price.currency}",
        "link": link,
        "image_link": entry.image_url,
    }
    return {**data, **dict(_if_any(entry))}


def _if_any(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.brand:
        yield "brand", entry.brand
    if entry.group:
        yield "item_group_id", entry.group
        for option, value in entry.options.items():
            field = _FIELDS.get(option.casefold())
            if field:
                yield field, value
