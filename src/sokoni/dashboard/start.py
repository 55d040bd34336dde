"""The page at `/`: what runs here, and where to go. Plain HTML, nothing to load."""

from collections.abc import Collection
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import SQLAlchemyError

from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<link rel="icon" href="data:,">
<title>Sokoni</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem;
  color: #111b21; }}
a {{ color: #00695c; }}
li {{ margin: .3rem 0; }}
footer {{ margin-top: 3rem; color: #667781; font-size: 14px; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
_AGAIN_SECONDS: Final = 5
_AGAIN: Final = f'\n<meta http-equiv="refresh" content="{_AGAIN_SECONDS}">'
AWAY: Final = (SQLAlchemyError, OSError, TimeoutError)
"""What a database raises that is not there."""
_HEALTH: Final = '<footer><a href="/health">Health</a></footer>'
_MORE: Final = '<footer><a href="/docs">API</a> · <a href="/health">Health</a></footer>'
_NONE: Final = (
    "<p>There is no merchant yet. <code>sokoni demo load</code> brings one to try, "
    "<code>sokoni merchant apply FILE.yaml</code> your own.</p>"
)


def start(merchants: MerchantDirectory | None) -> APIRouter:
    """Return the route of `/`. Without merchants, as in production, it names nobody."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        if merchants is None:
            return _html(f"<h1>Sokoni</h1>{_HEALTH}")
        try:
            known = await merchants.all()
        except AWAY:
            return database_away()
        return _html(f"<h1>Sokoni</h1>{_listed(known)}{_MORE}")

    return router


def no_simulator(slug: str, *, known: bool) -> HTMLResponse:
    """Return the page for a merchant that cannot be simulated, or that nobody knows."""
    name = f"<strong>{escape(slug)}</strong>"
    why = (
        f"<p>{name} has no simulator. Add <code>- channel: simulator</code> to its file and "
        "apply it again.</p>"
        if known
        else f"<p>There is no merchant called {name} here.</p>"
    )
    heading = "<h1>No such phone line</h1>"
    back = '<p><a href="/">These merchants can be tried</a></p>'
    return _html(f"{heading}{why}{back}", HTTPStatus.NOT_FOUND)


def database_away() -> HTMLResponse:
    """Return the page for the time without a database; it looks again by itself."""
    why = "<p>The database does not answer. This page tries again by itself.</p>"
    page = _html(f"<h1>One moment</h1>{why}{_HEALTH}", HTTPStatus.SERVICE_UNAVAILABLE, _AGAIN)
    page.headers["retry-after"] = str(_AGAIN_SECONDS)
    return page


def _listed(merchants: Collection[MerchantProfile]) -> str:
    if not merchants:
        return _NONE
    rows = "".join(
        f'<li><a href="/chat/{quote(one.slug)}">{escape(one.name)}</a></li>' for one in merchants
    )
    return f"<p>Chat with a merchant on simulated phones, in this browser:</p><ul>{rows}</ul>"


def _html(body: str, status: HTTPStatus = HTTPStatus.OK, head: str = "") -> HTMLResponse:
    return HTMLResponse(_PAGE.format(body=body, head=head), status)
