"""What a merchant may set about its booking desk, under `capabilities: booking:`."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.capabilities.booking.service.notices import Pace
from sokoni.capabilities.booking.trades import Trade, offered, shipped
from sokoni.kit.money import written_decimal
from sokoni.merchants.keeping import KeptDays

NAME: Final = "booking"
LONGEST_LEAD: Final = 30 * 24 * 60
LONGEST_BUFFER: Final = 24 * 60
"""Minutes that a provider may want to know of a job before, and keep free after one."""
_MINUTES: Final = 60
_WORKDAYS: Final = range(5)


class Fee(StrEnum):
    """What is paid when a booking is agreed on."""

    DEPOSIT = "deposit"
    """Part of the price, paid first."""
    CALL_OUT = "call_out_fee"
    """What it costs that somebody comes at all."""


class Deposit(BaseModel, frozen=True, extra="forbid"):
    """Money that customers pay when a booking is agreed on, by the merchant's gateways."""

    amount: Annotated[Decimal, BeforeValidator(written_decimal), Field(gt=0)]
    """In the merchant's currency, in quotes: "5.00"."""
    kind: Fee = Fee.DEPOSIT
    """What customers are told that it is."""
    refund_hours: int = Field(24, ge=0)
    """It is given back when the customer calls the job off so long before; when the provider
    does, always."""


class BookingSettings(BaseModel, frozen=True, extra="forbid"):
    """Every figure has a default; an unknown key is refused."""

    services: tuple[str | Trade, ...] = ()
    """Kinds of work: the name of one that ships with us, or one of the merchant's own with its
    words. Nothing: all that ship with us."""
    opens: int = Field(8, ge=0, le=23)
    """A provider who says nothing else works from this hour, Monday to Friday."""
    closes: int = Field(18, ge=1, le=30)
    answer_hours: int = Field(12, ge=1, le=72)
    """A request is held for so long."""
    remind_hours: tuple[int, ...] = Field((24, 2), max_length=2)
    """Both sides are reminded so many hours before."""
    close_days: int = Field(3, ge=1, le=30)
    """A job of which nobody says otherwise for so long was done."""
    review_days: int = Field(14, ge=1)
    """A rating can be changed for so long."""
    ring_days: int = Field(60, ge=1)
    """Top ratings within so many days are looked at for people who rate one another in a ring."""
    deposit: Deposit | None = None
    """Asked of customers when a booking is agreed on; nothing: none."""
    results: int = Field(30, ge=1, le=90)
    """Most providers shown for one search, on all pages together."""
    keep_bookings_days: KeptDays = 0
    """Bookings are kept for so long after the job, or after it was called off; 0: for ever."""

    @model_validator(mode="after")
    def _known(self) -> "BookingSettings":
        known = shipped()
        for one in self.services:
            if isinstance(one, str) and one not in known:
                raise ValueError(f"{one} is no service; there are {', '.join(sorted(known))}")
        if self.closes <= self.opens:
            raise ValueError("closes must come after opens")
        return self

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "BookingSettings":
        return cls.model_validate(dict(declared))

    @property
    def trades(self) -> Mapping[str, Trade]:
        """The kinds of work that are offered, by id."""
        return offered(self.services)

    @property
    def usual_hours(self) -> tuple[Stretch, ...]:
        opens, closes = self.opens * _MINUTES, self.closes * _MINUTES
        return tuple(Stretch(day, opens, closes) for day in _WORKDAYS)

    @property
    def pace(self) -> Pace:
        return Pace(
            answer_hours=self.answer_hours,
            remind_hours=self.remind_hours,
            close_days=self.close_days,
        )
