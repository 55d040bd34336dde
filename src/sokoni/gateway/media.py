"""The door that gives out files of contacts: by signed links, while they last."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from sokoni.media.archive import Archive, Kept
from sokoni.media.kinds import ENDINGS, is_picture
from sokoni.media.links import MARK, PREFIX, UNTIL, Links
from sokoni.media.stores.base import StoreAwayError

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    # Whatever it is, it is nothing that may run or be framed here.
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=3600, immutable",
    "x-robots-tag": "noindex",
}


def media_door(links: Links, archive: Archive) -> APIRouter:
    """Return the route; a link that is wrong, over or leads to nothing says no more than that."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(f"{PREFIX}{{name}}", methods=["GET", "HEAD"])
    async def read_media(
        request: Request,
        name: str,
        until: Annotated[str, Query(alias=UNTIL)] = "",
        mark: Annotated[str, Query(alias=MARK)] = "",
    ) -> Response:
        media_id = links.named(name, until, mark)
        kept = None if media_id is None else await archive.find(media_id)
        if kept is None:
            return _said("not found", 404)
        if request.method == "HEAD":
            # Providers ask so first; the store need not be.
            return Response(headers={**_headers(kept), "content-length": str(kept.size)})
        try:
            content = await archive.content(kept.ref.id)
        except StoreAwayError:
            return _said("try again", 503)
        if content is None:
            return _said("not found", 404)
        return Response(content, headers=_headers(kept))

    return router


def _said(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, media_type="text/plain")


def _headers(kept: Kept) -> dict[str, str]:
    ref = kept.ref
    how = "inline" if is_picture(ref.mime_type) else "attachment"
    name = f"{ref.id.hex}.{ENDINGS.get(ref.mime_type, 'bin')}"
    return {
        **_HEADERS,
        "content-type": ref.mime_type,
        "content-disposition": f'{how}; filename="{name}"',
    }
