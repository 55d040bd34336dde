"""Keys to the API: shown once, kept as hashes."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import ApiKey, ApiKeyId

_PREFIX: Final = "sk_"


class ApiKeyInvalidError(AppError):
    """No such key, or not any more. Which of the two is nobody's business."""

    code = "api_key_invalid"
    http_status = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Whom a key speaks for, and what it may do."""

    key_id: ApiKeyId
    merchant_id: MerchantId
    name: str
    scopes: frozenset[str]


class ApiKeys:
    """Issues, checks and revokes. Flushes; whoever opened the session commits."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def issue(
        self,
        merchant_id: MerchantId,
        name: str,
        scopes: Collection[str],
        expires_at: datetime | None = None,
    ) -> str:
        """Make a key and return it: this once, nobody can read it again."""
        key = _PREFIX + secrets.token_urlsafe(32)
        self._session.add(
            ApiKey(
                merchant_id=merchant_id,
                name=name,
                key_hash=hashed(key),
                scopes=sorted(scopes),
                created_at=self._clock(),
                expires_at=expires_at,
            )
        )
        await self._session.flush()
        return key

    async def check_key(self, key: str) -> KeyHolder:
        """Return whose key it is, or raise `ApiKeyInvalidError`."""
        row = await self._session.scalar(select(ApiKey).where(ApiKey.key_hash == hashed(key)))
        if row is None or row.revoked_at is not None or self._expired(row):
            raise ApiKeyInvalidError("unknown, expired or revoked key")
        return KeyHolder(
            key_id=row.id,
            merchant_id=row.merchant_id,
            name=row.name,
            scopes=frozenset(row.scopes),
        )

    async def all(self, merchant_id: MerchantId) -> Sequence[ApiKey]:
        own = select(ApiKey).where(ApiKey.merchant_id == merchant_id).order_by(ApiKey.id)
        return (await self._session.scalars(own)).all()

    async def revoke(self, merchant_id: MerchantId, name: str) -> int:
        """Make the merchant's keys of this name worthless; return how many there were."""
        rows = [key for key in await self.all(merchant_id) if key.name == name]
        for row in rows:
            row.revoked_at = row.revoked_at or self._clock()
        await self._session.flush()
        return len(rows)

    def _expired(self, row: ApiKey) -> bool:
        return row.expires_at is not None and row.expires_at <= self._clock()


def hashed(key: str) -> str:
    """Return what is stored of a key. It is random and long: no salt or slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
