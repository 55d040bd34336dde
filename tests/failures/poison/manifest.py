"""Two tasks: one has a bug, the other ends the process it runs in, unless the antidote is there.

Installed for a process by an entry point of the group `sokoni.capabilities`.
"""

import os
import signal
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel
from typing_extensions import override

from sokoni.dialogue.flow import Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form
from sokoni.dialogue.manifest import Capability, Task
from sokoni.messaging.prompts import Prompt

ANTIDOTE: Final = "antidote"
"""A file in the working directory: while it is there, nothing fails."""


class Nothing(Form):
    """Asks nothing."""


class _Poison(SimpleFlow):
    form: ClassVar[type[Form]] = Nothing

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: Nothing) -> Prompt | None:
        return None

    async def complete(self, form: Nothing) -> Outcome:
        if not Path(ANTIDOTE).exists():  # noqa: ASYNC240 -- a look at a local file, in a test
            self.strike()
        return Outcome(Prompt("dialogue.as_you_like"))

    def strike(self) -> None:
        """Do harm."""


class RaisingFlow(_Poison):
    name: ClassVar[str] = "poison.raise"

    @override
    def strike(self) -> None:
        raise RuntimeError("poisoned")


class KillingFlow(_Poison):
    name: ClassVar[str] = "poison.kill"

    @override
    def strike(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Settings(BaseModel):
    """Nothing to set."""


POISON: Final = Capability(
    name="poison",
    tasks=(
        Task(name=RaisingFlow.name, form=Nothing, make=RaisingFlow),
        Task(name=KillingFlow.name, form=Nothing, make=KillingFlow),
    ),
    settings=Settings,
    phrases=Path(__file__).parent / "phrases",
)
