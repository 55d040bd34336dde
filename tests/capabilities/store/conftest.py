"""A shop's API, on a Monday."""

import pytest

from sokoni.capabilities.store.api import router
from sokoni.testing.clock import StoppedClock
from tests.capabilities.conftest import House
from tests.capabilities.store.factories import MONDAY


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def house() -> House:
    return House("corner-shop", "store", router, ("read", "write", "conversations"))
