"""The time zone in which the owner of a phone number most likely lives."""

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from sokoni.kit.ids import PhoneNumber

_TELLING: Final = 8
"""Digits of a number, with its country's, that may tell where it is of."""


def zone_of(phone: PhoneNumber | None, home: ZoneInfo) -> ZoneInfo:
    """Return the zone of the number's country; the merchant's where it is one of those there.

    A country of several zones is told apart where its numbers do that.
    """
    if phone is None:
        return home
    names = _names(phone[1 : _TELLING + 1])
    return home if not names or home.key in names else _zone(names[0]) or home


@lru_cache(maxsize=4096)
def _names(digits: str) -> tuple[str, ...]:
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1):
        found: tuple[str, ...] = TIMEZONE_DATA.get(digits[:length], ())
        if found:
            return found
    return ()


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
