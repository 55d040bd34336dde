"""AWS Signature Version 4, as much of it as objects of one bucket need."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_USUAL_PORTS: Final = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """Who signs, and for which region."""

    access_key: str
    secret_key: SecretStr
    region: str
    service: str = "s3"


def signed(
    key: SigningKey,
    *,
    method: str,
    url: str,
    body: bytes,
    at: datetime,
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers with which the request is taken. The URL is escaped, without a query."""
    parts = urlsplit(url)
    digest = hashlib.sha256(body).hexdigest()
    moment = f"{at:%Y%m%dT%H%M%SZ}"
    told = {**(headers or {}), "x-amz-content-sha256": digest, "x-amz-date": moment}
    # As it goes out: no client names the usual port.
    host = parts.netloc.lower().removesuffix(_USUAL_PORTS.get(parts.scheme, ""))
    covered = dict(sorted({**told, "host": host}.items()))
    names = ";".join(covered)
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in covered.items())
    request = f"{method}\n{parts.path or '/'}\n\n{lines}\n{names}\n{digest}"
    scope = f"{at:%Y%m%d}/{key.region}/{key.service}/aws4_request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    signature = _hmac(_derived(key, scope), f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}").hex()
    authorization = (
        f"{_ALGORITHM} Credential={key.access_key}/{scope},"
        f"SignedHeaders={names},Signature={signature}"
    )
    return {**told, "authorization": authorization}


def _derived(key: SigningKey, scope: str) -> bytes:
    derived = b"AWS4" + key.secret_key.get_secret_value().encode()
    for part in scope.split("/"):
        derived = _hmac(derived, part)
    return derived


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
