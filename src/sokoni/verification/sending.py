"""The way of a code out of the house: made, marked before anybody is asked, and noted after.

A crash leaves behind what it did not know. Whatever is done again sends the same code, as long
as that is good: nobody ever has two that differ and are both right.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import RowMapping, Table, and_, select, update

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber
from sokoni.verification.codes import LASTS, SENDS, digest_of, new_code
from sokoni.verification.models import CODE, CODE_NUMBER, NUMBER, Code, CodeId, CodeState
from sokoni.verification.uses import DAY, Connection, Full, Most, Uses

_CODES: Final = cast("Table", Code.__table__)
_C: Final = _CODES.c
_THEIRS_LAST: Final = timedelta(minutes=10)
"""Codes that others make are good for no longer, whatever they are set to (NIST 800-63B)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A code that is to be sent now."""

    id: CodeId
    serial: int
    contact_id: ContactId
    number: PhoneNumber
    code: str = field(repr=False)
    key: str
    again: bool
    """It may have been sent before: a process died, or an answer was lost."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is to be sent any more."""

    state: str
    """A `CodeState`, or "" where a newer code took its place."""


@dataclass(frozen=True, slots=True)
class Later:
    """Too much was sent."""

    until: datetime
    merchant: bool
    """By the merchant to everybody, and not to this number."""


class Desk:
    """Writes what becomes of one merchant's codes; the caller commits at every step."""

    def __init__(
        self, connection: Connection, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def begin(
        self, code_id: UUID, serial: int, *, most_a_day: int
    ) -> Outgoing | Settled | Later:
        """Make the code, or take the one that was made, and mark that it may now be sent."""
        row = await self._find(code_id, serial)
        if row is None:
            return Settled("")
        if row["state"] != CodeState.WANTED:
            return Settled(row["state"])
        number = PhoneNumber(self._vault.open_text(CODE_NUMBER, row["id"], row["number"]))
        later = await self._room(row, number, most_a_day)
        if later is not None:
            return later
        code, made = self._taken(row) or self._made(row, number)
        values = {**made, "begun_at": self._now, "updated_at": self._now}
        if not await self._change(row, values):
            return Settled("")
        return Outgoing(
            id=row["id"],
            serial=row["serial"],
            contact_id=row["contact_id"],
            number=number,
            code=code,
            key=f"code-{row['id'].hex}-{row['serial']}-{made.get('made', row['made'])}",
            again=row["begun_at"] is not None,
        )

    async def _room(self, row: RowMapping, number: PhoneNumber, most_a_day: int) -> Later | None:
        """Count what goes out for the whole merchant, and to a number what went out unasked."""
        uses = Uses(self._connection, self._merchant_id, self._now)
        if not row["made"] and most_a_day:
            taken = await uses.take("merchant", "", Most(most_a_day, DAY))
            if isinstance(taken, Full):
                return Later(taken.until, merchant=True)
        if row["begun_at"] is not None:
            taken = await uses.take("send", self._vault.hash(NUMBER, number), *SENDS)
            if isinstance(taken, Full):
                return Later(taken.until, merchant=False)
        return None

    def _taken(self, row: RowMapping) -> tuple[str, dict[str, Any]] | None:
        """Return the code that was made before, while it is good."""
        if row["code"] is None or row["expires_at"] is None or row["expires_at"] <= self._now:
            return None
        return self._vault.open_text(CODE, row["id"], row["code"]), {}

    def _made(self, row: RowMapping, number: PhoneNumber) -> tuple[str, dict[str, Any]]:
        code, nonce = new_code(), secrets.token_hex(16)
        return code, {
            "code": self._vault.seal_text(CODE, row["id"], code),
            "nonce": nonce,
            "digest": digest_of(self._vault, row["purpose"], number, nonce, code)[0],
            "made": row["made"] + 1,
            "expires_at": self._now + LASTS,
        }

    # --- what became of it --------------------------------------------------------------------

    async def sent(self, out: Outgoing, way: str, *, theirs: bool, provider_id: str = "") -> None:
        """Note by which way it went; from here on nobody knows it but who has it."""
        values: dict[str, Any] = {
            "state": CodeState.SENT,
            "way": way,
            "theirs": theirs,
            "provider_id": provider_id[:64],
            "code": None,
            "updated_at": self._now,
        }
        if theirs:
            values |= {"digest": "", "nonce": "", "expires_at": self._now + _THEIRS_LAST}
        await self._put(out, values)

    async def unknown(self, out: Outgoing, way: str, *, theirs: bool) -> None:
        """Note that nobody will say whether it went: who has it may use it."""
        values: dict[str, Any] = {
            "state": CodeState.UNKNOWN,
            "way": way,
            "theirs": theirs,
            "code": None,
            "updated_at": self._now,
        }
        if theirs:
            values |= {"digest": "", "nonce": "", "expires_at": self._now + _THEIRS_LAST}
        await self._put(out, values)

    async def away(self, out: Outgoing) -> None:
        """Note that it did not go: the mark is taken back, and the next try makes another."""
        gone = {"code": None, "digest": "", "nonce": "", "expires_at": None, "begun_at": None}
        await self._put(out, {**gone, "updated_at": self._now})

    async def ended(self, code_id: UUID, serial: int, state: CodeState) -> None:
        """Note that it will not go."""
        values = {"state": state, "code": None, "digest": "", "updated_at": self._now}
        mine = and_(self._of(code_id, serial), _C.state == CodeState.WANTED)
        await self._connection.execute(update(_CODES).where(mine).values(values))

    # --- rows ---------------------------------------------------------------------------------

    async def _put(self, out: Outgoing, values: dict[str, Any]) -> None:
        mine = and_(self._of(out.id, out.serial), _C.state == CodeState.WANTED)
        await self._connection.execute(update(_CODES).where(mine).values(values))

    async def _change(self, row: RowMapping, values: dict[str, Any]) -> bool:
        mine = and_(self._of(row["id"], row["serial"]), _C.made == row["made"])
        return bool(
            await rows_changed(self._connection, update(_CODES).where(mine).values(values))
        )

    async def _find(self, code_id: UUID, serial: int) -> RowMapping | None:
        found = await self._connection.execute(select(_CODES).where(self._of(code_id, serial)))
        return found.mappings().one_or_none()

    def _of(self, code_id: UUID, serial: int) -> Any:  # noqa: ANN401 -- a condition
        return and_(_C.merchant_id == self._merchant_id, _C.id == code_id, _C.serial == serial)


async def sent_to(
    connection: Connection, vault: Vault, merchant_id: MerchantId, code_id: UUID, serial: int
) -> tuple[PhoneNumber, str, str] | None:
    """Return number, way and the way's own id of a code that is out, None where there is none."""
    mine = select(_CODES).where(
        _C.merchant_id == merchant_id, _C.id == code_id, _C.serial == serial
    )
    row = (await connection.execute(mine)).mappings().one_or_none()
    if row is None:
        return None
    number = PhoneNumber(vault.open_text(CODE_NUMBER, row["id"], row["number"]))
    return number, row["way"], row["provider_id"]
