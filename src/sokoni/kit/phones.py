"""Phone numbers as E.164, and how to write one down without giving it away."""

import re
from collections.abc import Mapping
from typing import Final

import phonenumbers

from sokoni.kit.ids import PhoneNumber


def find_phone(raw: str, country: str) -> PhoneNumber | None:
    """Return the number as E.164, or None where it is no valid number in `country` (ISO 3166)."""
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def masked(number: str) -> str:
    """Keep what tells numbers apart in a log, and no more: `+263…001`."""
    return f"{number[:4]}…{number[-3:]}" if len(number) > 7 else "…"


_MOBILE: Final[Mapping[str, re.Pattern[str]]] = {"IN": re.compile(r"[6-9]\d{9}")}
"""Where the numbers in use change faster than any table: what they must look like."""
_KINDS: Final = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)


def find_mobile(raw: str, country: str) -> PhoneNumber | None:
    """Return the number as E.164, or None where it is no mobile number of `country`."""
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != phonenumbers.country_code_for_region(country):
        return None
    pattern = _MOBILE.get(country)
    if pattern is not None:
        fits = pattern.fullmatch(phonenumbers.national_significant_number(number)) is not None
    else:
        fits = (
            phonenumbers.is_valid_number_for_region(number, country)
            and phonenumbers.number_type(number) in _KINDS
        )
    if not fits:
        return None
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
