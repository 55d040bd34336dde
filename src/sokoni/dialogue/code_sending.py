"""Sends codes, and has them checked where others made them: outside of every transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.connectors.codes import (
    CodeError,
    CodeUnknownError,
    CodeWay,
    NumberRefusedError,
    NumberTakenError,
    Sending,
    Sent,
    Verdict,
    WayAwayError,
)
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.dialogue.code_requests import CheckMade, CheckWish, SendMade, SendWish, Went
from sokoni.dialogue.wording import Wording
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.kit.phones import masked
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.requests import Asked, Done, RequestDelayedError
from sokoni.verification.book import CodeWays
from sokoni.verification.codes import LASTS
from sokoni.verification.models import CodeState
from sokoni.verification.sending import Desk, Later, Outgoing, Settled, sent_to

_SOON: Final = 5.0
"""Seconds until a code is sent once more of which nobody knows whether it went."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeParts:
    """What performers of codes work with."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    ways: CodeWays
    merchants: MerchantDirectory
    catalogues: Catalogues


class SendPerformer:
    """Sends a code by the first way that takes it. Done again, it sends the same code."""

    repeatable = True
    tries = 20
    seconds = 90.0

    def __init__(self, parts: CodeParts) -> None:
        self._parts = parts

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=SendWish)
        merchant = await self._parts.merchants.get(request.merchant_id)
        begun = await self._begin(merchant, wish)
        match begun:
            case Settled(state):
                return Done(SendMade(wish=wish, went=_went(state)))
            case Later(until, capped):
                wait = (until - self._parts.clock()).total_seconds()
                made = SendMade(wish=wish, went=Went.AWAY, retry_after=wait, capped=capped)
                return Done(made)
            case Outgoing():
                return Done(await self._send(merchant, wish, begun))

    async def _begin(
        self, merchant: MerchantProfile, wish: SendWish
    ) -> Outgoing | Settled | Later:
        parts = self._parts
        async with writing(parts.engine) as connection:
            desk = Desk(connection, parts.vault, merchant.id, parts.clock())
            most = merchant.codes_a_day
            return await desk.begin(wish.code_id, wish.serial, most_a_day=most)

    async def _send(self, merchant: MerchantProfile, wish: SendWish, out: Outgoing) -> SendMade:
        refused: NumberRefusedError | None = None
        pause = 0.0
        away = False
        for way in self._parts.ways.of(merchant.id):
            try:
                sent = await way.send(self._sending(merchant, wish, out, way))
            except NumberRefusedError as error:
                refused = refused or error
                _noted(way, out, error)
            except WayAwayError as error:
                away, pause = True, max(pause, error.retry_after)
                _noted(way, out, error)
            except CodeUnknownError as error:
                _noted(way, out, error)
                return await self._unknown(merchant, wish, out, way)
            else:
                return await self._sent(merchant, wish, out, way, sent)
        if refused is not None and not away:
            return await self._refused(merchant, wish, out, refused)
        async with writing(self._parts.engine) as connection:
            await self._desk(connection, merchant.id).away(out)
        return SendMade(wish=wish, went=Went.AWAY, retry_after=pause)

    def _sending(
        self, merchant: MerchantProfile, wish: SendWish, out: Outgoing, way: CodeWay
    ) -> Sending:
        code = "" if way.checks else out.code
        params = {"merchant": merchant.name, "code": spaced(code)}
        wording = Wording(self._parts.catalogues, merchant.zone, merchant.country)
        return Sending(
            merchant_id=merchant.id,
            merchant=merchant.name,
            number=out.number,
            code=code,
            text=wording.text("verification.sms", params, wish.language) if code else "",
            minutes=int(LASTS.total_seconds() // 60),
            language=wish.language,
            country=merchant.country,
            key=out.key,
            now=self._parts.clock(),
            user_type=wish.user_type,
            details=wish.details,
        )

    # --- what became of it --------------------------------------------------------------------

    async def _sent(
        self, merchant: MerchantProfile, wish: SendWish, out: Outgoing, way: CodeWay, sent: Sent
    ) -> SendMade:
        async with writing(self._parts.engine) as connection:
            desk = self._desk(connection, merchant.id)
            await desk.sent(out, way.name, theirs=way.checks, provider_id=sent.provider_id)
        _log.info("code_sent", way=way.name, number=masked(out.number))
        shown = spaced(out.code) if sent.shown else ""
        return SendMade(wish=wish, went=Went.SENT, way=way.name, number=out.number, text=shown)

    async def _unknown(
        self, merchant: MerchantProfile, wish: SendWish, out: Outgoing, way: CodeWay
    ) -> SendMade:
        """Send the same once more, then let it be: who has it may use it, and may ask anew.

        Where a key keeps it from being done twice, it is tried again as long as it takes.
        """
        if way.keyed:
            return SendMade(wish=wish, went=Went.AWAY)
        if not out.again:
            raise RequestDelayedError("outcome unknown", retry_after=_SOON)
        async with writing(self._parts.engine) as connection:
            await self._desk(connection, merchant.id).unknown(out, way.name, theirs=way.checks)
        return SendMade(wish=wish, went=Went.UNKNOWN, way=way.name, number=out.number)

    async def _refused(
        self, merchant: MerchantProfile, wish: SendWish, out: Outgoing, error: NumberRefusedError
    ) -> SendMade:
        taken = isinstance(error, NumberTakenError)
        state = CodeState.TAKEN if taken else CodeState.REFUSED
        async with writing(self._parts.engine) as connection:
            await self._desk(connection, merchant.id).ended(out.id, out.serial, state)
        return SendMade(wish=wish, went=Went.REFUSED, number=out.number)

    def _desk(self, connection: AsyncConnection, merchant_id: MerchantId) -> Desk:
        return Desk(connection, self._parts.vault, merchant_id, self._parts.clock())


class CheckPerformer:
    """Asks about a typed code where it was made. Asked twice, it only uses up a try there."""

    repeatable = True
    tries = 5
    seconds = 60.0

    def __init__(self, parts: CodeParts) -> None:
        self._parts = parts

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=CheckWish)
        made = CheckMade(
            code_id=wish.code_id,
            serial=wish.serial,
            place=wish.place,
            task=wish.task,
            verdict=await self._verdict(request, wish),
        )
        return Done(made)

    async def _verdict(self, request: Asked, wish: CheckWish) -> Verdict:
        merchant_id, parts = request.merchant_id, self._parts
        async with reading(parts.engine) as connection:
            found = await sent_to(connection, parts.vault, merchant_id, wish.code_id, wish.serial)
        if found is None:
            return Verdict.EXPIRED
        number, name, provider_id = found
        way = _named(parts.ways.of(merchant_id), name)
        if way is None:
            return Verdict.AWAY
        return await way.check(number, provider_id, wish.code, request.idempotency_key)


def spaced(code: str) -> str:
    """Write a code as people read it: `123 456`."""
    return f"{code[:3]} {code[3:]}" if len(code) == 6 else code


def _named(ways: Sequence[CodeWay], name: str) -> CodeWay | None:
    return next((way for way in ways if way.name == name), None)


def _went(state: str) -> Went:
    match state:
        case CodeState.SENT:
            return Went.SENT
        case CodeState.UNKNOWN:
            return Went.UNKNOWN
        case CodeState.REFUSED | CodeState.TAKEN:
            return Went.REFUSED
        case _:
            return Went.OVER


def _noted(way: CodeWay, out: Outgoing, error: CodeError) -> None:
    _log.warning(
        "code_not_sent",
        way=way.name,
        number=masked(out.number),
        reason=f"{error.code} {error.reason}",
    )
