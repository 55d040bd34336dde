"""Codes of one contact: asked for, typed, and judged (figures: NIST 800-63B, OWASP, ours)."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import RowMapping, Table, and_, delete, or_, select, update

from sokoni.connectors.codes import Verdict
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.verification.models import CODE_NUMBER, NUMBER, Code, CodeId, CodeState
from sokoni.verification.uses import DAY, Connection, Full, Most, Uses

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=5)
MOST_TRIES: Final = 5
RESEND: Final = tuple(timedelta(seconds=one) for one in (30, 60, 120, 300))
"""How long to wait after the first, the second… and after every later one."""
SENDS: Final = (Most(5, timedelta(hours=1)), Most(20, DAY))
"""Of a number, and as many of a contact: who has codes sent to strangers is stopped, too."""
FAILURES: Final = Most(10, DAY)
_FORGOTTEN: Final = DAY
"""Who asked for nothing for so long waits no longer than at first."""

_CODES: Final = cast("Table", Code.__table__)
_C: Final = _CODES.c


class Sort(StrEnum):
    """What became of a try, or of asking."""

    RIGHT = "right"
    WRONG = "wrong"
    BURNT = "burnt"
    """It was tried too often, and is good for nothing any more."""
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    """Too many were sent to the number, or failed with it, for a while."""
    ENOUGH = "enough"
    """The contact asked for too many, to whichever numbers, for a while."""
    NOT_SENT = "not_sent"
    """Nothing is out yet that could be tried."""
    CHECKING = "checking"
    """Whoever made it is asked."""
    AWAY = "away"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    """Nothing can be sent to the number."""
    TAKEN = "taken"
    NOT_A_CODE = "not_a_code"
    """Too short or too long to be one: it does not count as a try."""
    ASKED = "asked"
    SOON = "soon"
    """The latest was asked for a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of it."""

    sort: Sort
    left: int = 0
    """Tries."""
    until: datetime | None = None
    """When it may be tried again."""
    code_id: CodeId | None = None
    serial: int = 0
    place: UUID | None = None
    """Counted as a failure until it turns out not to be one."""


def digest_of(vault: Vault, purpose: str, number: str, nonce: str, code: str) -> tuple[str, ...]:
    """Return the keyed hash of a code, under every key that may have made it, the newest first."""
    return vault.hashes("verification.code", f"{purpose}\0{number}\0{nonce}\0{code}")


def new_code() -> str:
    """Return six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


