"""The same `Idempotency-Key` does a thing once: whoever asks again gets the first answer."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, TypeVar, cast

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, new_id
from sokoni.web.behalf import Change
from sokoni.web.models import KeptAnswer, KeptAnswerId

KEPT: Final = timedelta(hours=24)
PLACE: Final = "kept_answers.answer"
_AT_ONCE: Final = 500
_TABLE: Final = cast("Table", KeptAnswer.__table__)
_A: Final = _TABLE.c
M = TypeVar("M", bound=BaseModel)


class KeyUsedError(AppError):
    """The key came before, with something else: one of the two is a mistake."""

    code = "idempotency_key_used"
    http_status = 409


OnceKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=80,
        pattern=r"^[\x21-\x7e]*$",
        description="The same key does the same thing once.",
    ),
]


@dataclass(frozen=True, slots=True)
class Once:
    """One request, as it would come again."""

    key: str
    """Hash of the key and what was asked with it; "" where the request names none."""
    body: str

    async def do(self, change: Change, kind: type[M], act: Callable[[], Awaitable[M]]) -> M:
        """Return what `act` does, or what it did when the same request came first.

        What is done and what is answered are written in one transaction. A second request that
        comes meanwhile waits for the first at the database.
        """
        if not self.key:
            return await act()
        mine = KeptAnswerId(new_id())
        merchant_id, vault = change.principal.merchant_id, change.parts.vault
        await insert_once(change.connection, _TABLE, [self._row(mine, merchant_id, change.now)])
        before = await self._before(change.connection, merchant_id)
        if before.id != mine:
            return self._again(kind, before, vault)
        answer = await act()
        sealed = vault.seal(PLACE, mine, answer.model_dump_json().encode())
        await change.connection.execute(update(_TABLE).where(_A.id == mine).values(answer=sealed))
        return answer

    def _row(
        self, mine: KeptAnswerId, merchant_id: MerchantId, now: datetime
    ) -> dict[str, object]:
        return {
            "id": mine,
            "merchant_id": merchant_id,
            "once": self.key,
            "asked": self.body,
            "answer": None,
            "created_at": now,
        }

    async def _before(self, connection: AsyncConnection, merchant_id: MerchantId) -> "_Before":
        statement = select(_A.id, _A.asked, _A.answer).where(
            _A.merchant_id == merchant_id, _A.once == self.key
        )
        return _Before(*(await connection.execute(statement)).one())

    def _again(self, kind: type[M], before: "_Before", vault: Vault) -> M:
        if before.asked != self.body:
            raise KeyUsedError("the key came with another body")
        return kind.model_validate_json(vault.open(PLACE, before.id, before.answer or b""))


@dataclass(frozen=True, slots=True)
class _Before:
    """The row of the first request with a key."""

    id: KeptAnswerId
    asked: str
    answer: bytes | None


async def _once(request: Request, key: OnceKey = "") -> Once:
    body = hashlib.sha256(await request.body()).hexdigest()
    named = f"{request.method} {request.url.path} {key}".encode()
    return Once(hashlib.sha256(named).hexdigest() if key else "", body)


OnlyOnce = Annotated[Once, Depends(_once)]


async def forget_answers(connection: AsyncConnection, now: datetime) -> bool:
    """Delete answers that nobody asks for again, a batch at a time; True: there are more."""
    old = select(_A.id).where(_A.created_at < now - KEPT).limit(_AT_ONCE)
    ids = (await connection.scalars(old)).all()
    if ids:
        await connection.execute(delete(_TABLE).where(_A.id.in_(ids)))
    return len(ids) == _AT_ONCE
