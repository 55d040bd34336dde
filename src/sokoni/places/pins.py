"""Locations that contacts sent, as text to be sealed."""

from typing import TypeAlias

Pin: TypeAlias = tuple[float, float]
"""Latitude and longitude."""


def pin_text(pin: Pin | None) -> str:
    """Return a pin good to about a metre, "" for none."""
    return "" if pin is None else f"{pin[0]:.5f},{pin[1]:.5f}"


def pin_from(text: str) -> Pin | None:
    latitude, _, longitude = text.partition(",")
    return (float(latitude), float(longitude)) if text else None
