"""Users, providers and bookings, for programs."""

from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.booking.api import bookings, providers, users

router: Final = APIRouter(tags=["bookings"])
for _part in (users, providers, bookings):
    router.include_router(_part.router)
