"""Addresses of our own that lead on to somewhere else, so that it is known who went there."""

from typing import Final

PATH: Final = "/r/"
_EVERYWHERE: Final = "https://"


def short_link(public_url: str, token: str) -> str:
    """Return the address, "" where nobody but this machine can open one of ours."""
    if not public_url.startswith(_EVERYWHERE):
        return ""
    return f"{public_url.rstrip('/')}{PATH}{token}"
