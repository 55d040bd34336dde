"""Phone numbers as E.164, and how to write one down without giving it away."""

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
