"""The booking desk as a capability: what becomes of its rows. Its conversation comes next."""

from pathlib import Path
from typing import Final

from sokoni.capabilities.booking.erasing import erase_contact
from sokoni.capabilities.booking.exporting import export
from sokoni.capabilities.booking.merging import merge_contacts
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.dialogue.manifest import Capability

BOOKING: Final = Capability(
    name=NAME,
    tasks=(),
    settings=BookingSettings,
    phrases=Path(__file__).with_name("phrases"),
    merge_contacts=merge_contacts,
    export=export,
    erase_contact=erase_contact,
)
