"""Every row of Meta's error table, as an answer to the send and as a status after it."""

from collections.abc import AsyncIterator, Iterator
from enum import Enum, auto

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Status
from sokoni.channels.outbound import Buttons, Content, Option, Template
from sokoni.channels.whatsapp_cloud.errors import MEANINGS
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.models import MessageState
from sokoni.messaging.turn_rows import NewMessage
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import refused
from tests.channels.whatsapp_cloud.captured import channel
from tests.conftest import Databases
from tests.workers.outgoing import Street, Talk, street

ANA = "+263771000001"
BUTTONS = Buttons(body="Sure?", options=(Option("yes", "Yes"),))
TEMPLATE = Template(name="hello", language="en", rendered="Hello")


class Outcome(Enum):
    AGAIN = auto()
    """The same message goes later."""
    PAUSED = auto()
    """The whole number waits until it is mended."""
    SIMPLER = auto()
    """It goes in a simpler form."""
    REFUSED = auto()
    """It fails, and the next one goes."""
    WINDOW = auto()
    BLOCKED = auto()
    CONSENT = auto()
    """No more marketing."""
    OTHER_TEMPLATE = auto()
    UNKNOWN = auto()
    """Nobody knows: it waits for its status, and goes once more."""


ROWS: dict[str, tuple[tuple[int, ...], Outcome]] = {
    "token invalid or expired": ((0, 190), Outcome.PAUSED),
    "permission or capability missing": ((3, 10, 200, 299), Outcome.PAUSED),
    "generic error, temporary outage": ((1, 2), Outcome.AGAIN),
    "limit of calls of the app": ((4,), Outcome.AGAIN),
    "number deleted or not visible": ((33,), Outcome.PAUSED),
    "unsupported or misspelt parameter": ((100,), Outcome.SIMPLER),
    "blocked for policy": ((368,), Outcome.PAUSED),
    "rate of the account": ((80007,), Outcome.AGAIN),
    "business has blocked the user": ((130403,), Outcome.BLOCKED),
    "throughput of the number": ((130429,), Outcome.AGAIN),
    "user in an experiment": ((130472,), Outcome.REFUSED),
    "restricted in the country": ((130497,), Outcome.REFUSED),
    "unknown failure": ((131000,), Outcome.UNKNOWN),
    "access denied": ((131005,), Outcome.PAUSED),
    "parameter missing or invalid": ((131008, 131009), Outcome.SIMPLER),
    "service unavailable": ((131016,), Outcome.AGAIN),
    "sender is the recipient": ((131021,), Outcome.BLOCKED),
    "undeliverable": ((131026,), Outcome.BLOCKED),
    "recipient is no tester": ((131030,), Outcome.BLOCKED),
    "account locked, name not approved": ((131031, 131037), Outcome.PAUSED),
    "payment": ((131042,), Outcome.PAUSED),
    "registration certificate": ((131045,), Outcome.PAUSED),
    "window closed": ((131047,), Outcome.WINDOW),
    "spam": ((131048,), Outcome.AGAIN),
    "ecosystem health": ((131049,), Outcome.REFUSED),
    "opted out of marketing": ((131050,), Outcome.CONSENT),
    "message type unsupported": ((131051,), Outcome.SIMPLER),
    "media of the user": ((131052,), Outcome.REFUSED),
    "our media": ((131053,), Outcome.AGAIN),
    "too many to one user": ((131056,), Outcome.AGAIN),
    "number in maintenance": ((131057,), Outcome.AGAIN),
    "content unavailable": ((131060,), Outcome.REFUSED),
    "user id not allowed": ((131062,), Outcome.REFUSED),
    "marketing not on this endpoint": (
        (131063, 131055, 134100, 134101, 134102),
        Outcome.REFUSED,
    ),
    "templates in a wrong category": ((131064,), Outcome.REFUSED),
    "count of parameters": ((132000,), Outcome.REFUSED),
    "template missing or not approved": ((132001,), Outcome.OTHER_TEMPLATE),
    "text too long": ((132005,), Outcome.REFUSED),
    "template's content against policy": ((132007,), Outcome.REFUSED),
    "format of parameters": ((132008, 132012, 132018), Outcome.REFUSED),
    "template paused or disabled": ((132015, 132016), Outcome.OTHER_TEMPLATE),
    "flow blocked or throttled": ((132068, 132069), Outcome.SIMPLER),
    "registration": (
        (133000, 133005, 133006, 133008, 133009, 133010, 133015),
        Outcome.PAUSED,
    ),
    "registration: server busy": ((133004,), Outcome.AGAIN),
    "too many registrations": ((133016,), Outcome.AGAIN),
    "terms of payments": ((134011,), Outcome.REFUSED),
    "generic send error": ((135000,), Outcome.AGAIN),
    "identity key": ((137000,), Outcome.REFUSED),
    "calls, flows, block list, user names": (
        (138000, 138999, 139000, 139004, 139100, 139101, 139103, 147001, 147005),
        Outcome.REFUSED,
    ),
    "block list: concurrent": ((139102,), Outcome.AGAIN),
    "templates: definitions": (
        (2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299),
        Outcome.REFUSED,
    ),
    "a code of tomorrow": ((987654,), Outcome.REFUSED),
}


