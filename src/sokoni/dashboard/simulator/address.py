"""The page's address names its phones (`?phones=263…~Tendai`), so that a reload keeps them."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from sokoni.kit.ids import PhoneNumber
from sokoni.kit.phones import find_phone
from sokoni.kit.text import clean

_LONGEST_NAME: Final = 60


class Owner(NamedTuple):
    """Whose phone it is: the number, and the profile name that WhatsApp would show."""

    number: PhoneNumber
    name: str = ""


def read_owners(phones: str, country: str) -> list[Owner]:
    """Return whom the address names, each number once; what is no number is passed over."""
    owners: dict[str, Owner] = {}
    for part in phones.split(","):
        typed, _, name = part.partition("~")
        number = read_number(typed, country)
        if number is not None:
            owners.setdefault(number, Owner(number, read_name(name)))
    return list(owners.values())


def read_number(typed: str, country: str) -> PhoneNumber | None:
    """Return the number, written as at home or as abroad, with or without its plus."""
    typed = typed.strip()
    return find_phone(typed, country) or find_phone(f"+{typed.lstrip('+')}", country)


def read_name(typed: str) -> str:
    words = clean(typed).replace("~", " ").replace(",", " ").split()
    return " ".join(words)[:_LONGEST_NAME]


def renaming_script(owners: Sequence[Owner]) -> str:
    """Return the script that puts the phones into the browser's address line."""
    parts = [
        quote(one.number.removeprefix("+") + (f"~{one.name}" if one.name else ""), safe="~")
        for one in owners
    ]
    # No phone at all is also something to come back to.
    query = f"?phones={','.join(parts) or 'none'}"
    return f"history.replaceState(history.state, '', {json.dumps(query)})"
