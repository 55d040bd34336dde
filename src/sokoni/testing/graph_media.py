"""Files that contacts sent, handed out in two steps as Meta does: an address, then the file."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sokoni.kit.clock import Clock
from sokoni.testing.loopback import Answered, Asked

PATH: Final = "/whatsapp_business/attachments/"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFile:
    """A file as it lies at Meta's."""

    content: bytes
    mime_type: str = "image/jpeg"
    told_size: int | None = None
    """What Meta says of its size, where that is not the truth."""
    leads_to: str = ""
    """Where its address leads on to in place of the file."""


class GraphMedia:
    """An address is good for a while, and only with the token."""

    def __init__(self, clock: Clock) -> None:
        self.life = timedelta(minutes=5)
        """How long an address is good for."""
        self._clock = clock
        self._files: dict[str, GraphFile] = {}
        self._given_out: dict[str, tuple[str, datetime]] = {}
        self.downloads = 0

    def add(self, file: GraphFile | bytes) -> str:
        """Keep a file and return the id that webhooks carry."""
        media_id = str(10**15 + secrets.randbelow(9 * 10**15))
        self._files[media_id] = file if isinstance(file, GraphFile) else GraphFile(content=file)
        return media_id

    def described(self, media_id: str) -> dict[str, str]:
        """Return what a webhook says of the file."""
        file = self._files[media_id]
        digest = base64.b64encode(hashlib.sha256(file.content).digest()).decode()
        return {"id": media_id, "mime_type": file.mime_type, "sha256": digest}

    def address(self, media_id: str, url: str) -> Answered | None:
        """Answer `GET /{version}/{media id}`; None: there is no such file."""
        file = self._files.get(media_id)
        if file is None:
            return None
        ticket = secrets.token_urlsafe(8)
        self._given_out[ticket] = (media_id, self._clock() + self.life)
        said = {
            **self.described(media_id),
            "messaging_product": "whatsapp",
            "url": f"{url}{PATH}?mid={media_id}&hash={ticket}",
            "file_size": len(file.content) if file.told_size is None else file.told_size,
        }
        return Answered(body=msgspec.json.encode(said))

    def file(self, asked: Asked) -> Answered | None:
        """Answer an address that was given out; None: it leads nowhere, or not any more."""
        ticket = asked.path.rpartition("hash=")[2]
        media_id, until = self._given_out.get(ticket, ("", self._clock()))
        if until <= self._clock():
            return None
        self.downloads += 1
        file = self._files[media_id]
        if file.leads_to:
            return Answered(302, headers={"location": file.leads_to})
        return Answered(body=file.content, headers={"content-type": file.mime_type})
