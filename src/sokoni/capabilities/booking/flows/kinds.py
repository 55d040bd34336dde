"""What the flows of the booking desk have in common."""

from typing import ClassVar

from sokoni.capabilities.booking.desk import Desk
from sokoni.dialogue.flow import SimpleFlow, TurnContext
from sokoni.dialogue.form import Form
from sokoni.messaging.prompts import Prompt


class DeskFlow(SimpleFlow):
    """A flow that works at the turn's desk."""

    name: ClassVar[str]
    form: ClassVar[type[Form]]

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)


class AtOnceFlow(DeskFlow):
    """A flow that commits nothing a contact must first say yes to."""

    async def summary(self, form: Form) -> Prompt | None:  # noqa: ARG002
        return None
