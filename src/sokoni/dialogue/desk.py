"""What the desks at which capabilities work have in common."""

from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import ContactId


class TurnDesk:
    """A capability's place for one turn: made anew for each, with its services and settings."""

    def __init__(self, context: TurnContext) -> None:
        self.context = context

    @property
    def me(self) -> ContactId:
        return self.context.person.id

    @property
    def language(self) -> str:
        return self.context.language
