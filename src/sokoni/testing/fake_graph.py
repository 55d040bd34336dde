"""Meta's Graph API on loopback: takes, refuses and reports messages as Meta does."""

import asyncio
import random
import secrets
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.http import HttpClient, ReqwestClient, Response, TransportError
from sokoni.testing.graph_catalogue import GraphCatalogue
from sokoni.testing.graph_media import PATH, GraphMedia
from sokoni.testing.graph_rules import first_fault
from sokoni.testing.graph_templates import ApprovedTemplates
from sokoni.testing.loopback import Answered, Asked, serving
from sokoni.testing.meta_webhooks import MetaWebhooks, Signed

REPORTS: Final = ("sent", "delivered", "read")
_AGAIN: Final = 0.25
_READ_MARK: Final = Answered(body=b'{"success":true}')


@dataclass(frozen=True, slots=True)
class Scripted:
    """What to do with a message in place of taking it. `taken`: it goes out all the same."""

    answered: Answered
    taken: bool = False
    fails_with: int = 0
    """Taken, and reported as failed with this code."""


def refused(code: int, status: int = 400, words: str = "Refused", **headers: str) -> Scripted:
    """Answer with Meta's error envelope; `retry_after="7"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(_refusal(code, words, status, named))


def http_error(status: int, body: bytes = b"<html>busy</html>", **headers: str) -> Scripted:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(Answered(status, body, named))


def silence(*, taken: bool = True) -> Scripted:
    return Scripted(Answered(silent=True), taken=taken)


def slow(seconds: float) -> Scripted:
    """Take it, and answer late."""
    return Scripted(Answered(delay=seconds), taken=True)


def garbage(*, taken: bool = True) -> Scripted:
    return Scripted(Answered(raw=b"\x16\x03\x01 what?\r\n\r\n"), taken=taken)


def cut(*, taken: bool = True) -> Scripted:
    """End the connection after the request arrived."""
    return Scripted(Answered(cut=True), taken=taken)


def fails_later(code: int) -> Scripted:
    return Scripted(Answered(), taken=True, fails_with=code)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that went out."""

    id: str
    phone_number_id: str
    to: str
    """Phone with its plus, or user id."""
    outbox_id: str
    payload: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Reporting:
    """How delivery statuses come: to which URL, which ones, and how untidily."""

    url: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    """By phone number id, where numbers have webhooks of their own."""
    names: Sequence[str] = REPORTS
    times: int = 1
    """How often each is posted."""
    at_once: int = 32
    """How many are posted at a time: the fewer, the later they come once there are very many."""
    shuffled: random.Random | None = None
    """Post the statuses of a message in a drawn order."""


