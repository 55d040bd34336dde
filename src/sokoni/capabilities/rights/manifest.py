"""What contacts may always ask of a merchant, whoever it is."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from sokoni.capabilities.rights.asking import GRANTED, RightsJudge
from sokoni.capabilities.rights.flows import (
    DataFlow,
    ForgetFlow,
    NoOffersFlow,
    OffersFlow,
    granted,
    hand_out,
    offer_once,
)
from sokoni.capabilities.rights.importing import ConsentImporter
from sokoni.capabilities.rights.paper import DATA, make_copy
from sokoni.capabilities.rights.settings import NAME, RightsSettings
from sokoni.dialogue.manifest import Capability, Task

RIGHTS: Final = Capability(
    name=NAME,
    always=True,
    tasks=(
        Task.of(OffersFlow, offered=False),
        replace(Task.of(NoOffersFlow, offered=False), at_once=True),
        replace(Task.of(DataFlow, offered=False), at_once=True),
        Task.of(ForgetFlow, offered=False),
    ),
    settings=RightsSettings,
    phrases=Path(__file__).with_name("phrases"),
    timers={GRANTED: granted},
    makes={DATA: make_copy},
    answers={DATA: hand_out},
    judge=RightsJudge(),
    afterwards=offer_once,
    imports={"consents": ConsentImporter()},
)
