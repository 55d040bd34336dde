"""Reads webhook bodies without losing any: what cannot be read is an item, too."""

from collections.abc import Sequence
from typing import Final

from sokoni.channels.base import Channel
from sokoni.channels.errors import UnreadableBodyError
from sokoni.channels.inbound import Arrived, Unreadable

# What a slip in an adapter raises on a body that nobody foresaw: the body is kept all the same.
_SLIPS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read_items(channel: Channel, body: bytes) -> Sequence[Arrived]:
    """Return the body's items; one that cannot be read is one unreadable item, kept whole."""
    try:
        return channel.parse(body)
    except UnreadableBodyError as error:
        reason = str(error)
    except _SLIPS as error:
        reason = type(error).__name__
    return [Arrived(account_key="", item=Unreadable(raw=body, reason=reason))]
