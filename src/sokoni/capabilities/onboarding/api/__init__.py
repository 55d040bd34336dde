"""Registrations, for programs."""

from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.onboarding.api import registrations

router: Final = APIRouter(tags=["registrations"])
router.include_router(registrations.router)
