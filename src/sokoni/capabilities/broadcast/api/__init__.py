"""Broadcasts, for programs."""

from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.broadcast.api import broadcasts

router: Final = APIRouter(tags=["broadcasts"])
router.include_router(broadcasts.router)
