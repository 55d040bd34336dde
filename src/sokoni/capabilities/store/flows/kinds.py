"""What the shop's flows have in common."""

from typing import ClassVar

from sokoni.capabilities.store.desk import Desk
from sokoni.dialogue.flow import AtOnce, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form


class DeskFlow(SimpleFlow):
    """A flow that works at the turn's desk."""

    name: ClassVar[str]
    form: ClassVar[type[Form]]

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)


class AtOnceFlow(AtOnce, DeskFlow):
    """A flow at the desk that asks for no yes."""
