"""Twilio on loopback: takes, refuses and reports WhatsApp messages, keeps contents and files."""

import asyncio
import json
import random
import re
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sokoni.kit.http import HttpClient, ReqwestClient, Response, TransportError
from sokoni.kit.ids import new_id
from sokoni.testing.fake_graph import Scripted
from sokoni.testing.loopback import Answered, Asked, serving
from sokoni.testing.twilio_contents import Drawn, Fault, StoredContent, StoredContents
from sokoni.testing.twilio_webhooks import PREFIX, Posted, TwilioWebhooks

ACCOUNT: Final = "AC00000000000000000000000000000001"
NUMBER: Final = "+14155238886"
REPORTS: Final = ("queued", "sent", "delivered", "read")
_POSTERS: Final = 8
_AGAIN: Final = 0.25
_LONGEST_BODY: Final = 1600
_PLACE: Final = re.compile(r"geo:-?\d+(\.\d+)?,-?\d+(\.\d+)?(\|.+)?")
_MEDIA: Final = re.compile(r"/2010-04-01/Accounts/\w+/Messages/\w+/Media/(\w+)")


def refused(code: int, status: int = 400, words: str = "Refused", **headers: str) -> Scripted:
    """Answer with Twilio's error; `retry_after="7"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(_refusal(code, words, status, named))


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that went out."""

    sid: str
    to: str
    """Phone with its plus, or user id."""
    callback: str
    form: Mapping[str, str]
    drawn: Drawn | None = None
    """What a content became."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a contact sent."""

    body: bytes
    mime_type: str


@dataclass(slots=True, kw_only=True)
class Reporting:
    """How delivery statuses come: which ones, and how untidily."""

    names: Sequence[str] = REPORTS
    times: int = 1
    """How often each is posted."""
    shuffled: random.Random | None = None
    """Post the statuses of a message in a drawn order."""
    repeated: bool = True
    """Post again what was not answered with 200; Twilio does so only where it is told to."""


