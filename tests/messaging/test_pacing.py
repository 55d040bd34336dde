"""Rates: never more than allowed, never less than promised."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sokoni.kit.ids import ContactId, new_id
from sokoni.messaging.pacing import ContactPacing, TokenBucket
from sokoni.testing.clock import NOON

GAPS = st.lists(st.floats(min_value=0, max_value=20), max_size=60)


@given(st.floats(min_value=0.1, max_value=100), st.integers(1, 50), GAPS)
def test_a_bucket_gives_no_more_than_its_rate_and_burst(
    rate: float, burst: int, gaps: list[float]
) -> None:
    bucket, now, taken = TokenBucket(rate, burst), NOON, 0

    for gap in gaps:
        now += timedelta(seconds=gap)
        taken += bucket.take(now)

    assert taken <= burst + rate * (now - NOON).total_seconds() + 0.01


@given(st.floats(min_value=0.1, max_value=100), st.integers(1, 5))
def test_after_the_wait_it_names_there_is_a_token(rate: float, burst: int) -> None:
    bucket, now = TokenBucket(rate, burst), NOON

    for _ in range(20):
        if not bucket.take(now):
            now += timedelta(seconds=bucket.seconds_until_next(now))
            assert bucket.take(now)


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(1, 1)
    assert bucket.take(NOON)

    assert not bucket.take(NOON - timedelta(hours=1))
    assert not bucket.take(NOON)


def test_contacts_do_not_wait_for_one_another() -> None:
    pacing = ContactPacing(enabled=True)
    ana, ben = ContactId(new_id()), ContactId(new_id())
    for _ in range(45):
        assert pacing.seconds_to_wait(ana, NOON) == 0

    assert 5.9 < pacing.seconds_to_wait(ana, NOON) < 6.1
    assert pacing.seconds_to_wait(ben, NOON) == 0
