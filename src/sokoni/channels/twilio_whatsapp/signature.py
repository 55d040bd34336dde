"""Whether Twilio signed a webhook: its public address and its form, not its bytes (§5.2)."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sokoni.channels.inbound import WebhookRequest

Pairs = Sequence[tuple[str, str]]

_HEADER: Final = "x-twilio-signature"
_SETTINGS_HEADER: Final = "x-twilio-webhooks-signature-settings"
_BODY_HASH: Final = "bodySHA256"
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def fields(body: bytes) -> Pairs:
    """Return a form's names and values, decoded, also where there is no value."""
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def signature(secret: bytes, url: str, told: str = "", algorithm: str = "sha1") -> bytes:
    """Return what Twilio writes into its header."""
    text = f"{url}{told}".encode("utf-8", "surrogatepass")
    return b64encode(hmac.digest(secret, text, algorithm))


def in_order(pairs: Pairs) -> str:
    """Return all of a form as one word: its names sorted, each value of a name once."""
    grouped: dict[str, set[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(grouped) for value in sorted(grouped[name]))


def is_signed(request: WebhookRequest, secrets: Iterable[bytes]) -> bool:
    """Tell whether one of the secrets signed the request."""
    hashes = parse_qs(urlsplit(request.url).query).get(_BODY_HASH)
    if hashes and not _is_hash(hashes[0], request.body):
        return False
    told = "" if hashes else in_order(fields(request.body))
    given = request.headers.get(_HEADER, "").strip().encode("utf-8", "surrogatepass")
    algorithm = _algorithm(request.headers.get(_SETTINGS_HEADER, ""))
    return any(
        hmac.compare_digest(signature(secret, url, told, algorithm), given)
        for secret in secrets
        for url in _spellings(request.url)
    )


def _is_hash(given: str, body: bytes) -> bool:
    ours = hashlib.sha256(body).hexdigest()
    return hmac.compare_digest(ours.encode(), given.lower().encode("utf-8", "surrogatepass"))


def _algorithm(settings: str) -> str:
    """Return what a shared key signs with, where the account has one in place of its token."""
    return "sha256" if "algorithm=HMAC_SHA256" in settings else "sha1"


def _spellings(url: str) -> Iterator[str]:
    """Return the address as it is, without its port and with the usual one: Twilio uses any."""
    yield url
    parts = urlsplit(url)
    beginning = f"{parts.scheme}://{parts.netloc}"
    host, port, _ = parts.netloc.rpartition(":")
    bare = host if port and parts.port else parts.netloc
    yield f"{parts.scheme}://{bare}{url[len(beginning) :]}"
    usual = _DEFAULT_PORTS.get(parts.scheme, 443)
    yield f"{parts.scheme}://{bare}:{usual}{url[len(beginning) :]}"
