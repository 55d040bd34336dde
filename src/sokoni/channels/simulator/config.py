"""What the simulator of one merchant can show. It needs no secrets."""

from pydantic import Field
from typing_extensions import override

from sokoni.channels.base import ChannelConfig, Limits


class SimulatorConfig(ChannelConfig):
    """`buttons: 0` and `rows: 0` make a text-only phone."""

    merchant: str = Field(min_length=1, max_length=64)
    """The merchant's id, by which the door's bodies name it."""
    text: int = Field(4096, ge=200)
    buttons: int = Field(3, ge=0)
    rows: int = Field(10, ge=0)
    native: bool = True
    """Whether links and requests for a place or a phone number are buttons."""
    window_hours: int | None = Field(24, ge=1)
    per_second: float = Field(1000, gt=0)
    statuses: bool = True
    """Whether every message is reported as sent and delivered."""

    @override
    def key(self) -> str:
        return self.merchant

    @property
    def limits(self) -> Limits:
        return Limits(
            text=self.text,
            buttons=self.buttons,
            rows=self.rows,
            link_button=self.native,
            location_request=self.native,
            contact_request=self.native,
            window_hours=self.window_hours,
            per_second=self.per_second,
            statuses=self.statuses,
        )
