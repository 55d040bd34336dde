"""Contents that Twilio keeps: made once for each shape, what varies goes along as variables.

A message with buttons or a list must name a content (§5.5). Texts, titles and ids are variables,
so that a handful of shapes serves every message; a shape's hash is its name at Twilio, by which
every process finds what another one made, without a table of ours.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from sokoni.channels import errors
from sokoni.channels.twilio_whatsapp.config import TwilioWhatsAppConfig
from sokoni.channels.twilio_whatsapp.errors import refusal
from sokoni.channels.twilio_whatsapp.payloads import Content, ContentPage, Types
from sokoni.kit.http import HttpClient, Response, TransportError

T = TypeVar("T")

_OURS: Final = "sokoni_"
_MOST_VARIABLES: Final = 100
_PAGE: Final = 500
_MOST_PAGES: Final = 50
_TIMEOUT: Final = 5.0
_REST_SECONDS: Final = 30.0
# Line breaks, tabs and long gaps in a variable are refused (21656).
_GAPS: Final = re.compile(r"\s+")
_SAMPLE: Final = "text"
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A message as a shape, and what fills the shape's variables."""

    types: Types
    variables: Mapping[str, str]
    otherwise: "Shaped | None" = None
    """The same in another shape, for an account that refuses this one."""

    @property
    def name(self) -> str:
        return _OURS + hashlib.sha256(_ENCODER.encode(self.types)).hexdigest()[:32]


class ShapeRefusedError(errors.NotRenderableError):
    """Twilio keeps no content of this shape."""


class Variables:
    """Collects what varies; each gets the next number."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def put(self, text: str) -> str:
        """Return the placeholder that stands for a line of text."""
        if len(self.values) == _MOST_VARIABLES:
            raise errors.NotRenderableError("too many lines for one content")
        number = str(len(self.values) + 1)
        self.values[number] = _GAPS.sub(" ", text)
        return f"{{{{{number}}}}}"

    def lines(self, text: str) -> str:
        """Return a placeholder for each line: no variable may hold a line break."""
        lines = (line.strip() for line in text.strip().splitlines())
        return "\n".join(self.put(line) if line else "" for line in lines)


class Contents:
    """Which content of the account has which shape; those that are missing are made."""

    def __init__(self, config: TwilioWhatsAppConfig, http: HttpClient) -> None:
        self._url = config.contents_url
        self._headers = config.credentials
        self._http = http
        self._known: dict[str, str] = {}
        self._gone: set[str] = set()
        self._refused: set[str] = set()
        self._making = asyncio.Lock()
        self._rests_until = float("-inf")

    async def sid(self, shaped: Shaped) -> str:
        """Return the content's id; raise `NotRenderableError` where none can be had just now."""
        name = shaped.name
        if name in self._known:
            return self._known[name]
        async with self._making:
            if name not in self._known:
                self._check(name)
                # Another process may have made it meanwhile.
                self._known |= await self._listed()
            if name not in self._known:
                self._known[name] = await self._made(name, shaped)
            return self._known[name]

    async def chosen(self, shaped: Shaped) -> tuple[str, Shaped]:
        """Return the id of the content, and the shape that it has: the first that is kept."""
        try:
            return await self.sid(shaped), shaped
        except ShapeRefusedError:
            if shaped.otherwise is None:
                raise
            return await self.sid(shaped.otherwise), shaped.otherwise

    def forget(self, shaped: Shaped, sid: str) -> None:
        """Note that the account keeps it no more, whatever its list says."""
        self._gone.add(sid)
        if self._known.get(shaped.name) == sid:
            del self._known[shaped.name]

    def _check(self, name: str) -> None:
        """Spare whoever waits behind a request that can only fail again."""
        if name in self._refused:
            raise ShapeRefusedError("Twilio refused a content of this shape")
        if asyncio.get_running_loop().time() < self._rests_until:
            raise errors.NotRenderableError("no contents can be had for the moment")

    async def _listed(self) -> dict[str, str]:
        """Return what the account keeps of ours."""
        known: dict[str, str] = {}
        url = f"{self._url}?PageSize={_PAGE}"
        for _ in range(_MOST_PAGES):
            page = self._read(await self._ask("GET", url), ContentPage)
            known |= {
                name: one.sid
                for one in page.contents
                if (name := one.friendly_name or "").startswith(_OURS)
                and one.sid not in self._gone
            }
            url = page.meta.next_page_url or ""
            # Our credentials go along: only where the first page was, too.
            if not url or urlsplit(url)[:2] != urlsplit(self._url)[:2]:
                break
        return known

    async def _made(self, name: str, shaped: Shaped) -> str:
        body = {
            "friendly_name": name,
            # Every word is a variable: there is no language in it.
            "language": "en",
            "variables": dict.fromkeys(shaped.variables, _SAMPLE),
            "types": shaped.types,
        }
        response = await self._ask("POST", self._url, body)
        if response.status == 400:
            self._refused.add(name)
            raise ShapeRefusedError(str(refusal(response)))
        return self._read(response, Content).sid

    async def _ask(self, method: str, url: str, body: object = None) -> Response:
        try:
            return await self._http.request(
                method, url, headers=self._headers, json=body, timeout=_TIMEOUT
            )
        except TransportError as error:
            raise self._resting(error) from error

    def _read(self, response: Response, kind: type[T]) -> T:
        if response.status >= 300:
            error = refusal(response)
            raise error if isinstance(error, errors.ChannelDownError) else self._resting(error)
        try:
            return msgspec.json.decode(response.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._resting(error) from error

    def _resting(self, why: Exception) -> errors.NotRenderableError:
        self._rests_until = asyncio.get_running_loop().time() + _REST_SECONDS
        return errors.NotRenderableError(f"no content can be had: {why}")
