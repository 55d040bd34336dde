"""What the flows of the booking desk have in common."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.models import Provider
from sokoni.dialogue.flow import AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Known
from sokoni.messaging.prompts import Choice, Command, Prompt


class DeskFlow(SimpleFlow):
    """A flow that works at the turn's desk."""

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)


class AtOnceFlow(AtOnce, DeskFlow):
    """A flow at the desk that commits nothing a contact must first say yes to."""


NO_PROVIDER: Final = Prompt("booking.no_provider")


class ProviderFlow(DeskFlow):
    """A task of providers: whoever is none is told so, and asked nothing."""

    nothing: ClassVar[Known] = {}
    """What its slots hold for somebody who is no provider."""

    @override
    async def prefill(self) -> Known:
        return {} if await self.provider() else dict(self.nothing)

    async def provider(self) -> Provider | None:
        return await self._desk.providers.find(self._desk.me)

    async def summary(self, form: Any) -> Prompt | None:  # noqa: ANN401 -- the flow's own form
        provider = await self.provider()
        return None if provider is None else await self.asked(provider, form)

    async def complete(self, form: Any) -> Outcome:  # noqa: ANN401 -- the flow's own form
        provider = await self.provider()
        return Outcome(NO_PROVIDER if provider is None else await self.done(provider, form))

    @abstractmethod
    async def asked(self, provider: Provider, form: Any) -> Prompt | None:  # noqa: ANN401
        """Return what is said before it is done."""

    @abstractmethod
    async def done(self, provider: Provider, form: Any) -> Prompt:  # noqa: ANN401
        """Do it, and return what is said then."""


def service_choices(
    desk: Desk, services: Iterable[str], picked: Callable[[str], Command]
) -> Sequence[Choice]:
    """Return kinds of work to pick from, called as the contact's language calls them."""
    return [Choice(one, desk.service_named(one), command=picked(one)) for one in services]
