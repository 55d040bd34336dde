"""Registrations as a capability: every task is made of the merchant's own file."""

from pathlib import Path
from typing import Final

from sokoni.capabilities.onboarding.erasing import erase_contact
from sokoni.capabilities.onboarding.exporting import export
from sokoni.capabilities.onboarding.flows.prove import settled
from sokoni.capabilities.onboarding.judging import RegistrationJudge
from sokoni.capabilities.onboarding.keeping import KEEPS, needed
from sokoni.capabilities.onboarding.merging import merge_contacts
from sokoni.capabilities.onboarding.own import own, terms
from sokoni.capabilities.onboarding.settings import NAME, OnboardingSettings
from sokoni.dialogue.manifest import Capability

ONBOARDING: Final = Capability(
    name=NAME,
    tasks=(),
    settings=OnboardingSettings,
    about="onboarding.about",
    router="sokoni.capabilities.onboarding.api:router",
    phrases=Path(__file__).with_name("phrases"),
    own=own,
    terms=terms,
    numbers={NAME: settled},
    judge=RegistrationJudge(),
    export=export,
    erase_contact=erase_contact,
    keeps=KEEPS,
    needed=needed,
    merge_contacts=merge_contacts,
)
