"""What the marketplace's flows have in common."""

from sokoni.capabilities.marketplace.desk import Desk
from sokoni.dialogue.flow import AtOnce, SimpleFlow, TurnContext


class DeskFlow(SimpleFlow):
    """A flow that works at the turn's desk."""

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)


class AtOnceFlow(AtOnce, DeskFlow):
    """A flow at the desk that commits nothing a contact must first say yes to."""
