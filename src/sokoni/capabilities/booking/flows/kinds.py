"""What the flows of the booking desk have in common."""

from typing import ClassVar

from sokoni.capabilities.booking.desk import Desk
from sokoni.dialogue.flow import AtOnce, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form


class DeskFlow(SimpleFlow):
    """A flow that works at the turn's desk."""

    name: ClassVar[str]
    form: ClassVar[type[Form]]

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)


class AtOnceFlow(AtOnce, DeskFlow):
    """A flow at the desk that commits nothing a contact must first say yes to."""