class FakeGraph:
    """Take it from `fake_graph`. Settings may change while it runs."""

    def __init__(
        self,
        *,
        app_secret: str = "fake-app-secret",  # noqa: S107 - of the fake
        tokens: frozenset[str] = frozenset(),
        reporting: Reporting | None = None,
        clock: Clock = utc_now,
        keep: bool = True,
    ) -> None:
        self.app_secret = app_secret
        self.tokens = tokens
        """Access tokens that are good; none given: all are."""
        self.reporting = reporting or Reporting()
        self.url = ""
        self.taken: list[Taken] = []
        self.marked_read: list[Mapping[str, Any]] = []
        self.asked = 0
        self.shut_windows: set[str] = set()
        """Phones and user ids to whom only templates may go."""
        self.templates = ApprovedTemplates()
        self.media = GraphMedia(clock)
        self.catalogue = GraphCatalogue()
        self._clock = clock
        self._keep = keep
        self._script: deque[Scripted] = deque()
        self._script_to: dict[str, deque[Scripted]] = {}
        self._always: Scripted | None = None
        self._run = secrets.token_hex(4)
        self._made = 0
        self._posts: asyncio.Queue[tuple[str, Signed]] = asyncio.Queue()

    def script(self, *steps: Scripted, to: str = "") -> None:
        """Do this with the next messages, or the next to one address; then take again."""
        queue = self._script_to.setdefault(to, deque()) if to else self._script
        queue.extend(steps)

    def always(self, step: Scripted | None) -> None:
        """Do this with every message until told otherwise; None: take them again."""
        self._always = step

    def webhooks(self, phone_number_id: str) -> MetaWebhooks:
        """Return a builder of signed inbound webhooks of one number."""
        return MetaWebhooks(phone_number_id, self.app_secret, clock=self._clock)

    async def reported(self) -> None:
        """Return when every status so far was posted and answered with 200."""
        await self._posts.join()

    def answer(self, asked: Asked) -> Answered:
        """Answer one request: to `…/{phone number id}/messages`, for a file, of the catalogue."""
        self.asked += 1
        if self.tokens and asked.headers.get("authorization", "")[7:] not in self.tokens:
            return _refusal(190, "Invalid OAuth access token", 401)
        of_catalogue = self.catalogue.answer(asked)
        if of_catalogue is not None:
            return of_catalogue
        if asked.method == "GET":
            return self._file(asked)
        parts = asked.path.partition("?")[0].strip("/").split("/")
        if asked.method != "POST" or len(parts) != 3 or parts[2] != "messages":
            return _refusal(100, "Unsupported request", 404)
        payload = _json(asked.body)
        if isinstance(payload, dict) and payload.get("status") == "read":
            self.marked_read.append(payload)
            return _READ_MARK
        return self._message(parts[1], payload)

    def _message(self, number: str, payload: object) -> Answered:
        fault = first_fault(payload) or self.templates.first_fault(payload)
        fault = fault or self.catalogue.first_fault(payload)
        if fault is not None or not isinstance(payload, dict):
            return _refusal(*(fault or (100, "Unsupported request")))
        to = str(payload.get("to") or payload.get("recipient"))
        step = self._next_step(to)
        if step is not None and not step.taken:
            return step.answered
        if to in self.shut_windows and payload.get("type") != "template":
            return _refusal(131047, "Re-engagement message")
        taken = self._take(number, to, payload)
        self._report(taken, step.fails_with if step else 0)
        answered = _accepted(taken)
        return answered if step is None else _late(answered, step.answered)

    def _file(self, asked: Asked) -> Answered:
        if not asked.headers.get("authorization", "").startswith("Bearer "):
            return _refusal(190, "An access token is required", 401)
        if asked.path.startswith(PATH):
            return self.media.file(asked) or _refusal(100, "URL signature expired", 404)
        media_id = asked.path.partition("?")[0].rpartition("/")[2]
        return self.media.address(media_id, self.url) or _refusal(100, "Unsupported get request")

    def _next_step(self, to: str) -> Scripted | None:
        for queue in (self._script_to.get(to), self._script):
            if queue:
                return queue.popleft()
        return self._always

    def _take(self, number: str, to: str, payload: Mapping[str, Any]) -> Taken:
        self._made += 1
        outbox_id = str(payload.get("biz_opaque_callback_data", ""))
        taken = Taken(f"wamid.{self._run}.{self._made}", number, to, outbox_id, payload)
        if self._keep:
            self.taken.append(taken)
        return taken

    def _report(self, taken: Taken, code: int) -> None:
        reporting = self.reporting
        url = reporting.urls.get(taken.phone_number_id, reporting.url)
        if not url:
            return
        names = ["failed"] if code else [*reporting.names] * reporting.times
        if reporting.shuffled is not None:
            reporting.shuffled.shuffle(names)
        webhooks = self.webhooks(taken.phone_number_id)
        for name in names:
            status = webhooks.status(
                name, taken.id, outbox_id=taken.outbox_id, recipient=taken.to, code=code or None
            )
            self._posts.put_nowait((url, status))

    async def post_forever(self, http: HttpClient) -> None:
        """Post what is to be reported, each again until it is answered with 200."""
        while True:
            url, status = await self._posts.get()
            if await _posted(http, url, status):
                self._posts.task_done()
            else:
                asyncio.get_running_loop().call_later(_AGAIN, self._post_again, url, status)

    def _post_again(self, url: str, status: Signed) -> None:
        self._posts.put_nowait((url, status))
        self._posts.task_done()


@asynccontextmanager
async def fake_graph(graph: FakeGraph | None = None, port: int = 0) -> AsyncIterator[FakeGraph]:
    """Serve the fake until the block ends; its `url` is the channel's `base_url`."""
    graph = graph or FakeGraph()
    async with serving(graph.answer, port) as graph.url, ReqwestClient() as http:
        posters = [
            asyncio.create_task(graph.post_forever(http)) for _ in range(graph.reporting.at_once)
        ]
        try:
            yield graph
        finally:
            for poster in posters:
                poster.cancel()
            await asyncio.gather(*posters, return_exceptions=True)


async def deliver(http: HttpClient, url: str, webhook: Signed) -> Response:
    """Post a webhook once, as Meta would."""
    return await http.request("POST", url, headers=webhook.headers, body=webhook.body)


async def _posted(http: HttpClient, url: str, webhook: Signed) -> bool:
    try:
        return (await deliver(http, url, webhook)).status == 200
    except TransportError:
        return False


def _accepted(taken: Taken) -> Answered:
    contact = {"input": taken.to}
    if taken.to.startswith("+"):
        contact["wa_id"] = taken.to[1:]
    else:
        contact["user_id"] = taken.to
    answer = {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": taken.id}],
    }
    return Answered(body=msgspec.json.encode(answer))


def _late(accepted: Answered, scripted: Answered) -> Answered:
    """Return the scripted answer, with the body of a taken message where it is an answer."""
    plain = not (scripted.silent or scripted.cut or scripted.raw)
    return Answered(body=accepted.body, delay=scripted.delay) if plain else scripted


def _refusal(
    code: int, words: str, status: int = 400, headers: Mapping[str, str] | None = None
) -> Answered:
    error = {
        "message": f"(#{code}) {words}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": words},
        "fbtrace_id": "Afake",
    }
    return Answered(status, msgspec.json.encode({"error": error}), headers or {})


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