CASES = [
    pytest.param(code, outcome, id=f"{name} {code}")
    for name, (codes, outcome) in ROWS.items()
    for code in dict.fromkeys((codes[0], codes[-1]))
]


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Judge where it is fastest: the statements are tried on all databases elsewhere."""
    yield databases.url("sqlite")
    databases.empty("sqlite")


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


def content_for(outcome: Outcome) -> Content:
    return TEMPLATE if outcome is Outcome.OTHER_TEMPLATE else BUTTONS


async def kinds(place: Street) -> list[str]:
    return sorted(event.kind for event in await place.events())


async def paused(place: Street, talk: Talk) -> str | None:
    return await place.column(ChannelAccount.paused_reason, talk.number.id)


def test_no_code_is_missing() -> None:
    named = {code for codes, _ in ROWS.values() for code in codes}
    ranges = {*range(200, 300), *range(138000, 139005), *range(147001, 147006)}

    assert set(MEANINGS) - named - ranges == set()


@pytest.mark.parametrize(("code", "outcome"), CASES)
async def test_an_answer_that_refuses(place: Street, code: int, outcome: Outcome) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    one, after = await place.store(
        place.message(ana, content_for(outcome)), place.message(ana, "next")
    )
    place.graph.script(refused(code))
    delivery = await place.sender()

    await delivery.run_once()

    state = await place.state(one)
    match outcome:
        case Outcome.AGAIN:
            assert (state, place.graph.taken) == (MessageState.WAITING, [])
            await place.later(delivery, 3700)
            assert place.said() == ["interactive", "next"]
        case Outcome.PAUSED:
            assert (state, place.graph.taken) == (MessageState.WAITING, [])
            assert await paused(place, ana) == f"channel_down {code}"
            await place.later(delivery, 61)
            assert place.said() == ["interactive", "next"]
            assert await paused(place, ana) == ""
        case Outcome.SIMPLER:
            assert place.said() == ["Sure?\n\n1. Yes", "next"]
        case Outcome.UNKNOWN:
            assert (state, place.graph.taken) == (MessageState.SENDING, [])
            await place.later(delivery, 61)
            assert place.said() == ["interactive", "next"]
        case _:
            assert state == MessageState.FAILED
            assert str(code) in (await place.row(one)).error
            await concerned(place, ana, outcome)
            goes_on = outcome is not Outcome.BLOCKED
            assert place.said() == (["next"] if goes_on else [])
            assert await place.state(after) == (
                MessageState.TAKEN if goes_on else MessageState.FAILED
            )


@pytest.mark.parametrize(("code", "outcome"), CASES)
async def test_a_status_that_tells_of_a_failure(
    place: Street, code: int, outcome: Outcome
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.store(place.message(ana, content_for(outcome)))
    delivery = await place.sender()
    await delivery.run_once()
    await place.report(ana.number, failed(place, one, code))

    await place.status_worker(delivery).run_once()

    state = await place.state(one)
    match outcome:
        case Outcome.AGAIN:
            assert state == MessageState.WAITING
            await place.later(delivery, 65)
            assert len(place.said()) == 2
        case Outcome.PAUSED:
            assert state == MessageState.WAITING
            assert await paused(place, ana) == f"reported channel_down {code}"
            await place.later(delivery, 30)
            assert len(place.said()) == 1
        case Outcome.SIMPLER:
            await place.later(delivery, 1)
            assert place.said() == ["interactive", "Sure?\n\n1. Yes"]
        case _:
            assert state == MessageState.FAILED
            assert str(code) in (await place.row(one)).error
            assert await paused(place, ana) == ""
            await concerned(place, ana, outcome)


async def concerned(place: Street, talk: Talk, outcome: Outcome) -> None:
    """Check who is told of it besides."""
    stopped = await place.column(Contact.marketing_stopped_at, talk.contact_id)
    assert (stopped is not None) == (outcome is Outcome.CONSENT)
    assert await kinds(place) == {
        Outcome.WINDOW: ["undelivered"],
        Outcome.BLOCKED: ["undelivered"],
        Outcome.OTHER_TEMPLATE: ["template", "undelivered"],
    }.get(outcome, [])


def failed(place: Street, message: NewMessage, code: int) -> Status:
    """Return the status as Meta sends it, read by the channel."""
    taken = place.graph.taken[0]
    webhook = place.graph.webhooks("1").status(
        "failed", taken.id, outbox_id=str(message.id), recipient=ANA, code=code
    )
    (arrived,) = channel().parse(webhook.body)
    assert isinstance(arrived.item, Status)
    return arrived.item
