"""A booking desk's API, on a Monday."""

import pytest

from sokoni.capabilities.booking.api import router
from sokoni.testing.clock import StoppedClock
from tests.capabilities.booking.factories import MONDAY
from tests.capabilities.conftest import House


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def house() -> House:
    """Return a house whose programs may see and do all that concerns bookings."""
    return House("hustlr", "booking", router, ("read", "write", "conversations"))
