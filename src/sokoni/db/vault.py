"""Encryption at rest: AES-GCM under rotating keys, and keyed hashes for look-ups (design §6)."""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sokoni.errors import AppError

_NONCE: Final = 12
_ID: Final = 4
_KEY: Final = 32


class KeyUnknownError(AppError):
    """A row names a key that is no longer in `SOKONI_SECRET_KEYS`."""

    code = "secret_key_unknown"
    http_status = 500


class TamperedError(AppError):
    """A sealed value is not what was stored in this place."""

    code = "sealed_value_tampered"
    http_status = 500


def parse_keys(text: str) -> tuple[bytes, ...]:
    """Read comma-separated base64url keys of 32 bytes; raise `ValueError` for any other."""
    keys = tuple(
        base64.urlsafe_b64decode(_padded(part.strip())) for part in text.split(",") if part
    )
    if not all(len(key) == _KEY for key in keys):
        raise ValueError("each secret key must be 32 bytes in base64url")
    return keys


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(_KEY)).decode().rstrip("=")


def key_id(key: bytes) -> bytes:
    """Return the four bytes by which a sealed value names its key."""
    return hashlib.sha256(b"sokoni key id" + key).digest()[:_ID]


class Vault:
    """Seals values to one table, column and row; hashes values for look-ups.

    The first key seals, all open. `index_key` is the key that the database names since its
    first start: hashes stay findable while the sealing keys rotate.
    """

    def __init__(self, keys: Sequence[bytes], index_key: bytes | None = None) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self._newest = key_id(keys[0])
        index_key = index_key or keys[0]
        others = (key for key in keys if key != index_key)
        self._indexes = tuple(_index_of(key) for key in (index_key, *others))

    def seal(self, place: str, row_id: UUID, value: bytes) -> bytes:
        """Encrypt for `place` ("table.column") of one row: the bytes open nowhere else."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, value, _bound(place, row_id))
        return self._newest + nonce + sealed

    def open(self, place: str, row_id: UUID, sealed: bytes) -> bytes:
        """Decrypt, or raise `KeyUnknownError` or `TamperedError`."""
        cipher = self._ciphers.get(sealed[:_ID])
        if cipher is None:
            raise KeyUnknownError(place, row_id)
        nonce, body = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _bound(place, row_id))
        except InvalidTag as error:
            raise TamperedError(place, row_id) from error

    def seal_text(self, place: str, row_id: UUID, text: str) -> bytes:
        return self.seal(place, row_id, text.encode())

    def seal_said(self, place: str, row_id: UUID, text: str) -> bytes | None:
        """Encrypt text; nothing said leaves the column empty, as `open_text` reads it."""
        return self.seal_text(place, row_id, text) if text else None

    def open_text(self, place: str, row_id: UUID, sealed: bytes | None) -> str:
        """Decrypt text; a column that was never filled reads as empty."""
        return "" if sealed is None else self.open(place, row_id, sealed).decode()

    def hash(self, kind: str, value: str) -> str:
        """Return the look-up hash of a value: 32 hex digits, the same for the same kind."""
        return _hashed(self._indexes[0], kind, value)

    def hashes(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the hashes of a value under every key, that of `hash` first.

        What cannot be made anew when look-ups move to another key is found by one of them.
        """
        return tuple(_hashed(index, kind, value) for index in self._indexes)


def _index_of(key: bytes) -> bytes:
    return hmac.digest(key, b"sokoni index", "sha256")


def _hashed(index: bytes, kind: str, value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).casefold()
    return hmac.digest(index, f"{kind}\0{folded}".encode(), "sha256").hex()[:32]


def _bound(place: str, row_id: UUID) -> bytes:
    return place.encode() + b"\0" + row_id.bytes


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