class Codes:
    """What one contact asks for and types. Writes in the caller's transaction, which counts it.

    Everything that a try changes commits together with what is said of it, so that no answer is
    ever had for nothing: neither by a crash, nor by trying in several places at once.
    """

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        merchant_id: MerchantId,
        contact_id: ContactId,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._merchant_id = merchant_id
        self._contact_id = contact_id
        self._now = now
        self._uses = Uses(connection, merchant_id, now)

    # --- asking -------------------------------------------------------------------------------

    async def ask(self, number: PhoneNumber, purpose: str) -> Result:
        """Want a code for a number; what was out for it before is good for nothing any more."""
        row = await self._find(number, purpose)
        soon = self._wait(row)
        if row is not None and soon is not None:
            return Result(sort=Sort.SOON, until=soon, code_id=row["id"], serial=row["serial"])
        refused = await self._take_sends(number)
        if refused is not None:
            return refused
        if row is None:
            await insert_once(self._connection, _CODES, [self._row(number, purpose)])
        else:
            await self._renew(row)
        found = await self._find(number, purpose)
        if found is None:  # erased at this very moment
            return Result(sort=Sort.EXPIRED)
        return Result(sort=Sort.ASKED, code_id=found["id"], serial=found["serial"])

    def _wait(self, row: RowMapping | None) -> datetime | None:
        """Return when the next may be asked for, None where it is now."""
        if row is None or row["state"] == CodeState.FAILED:
            return None
        pause = RESEND[min(row["sends"], len(RESEND)) - 1]
        until: datetime = row["asked_at"] + pause
        return until if until > self._now else None

    async def _take_sends(self, number: PhoneNumber) -> Result | None:
        """Count a code that is to be sent; return why it may not."""
        about = self._vault.hash(NUMBER, number)
        full = await self._uses.full("contact", self._contact_id.hex, *SENDS)
        if full is not None:
            return Result(sort=Sort.ENOUGH, until=full.until)
        taken = await self._uses.take("send", about, *SENDS)
        if isinstance(taken, Full):
            return Result(sort=Sort.TOO_MANY, until=taken.until)
        mine = await self._uses.take("contact", self._contact_id.hex, *SENDS)
        return Result(sort=Sort.ENOUGH, until=mine.until) if isinstance(mine, Full) else None

    def _row(self, number: PhoneNumber, purpose: str) -> dict[str, Any]:
        code_id = CodeId(new_id())
        return {
            "id": code_id,
            "merchant_id": self._merchant_id,
            "contact_id": self._contact_id,
            "purpose": purpose,
            "number": self._vault.seal_text(CODE_NUMBER, code_id, number),
            "number_hash": self._vault.hash(NUMBER, number),
            **_WANTED,
            "serial": 1,
            "sends": 1,
            "asked_at": self._now,
            "updated_at": self._now,
        }

    async def _renew(self, row: RowMapping) -> None:
        idle = row["asked_at"] <= self._now - _FORGOTTEN
        values = {
            **_WANTED,
            "serial": _C.serial + 1,
            "sends": 1 if idle else _C.sends + 1,
            "asked_at": self._now,
            "updated_at": self._now,
        }
        await self._connection.execute(
            update(_CODES).where(_C.id == row["id"], _C.serial == row["serial"]).values(values)
        )

    # --- trying -------------------------------------------------------------------------------

    async def check(self, number: PhoneNumber, purpose: str, typed: str) -> Result:
        """Count the try, then tell what it was. Nobody learns whether there was anything to try.

        A number for which this contact asked for nothing is answered like a wrong code.
        """
        row = await self._find(number, purpose) or await self._decoy(number, purpose)
        told = _STATES.get(row["state"])
        if told is not None and not row["digest"]:
            return Result(sort=told)
        if row["digest"] and len(typed) != DIGITS:
            return Result(sort=Sort.NOT_A_CODE)
        if not await self._counted(row):
            return await self._useless(number, purpose)
        return await self._tried(row, number, typed)

    async def _useless(self, number: PhoneNumber, purpose: str) -> Result:
        """Tell why a try was not even counted."""
        row = await self._find(number, purpose)
        burnt = row is not None and row["attempts"] >= MOST_TRIES
        return Result(sort=Sort.BURNT if burnt else Sort.EXPIRED)

    async def _tried(self, row: RowMapping, number: PhoneNumber, typed: str) -> Result:
        """Judge a try that is counted in the row, once it is counted as the number's, too."""
        place = await self._uses.take("failure", row["number_hash"], FAILURES)
        if isinstance(place, Full):
            return Result(sort=Sort.TOO_MANY, until=place.until)
        # Counted, the row is this transaction's: what it says now stays so.
        tried = await self._find(number, row["purpose"])
        if tried is None:
            return Result(sort=Sort.EXPIRED)
        if tried["theirs"]:
            return _checking(tried, place)
        if self._is_right(tried, number, typed):
            return await self._done(tried, place)
        return _wrong(tried)

    async def _counted(self, row: RowMapping) -> bool:
        """Count a try in the row itself: one statement, which two cannot pass at once."""
        mine = and_(
            _C.merchant_id == self._merchant_id,
            _C.id == row["id"],
            _C.serial == row["serial"],
            _C.attempts < MOST_TRIES,
            _C.expires_at > self._now,
        )
        counting = update(_CODES).where(mine)
        values = {"attempts": _C.attempts + 1, "updated_at": self._now, "verdict": ""}
        return bool(await rows_changed(self._connection, counting.values(values)))

    def _is_right(self, row: RowMapping, number: PhoneNumber, typed: str) -> bool:
        made = digest_of(self._vault, row["purpose"], number, row["nonce"], typed)
        return sum(hmac.compare_digest(row["digest"], one) for one in made) > 0

    async def _done(self, row: RowMapping, place: UUID) -> Result:
        """Delete what was right: it is good for once."""
        await self._connection.execute(delete(_CODES).where(_C.id == row["id"]))
        await self._uses.give_back(place)
        return Result(sort=Sort.RIGHT)

    async def _decoy(self, number: PhoneNumber, purpose: str) -> RowMapping:
        """Return a code that nothing typed is, and that was never sent."""
        row = {
            **self._row(number, purpose),
            "state": CodeState.SENT,
            "digest": secrets.token_hex(16),
            "nonce": secrets.token_hex(8),
            "expires_at": self._now + LASTS,
        }
        await insert_once(self._connection, _CODES, [row])
        found = await self._find(number, purpose)
        return found if found is not None else cast("RowMapping", row)

    # --- what the other side found ------------------------------------------------------------

    async def judged(self, judged: "Judged") -> bool:
        """Note what was found of the latest try; False where it is not about that any more."""
        mine = and_(
            _C.merchant_id == self._merchant_id,
            _C.id == judged.code_id,
            _C.serial == judged.serial,
        )
        values: dict[str, Any] = {"verdict": judged.verdict, "updated_at": self._now}
        match judged.verdict:
            case Verdict.RIGHT:
                await self._uses.give_back(judged.place)
            case Verdict.AWAY:
                values["attempts"] = _C.attempts - 1
                mine = and_(mine, _C.attempts > 0)
                await self._uses.give_back(judged.place)
            case Verdict.BURNT:
                values["attempts"] = MOST_TRIES
            case Verdict.EXPIRED:
                values["expires_at"] = self._now
            case Verdict.WRONG | Verdict.UNKNOWN:
                pass
        changing = update(_CODES).where(mine).values(values)
        return bool(await rows_changed(self._connection, changing))

    async def verdict(self, number: PhoneNumber, purpose: str) -> Result:
        """Return what the other side found, or what became of the sending; right ends the code."""
        row = await self._find(number, purpose)
        if row is None:
            return Result(sort=Sort.EXPIRED)
        if row["verdict"] == Verdict.RIGHT:
            await self._connection.execute(delete(_CODES).where(_C.id == row["id"]))
            return Result(sort=Sort.RIGHT)
        if row["verdict"] == Verdict.WRONG:
            return _wrong(row)
        found = row["verdict"] or _STATES.get(row["state"], Sort.NOT_SENT)
        return Result(sort=Sort(found))

    # --- rows ---------------------------------------------------------------------------------

    async def _find(self, number: PhoneNumber, purpose: str) -> RowMapping | None:
        hashes = self._vault.hashes(NUMBER, number)
        mine = (
            select(_CODES)
            .where(
                _C.merchant_id == self._merchant_id,
                _C.contact_id == self._contact_id,
                _C.purpose == purpose,
                or_(*(_C.number_hash == one for one in hashes)),
            )
            .limit(1)
        )
        return (await self._connection.execute(mine)).mappings().one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the other side found of one try."""

    code_id: CodeId
    serial: int
    place: UUID
    verdict: Verdict


def _checking(row: RowMapping, place: UUID) -> Result:
    return Result(sort=Sort.CHECKING, code_id=row["id"], serial=row["serial"], place=place)


def _wrong(row: RowMapping) -> Result:
    left = MOST_TRIES - row["attempts"]
    return Result(sort=Sort.WRONG if left > 0 else Sort.BURNT, left=max(left, 0))


_STATES: Final[Mapping[str, Sort]] = {
    CodeState.WANTED: Sort.NOT_SENT,
    CodeState.REFUSED: Sort.REFUSED,
    CodeState.TAKEN: Sort.TAKEN,
    CodeState.FAILED: Sort.EXPIRED,
}
"""What is said of a code that nobody can have in hand."""

_WANTED: Final[Mapping[str, Any]] = {
    "state": CodeState.WANTED,
    "made": 0,
    "nonce": "",
    "digest": "",
    "code": None,
    "way": "",
    "theirs": False,
    "provider_id": "",
    "verdict": "",
    "attempts": 0,
    "begun_at": None,
    "expires_at": None,
}
"""A code that is to be made."""
