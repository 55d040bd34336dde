"""The proof is held against an oracle that knows each contact by how they were made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table

from sokoni.capabilities.broadcast.models import Recipient
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason, Standing, Terms, verdict
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.contacts.models import Consent, Contact, ContactAddress
from sokoni.contacts.register import address_row
from sokoni.db.bulk import insert_many_once
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, new_id
from sokoni.messaging.models import Conversation
from sokoni.messaging.seats import new_conversation
from tests.capabilities.broadcast.hall import SALE, Hall

PEOPLE: Final = {"sqlite": 10_000, "postgresql": 1_000}
ZONES: Final = {
    "+26377": "Africa/Harare",
    "+9198765": "Asia/Calcutta",
    "+1212555": "America/New_York",
    "+6129876": "Australia/Sydney",
    "+4420794": "Europe/London",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A contact, by what the lot drew for them."""

    id: ContactId
    phone: str
    language: str
    opted_out: bool
    no_marketing: bool
    blocked: bool
    words: tuple[tuple[str, bool], ...]
    """What they said of consent, in order: about what, and whether it was a yes."""
    window: int | None
    """Hours from now until it shuts; None: they never wrote."""
    deaf: bool
    busy: bool
    got: int
    """Marketing messages of the last days."""


def _drawn(lot: Random, number: int) -> Made:
    prefix = lot.choice([*ZONES, ""])

    def rare() -> bool:
        return lot.random() < 0.1

    words = [(lot.choice(["messages", "marketing"]), lot.random() < 0.8) for _ in range(3)]
    wrote = lot.random() < 0.7
    return Made(
        id=ContactId(new_id()),
        phone=f"{prefix}{number:07d}"[:15] if prefix else "",
        language=lot.choice(["en", "sn", "ar", ""]),
        opted_out=rare(),
        no_marketing=rare(),
        blocked=rare(),
        words=tuple(words[: lot.randrange(4)]),
        window=lot.choice([-30, -2, 3, 20]) if wrote else None,
        deaf=wrote and rare(),
        busy=wrote and rare(),
        got=lot.choice([0, 0, 0, 1, 2, 3]),
    )


def _allowed(one: Made, now: datetime, *, marketing: bool) -> bool:
    """Say from first principles whether they may be written to right now."""
    if one.opted_out or one.blocked or one.deaf or not one.phone:
        return False
    zone = next(name for prefix, name in ZONES.items() if one.phone.startswith(prefix))
    if not 8 <= now.astimezone(ZoneInfo(zone)).hour < 20:
        return False
    if one.busy:
        return False
    if marketing:
        said = dict(one.words)
        agrees = said["marketing"] if "marketing" in said else said.get("messages", False)
        if one.no_marketing or not agrees or one.got >= 2:
            return False
    open_ = one.window is not None and one.window > 0
    # The only template is in English, and everybody is told in it who has none of their own. It
    # is marketing, by its category, whatever the broadcast calls itself.
    return open_ or not one.no_marketing


async def _settle(hall: Hall, people: Sequence[Made]) -> None:
    now, merchant_id = hall.clock(), hall.profile.id
    line = next(iter(hall.desk.lines))
    rows: dict[Any, list[dict[str, object]]] = {
        model: [] for model in (Contact, ContactAddress, Consent, Conversation, Recipient)
    }
    before = new_id()
    for one in people:
        rows[Contact].append(
            {
                "id": one.id,
                "merchant_id": merchant_id,
                "name_given": False,
                "language": one.language,
                "opted_out_at": now if one.opted_out else None,
                "marketing_stopped_at": now if one.no_marketing else None,
                "blocked_at": now if one.blocked else None,
                "created_at": now,
            }
        )
        if one.phone:
            rows[ContactAddress].append(
                address_row(hall.app.vault, merchant_id, one.id, "phone", one.phone, now)
            )
        rows[Consent] += [
            {
                "id": new_id(),
                "merchant_id": merchant_id,
                "contact_id": one.id,
                "purpose": purpose,
                "given": given,
                "source": "staff",
                "at": now - timedelta(days=9 - day),
            }
            for day, (purpose, given) in enumerate(one.words)
        ]
        if one.window is not None:
            last = now - timedelta(minutes=10) if one.busy else now - timedelta(hours=9)
            rows[Conversation].append(
                {
                    **new_conversation(merchant_id, line, one.id, now),
                    "window_until": now + timedelta(hours=one.window),
                    "last_inbound_at": last,
                    "unreachable_at": now if one.deaf else None,
                    "wake_at": now + timedelta(days=9) if one.busy else None,
                }
            )
        rows[Recipient] += [
            {
                "id": new_id(),
                "merchant_id": merchant_id,
                "broadcast_id": before,
                "proof_number": number,
                "contact_id": one.id,
                "verdict": "in_window",
                "step": "said",
                "marketing": True,
                "zone": "",
                "tries": 1,
                "error": "",
                "clicked": "",
                "said_at": now - timedelta(days=1),
            }
            for number in range(one.got)
        ]
    async with writing(hall.app.engine) as connection:
        for model, theirs in rows.items():
            for start in range(0, len(theirs), 1000):
                table = cast("Table", model.__table__)
                await insert_many_once(connection, table, theirs[start : start + 1000])


async def test_no_proof_allows_what_is_forbidden(hall: Hall) -> None:
    lot = Random(6)
    many = PEOPLE[hall.app.engine.dialect.name]
    people = [_drawn(lot, number) for number in range(many)]
    await _settle(hall, people)

    for kind in ("marketing", "utility"):
        said = BroadcastSaid.model_validate({**SALE, "name": kind, "kind": kind})
        row = await hall.desk.draft(said)
        proof = await hall.desk.prove(row.reference)
        found = await hall.recipients(row)

        wrong = [
            (one, found[one.id].verdict)
            for one in people
            if _allowed(one, hall.clock(), marketing=said.marketing)
            is not (found[one.id].verdict in SENT)
        ]
        assert wrong == []
        assert len(found) == many
        assert Counter(one.verdict for one in found.values()) == proof.counts
        sent = [one for one in found.values() if one.verdict in SENT]
        assert len(sent) > many / 20, "the lot must leave some to write to"
    assert len(proof.hash) == 64


FLAGS: Final = [name for name in Standing.__dataclass_fields__ if name != "marketed"]


@given(
    st.fixed_dictionaries(dict.fromkeys(FLAGS, st.booleans())),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
)
def test_the_rule_writes_to_nobody_who_may_not_be_and_leaves_nobody_out_who_may(
    flags: dict[str, bool], marketed: int, marketing: bool, by_day: bool, most: int
) -> None:
    one = Standing(marketed=marketed, **flags)
    reason = verdict(one, Terms(marketing=marketing, by_day=by_day, most=most))

    never = one.told or one.blocked or one.opted_out or not one.reachable
    unwanted = marketing and (
        one.no_marketing or not one.agreed or (most > 0 and marketed >= most)
    )
    no_way = not (one.window_open and one.has_text) and not one.has_template
    later = (by_day and one.night) or one.in_a_task
    assert (reason in SENT) is not (never or unwanted or no_way or later)
    assert (reason in PASSING) is (later and not (never or unwanted or no_way))
    assert (reason is Reason.IN_WINDOW) <= one.window_open