class FakeTwilio:
    """Take it from `fake_twilio`: its `url` stands for all three of Twilio's base URLs."""

    def __init__(
        self,
        *,
        auth_token: str = "fake-auth-token",  # noqa: S107 - of the fake
        account_sid: str = ACCOUNT,
        number: str = NUMBER,
        reporting: Reporting | None = None,
    ) -> None:
        self.auth_token = auth_token
        self.account_sid = account_sid
        self.number = number
        self.api_keys: dict[str, str] = {}
        """Secrets by the ids of keys."""
        self.reporting = reporting
        """None: nobody is told how messages fare."""
        self.url = ""
        self.cdn_url = ""
        self.taken: list[Taken] = []
        self.typing: list[Mapping[str, str]] = []
        self.asked: list[tuple[str, str]] = []
        """Methods and paths, in order."""
        self.contents = StoredContents()
        self.files: dict[str, StoredFile] = {}
        self.shut_windows: set[str] = set()
        """Phones and user ids to whom only approved contents may go."""
        self.joined: set[str] | None = None
        """Who joined the sandbox; None: it is no sandbox."""
        self._script: deque[Scripted] = deque()
        self._content_script: deque[Answered] = deque()
        self._always: Scripted | None = None
        self._posts: asyncio.Queue[Posted] = asyncio.Queue()

    def script(self, *steps: Scripted) -> None:
        """Do this with the next messages; then take again."""
        self._script.extend(steps)

    def script_contents(self, *steps: Scripted) -> None:
        """Answer the next requests about contents like this."""
        self._content_script.extend(step.answered for step in steps)

    def always(self, step: Scripted | None) -> None:
        """Do this with every message until told otherwise; None: take them again."""
        self._always = step

    def webhooks(self, url: str) -> TwilioWebhooks:
        """Return a builder of what is posted to the number's webhook at an address."""
        return TwilioWebhooks(self.account_sid, self.auth_token, self.number, url)

    def keep_file(self, body: bytes, mime_type: str) -> tuple[str, str]:
        """Keep a file that a contact sent; return its address and its content type."""
        sid = f"ME{new_id().hex}"
        self.files[sid] = StoredFile(body, mime_type)
        message = f"MM{new_id().hex}"
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message}/Media/{sid}"
        return f"{self.url}{path}", mime_type

    async def reported(self) -> None:
        """Return when every status so far was posted."""
        await self._posts.join()

    # --- requests ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answered:
        """Answer one request to any of Twilio's hosts."""
        path = urlsplit(asked.path).path
        self.asked.append((asked.method, path))
        if not self._knows(asked.headers.get("authorization", "")):
            return _refusal(20003, "Authenticate", 401)
        if asked.method == "POST" and path.endswith("/Messages.json"):
            return self._message(asked)
        if path.startswith("/v1/Content"):
            return self._content(asked, path)
        if asked.method == "POST" and path == "/v3/Indicators/Typing.json":
            self.typing.append(json.loads(asked.body))
            return Answered(body=b'{"success":true}')
        found = _MEDIA.fullmatch(path)
        if asked.method == "GET" and found and found[1] in self.files:
            return Answered(307, headers={"location": f"{self.cdn_url}/{found[1]}"})
        return _refusal(20404, "The requested resource was not found", 404)

    def answer_as_cdn(self, asked: Asked) -> Answered:
        """Hand out a file, but not to whoever shows somebody else's credentials around."""
        if "authorization" in asked.headers:
            return Answered(400, b"credentials of Twilio's")
        file = self.files.get(asked.path.lstrip("/"))
        if file is None:
            return Answered(404)
        return Answered(200, file.body, {"x-content-type": file.mime_type})

    def _knows(self, authorization: str) -> bool:
        known = {self.account_sid: self.auth_token, **self.api_keys}
        pairs = (f"{user}:{secret}".encode() for user, secret in known.items())
        return authorization in {f"Basic {b64encode(pair).decode()}" for pair in pairs}

    def _message(self, asked: Asked) -> Answered:
        form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        drawn = self._drawn(form)
        fault = drawn if isinstance(drawn, tuple) else self._fault(form)
        step = self._next_step()
        if fault is not None:
            return _refusal(*fault)
        if step is not None and not step.taken:
            return step.answered
        taken = self._take(form, drawn if isinstance(drawn, Drawn) else None)
        self._report(taken, step.fails_with if step else 0)
        answered = Answered(201, json.dumps(self._accepted(taken)).encode())
        return answered if step is None else _late(answered, step.answered)

    def _fault(self, form: Mapping[str, str]) -> Fault | None:
        """Return Twilio's code and words for the first thing wrong with a message."""
        wrong = {
            21211: not re.fullmatch(r"whatsapp:(\+\d{7,15}|[A-Z]{2}\.\w+)", form.get("To", "")),
            21606: form.get("From") != f"{PREFIX}{self.number}"
            and not form.get("MessagingServiceSid", "").startswith("MG"),
            63031: form.get("To") == form.get("From"),
            21619: not {"Body", "MediaUrl", "ContentSid"} & form.keys()
            or not form.get("Body", "text").strip(),
            21617: len(form.get("Body", "")) > (1024 if "MediaUrl" in form else _LONGEST_BODY),
            21620: not re.match(r"https?://.", form.get("MediaUrl", "https://a")),
            21609: not re.match(r"https?://.", form.get("StatusCallback", "https://a")),
            21654: "ContentSid" in form and "Body" in form,
            63005: not _PLACE.fullmatch(form.get("PersistentAction", "geo:0,0")),
        }
        return next(((code, "Refused") for code, is_wrong in wrong.items() if is_wrong), None)

    def _drawn(self, form: Mapping[str, str]) -> Drawn | Fault | None:
        if "ContentSid" not in form:
            return None
        return self.contents.drawn(form["ContentSid"], form.get("ContentVariables", ""))

    def _next_step(self) -> Scripted | None:
        return self._script.popleft() if self._script else self._always

    def _take(self, form: Mapping[str, str], drawn: Drawn | None) -> Taken:
        to = form["To"].removeprefix(PREFIX)
        taken = Taken(f"SM{new_id().hex}", to, form.get("StatusCallback", ""), form, drawn)
        self.taken.append(taken)
        return taken

    def _accepted(self, taken: Taken) -> Mapping[str, object]:
        return {
            "sid": taken.sid,
            "status": "queued",
            "error_code": None,
            "error_message": None,
            "from": taken.form.get("From"),
            "to": taken.form["To"],
            "num_media": str(int("MediaUrl" in taken.form)),
            "direction": "outbound-api",
        }

    # --- contents ---------------------------------------------------------------------------

    def _content(self, asked: Asked, path: str) -> Answered:
        if self._content_script:
            return self._content_script.popleft()
        sid = path.removeprefix("/v1/Content").strip("/")
        if asked.method == "POST" and not sid:
            made = self.contents.create(_json(asked.body))
            return _refusal(20001, "Invalid") if made is None else _shown(made, 201)
        if asked.method == "GET" and not sid:
            return self._page(urlsplit(asked.path).query)
        if asked.method == "DELETE" and sid in self.contents.kept:
            del self.contents.kept[sid]
            return Answered(204)
        if asked.method == "GET" and sid in self.contents.kept:
            return _shown(self.contents.kept[sid])
        return _refusal(20404, "The requested resource was not found", 404)

    def _page(self, query: str) -> Answered:
        told = parse_qs(query)
        size = min(int(told.get("PageSize", ["50"])[0]), 1000)
        number = int(told.get("Page", ["0"])[0])
        contents, more = self.contents.page(number, size)
        following = f"{self.url}/v1/Content?PageSize={size}&Page={number + 1}&PageToken=DN{number}"
        page = {
            "contents": [one.json() for one in contents],
            "meta": {"page": number, "next_page_url": following if more else None},
        }
        return Answered(body=json.dumps(page).encode())

    # --- statuses ---------------------------------------------------------------------------

    def _report(self, taken: Taken, code: int) -> None:
        """Post how it went: what WhatsApp refuses, Twilio learns after it took the message."""
        reporting = self.reporting
        if reporting is None or not taken.callback:
            return
        code = code or self._refused_later(taken)
        names = ["queued", "failed"] if code else [*reporting.names] * reporting.times
        if reporting.shuffled is not None:
            reporting.shuffled.shuffle(names)
        webhooks = self.webhooks("")
        for name in names:
            why = code if name == "failed" else 0
            callback = taken.callback
            self._posts.put_nowait(
                webhooks.status(name, taken.sid, taken.to, callback=callback, code=why)
            )

    def _refused_later(self, taken: Taken) -> int:
        if self.joined is not None and taken.to not in self.joined:
            return 63015
        approved = taken.drawn is not None and taken.drawn.approved
        return 63016 if taken.to in self.shut_windows and not approved else 0

    async def post_forever(self, http: HttpClient) -> None:
        """Post what is to be reported."""
        while True:
            posted = await self._posts.get()
            once = self.reporting is not None and not self.reporting.repeated
            if await _answered(http, posted) or once:
                self._posts.task_done()
            else:
                asyncio.get_running_loop().call_later(_AGAIN, self._post_again, posted)

    def _post_again(self, posted: Posted) -> None:
        self._posts.put_nowait(posted)
        self._posts.task_done()


