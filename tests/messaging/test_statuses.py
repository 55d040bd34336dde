"""How far a message got comes out the same, in whatever order it is reported."""

from datetime import timedelta
from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sokoni.channels.inbound import Status
from sokoni.kit.ids import AccountId, EventId, OutboxId, new_id
from sokoni.messaging.models import MessageState
from sokoni.messaging.statuses import StatusEvent, Target, fold, later_state, reported
from sokoni.testing.clock import NOON

NAMES = ("sent", "delivered", "read", "played", "failed", "deleted", "")
STATES = st.sampled_from([state for state in MessageState if state != MessageState.RECEIVED])
ACCOUNT = AccountId(new_id())


def folded(target: Target, names: list[str]) -> int:
    """Apply the statuses one by one, as if each came in a batch of its own."""
    for name in names:
        status = Status(provider_id="w", status=name, at=NOON, outbox_id=str(target.id))
        event = StatusEvent(EventId(new_id()), ACCOUNT, b"", 0, NOON)
        for advance in fold([(event, status)], [target]).advances:
            assert advance.before == target.state
            target.state = advance.state
    return target.state


def target(state: int = MessageState.SENDING) -> Target:
    return Target(OutboxId(new_id()), ACCOUNT, state, None)


@given(st.lists(st.sampled_from(NAMES), max_size=5))
def test_every_order_leads_to_the_same_state(names: list[str]) -> None:
    ends = {folded(target(), list(order)) for order in permutations(names)}

    assert len(ends) == 1


@given(STATES, st.lists(st.sampled_from(NAMES), max_size=6))
def test_a_batch_comes_out_as_its_statuses_one_by_one(state: int, names: list[str]) -> None:
    together, alone = target(state), target(state)
    events = [
        (
            StatusEvent(EventId(new_id()), ACCOUNT, b"", 0, NOON),
            Status(provider_id="w", status=name, at=NOON, outbox_id=str(together.id)),
        )
        for name in names
    ]
    advances = fold(events, [together]).advances

    assert (advances[0].state if advances else state) == folded(alone, names)


@given(STATES, STATES, STATES)
def test_later_state_is_a_lattice(one: int, two: int, three: int) -> None:
    assert later_state(one, one) == one
    assert later_state(one, two) == later_state(two, one)
    assert reduce(later_state, (one, two, three)) == later_state(one, later_state(two, three))


@given(STATES, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_status_said_twice_changes_nothing_the_second_time(
    state: int, name: str, other: str
) -> None:
    once, twice = target(state), target(state)

    assert folded(once, [name, other]) == folded(twice, [name, other, name, other])


def test_a_failure_is_kept_until_the_message_proves_to_have_arrived() -> None:
    assert folded(target(), ["failed", "sent"]) == MessageState.FAILED
    assert folded(target(), ["failed", "delivered"]) == MessageState.DELIVERED
    assert folded(target(), ["read", "failed"]) == MessageState.READ


def test_what_was_never_to_be_sent_stays_so() -> None:
    assert folded(target(MessageState.CANCELLED), ["sent", "read"]) == MessageState.CANCELLED


def test_a_status_we_do_not_know_is_over_at_once() -> None:
    event = StatusEvent(EventId(new_id()), ACCOUNT, b"", 0, NOON)
    status = Status(provider_id="w", status="pondered", at=NOON + timedelta(hours=1))

    result = fold([(event, status)], [])

    assert (result.done, result.early) == ({None: [event.id]}, [])
    assert reported(status) is None


def test_an_account_cannot_report_on_the_messages_of_another() -> None:
    theirs = target()
    stranger = StatusEvent(EventId(new_id()), AccountId(new_id()), b"", 0, NOON)
    status = Status(provider_id="w", status="failed", at=NOON, outbox_id=str(theirs.id))

    result = fold([(stranger, status)], [theirs])

    assert (result.advances, result.early) == ([], [stranger])


SAID = st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "service"]))


@given(st.lists(st.lists(SAID, max_size=3), max_size=4))
def test_a_message_is_priced_once_however_its_statuses_come(
    batches: list[list[tuple[str, str]]],
) -> None:
    about, prices = target(), []

    for batch in batches:
        events = [(event(), status(about, *said)) for said in batch]
        for advance in fold(events, [about]).advances:
            prices += [advance.price] if advance.price else []
            about.state, about.priced = advance.state, advance.priced

    arrived = ("delivered", "read", "played")
    said_so = any(category and name in arrived for batch in batches for name, category in batch)
    assert len(prices) == said_so


def event() -> StatusEvent:
    return StatusEvent(EventId(new_id()), ACCOUNT, b"", 0, NOON)


def status(about: Target, name: str, category: str) -> Status:
    return Status(
        provider_id="w", status=name, at=NOON, outbox_id=str(about.id), category=category
    )
