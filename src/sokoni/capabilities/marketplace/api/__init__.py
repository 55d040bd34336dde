"""What is on offer and what is looked for, for programs. Nobody's number is given here."""

from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.marketplace.api import buy_requests, listings, reviews, search, sellers

router: Final = APIRouter(tags=["marketplace"])
for _part in (listings, buy_requests, sellers, reviews, search):
    router.include_router(_part.router)