@asynccontextmanager
async def fake_twilio(
    twilio: FakeTwilio | None = None, http: HttpClient | None = None
) -> AsyncIterator[FakeTwilio]:
    """Serve the fake until the block ends; statuses go out by `http`, where one is given."""
    twilio = twilio or FakeTwilio()
    async with (
        serving(twilio.answer) as twilio.url,
        serving(twilio.answer_as_cdn) as cdn_url,
        ReqwestClient() as own,
    ):
        # A host of another name, so that nobody takes it for Twilio's own.
        twilio.cdn_url = cdn_url.replace("127.0.0.1", "localhost")
        posters = [asyncio.create_task(twilio.post_forever(http or own)) for _ in range(_POSTERS)]
        try:
            yield twilio
        finally:
            for poster in posters:
                poster.cancel()
            await asyncio.gather(*posters, return_exceptions=True)


async def deliver(http: HttpClient, posted: Posted) -> Response:
    """Post a webhook once, as Twilio would."""
    return await http.request("POST", posted.url, headers=posted.headers, body=posted.body)


async def _answered(http: HttpClient, posted: Posted) -> bool:
    try:
        return (await deliver(http, posted)).status == 200
    except TransportError:
        return False


def _shown(content: StoredContent, status: int = 200) -> Answered:
    return Answered(status, json.dumps(content.json()).encode())


def _late(accepted: Answered, scripted: Answered) -> Answered:
    """Return the scripted answer, with the body of a taken message where it is an answer."""
    plain = not (scripted.silent or scripted.cut or scripted.raw)
    return Answered(201, accepted.body, delay=scripted.delay) if plain else scripted


def _refusal(
    code: int, words: str, status: int = 400, headers: Mapping[str, str] | None = None
) -> Answered:
    error = {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Answered(status, json.dumps(error).encode(), headers or {})


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
