"""Registering as a provider: who, what, where; staff look before anybody finds them."""

from typing import Annotated, ClassVar

from annotated_types import MinLen
from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.flows.kinds import DeskFlow
from sokoni.capabilities.booking.judging import applicant
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.reading import SERVICE
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.providers import NewProvider, ProviderKnownError
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import privacy
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.several import SeveralReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Lines, Params, Prompt


class RegisterForm(Form):
    """Register as somebody who does jobs."""

    name: Annotated[str, TextReader(shortest=2, longest=60), Slot(early=False)]
    services: Annotated[tuple[str, ...], SeveralReader(TermReader(SERVICE)), MinLen(1)]
    areas: Annotated[tuple[KnownPlace, ...], SeveralReader(PlaceReader()), MinLen(1)]


class RegisterFlow(DeskFlow):
    """Has the contact wait for staff as a provider."""

    name: ClassVar[str] = "booking.register"
    form: ClassVar[type[RegisterForm]] = RegisterForm

    @override
    async def prefill(self) -> Known:
        """Ask nothing of who is a provider already: they are told so at once."""
        providers = self._desk.providers
        provider = await providers.find(self._desk.me)
        if provider is None:
            return {}
        base = KnownPlace(
            id=provider.place_id,
            name=provider.place_name,
            town=provider.place_name,
            country=self._desk.context.merchant.country,
            latitude=provider.latitude,
            longitude=provider.longitude,
        )
        return {
            "name": providers.name_of(provider),
            "services": await providers.services_of(provider.id),
            "areas": (base,),
        }

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "name" and not any(letter.isalpha() for letter in known["name"]):
            raise AnswerRefused("name", Prompt("booking.register.name.not_understood"))

    async def summary(self, form: RegisterForm) -> Prompt | None:
        if await self._desk.providers.find(self._desk.me) is not None:
            return None
        told, consent = _words(self._desk, form), privacy(self._desk)
        return Prompt("booking.register.summary", told, consent=consent)

    async def complete(self, form: RegisterForm) -> Outcome:
        new = NewProvider(
            name=form.name,
            services=form.services,
            areas=tuple(Area.of(place) for place in form.areas),
            base=form.areas[0],
            hours=self._desk.settings.usual_hours,
        )
        try:
            provider = await self._desk.providers.register(self._desk.me, new)
        except ProviderKnownError:
            known = await self._desk.providers.find(self._desk.me)
            return Outcome(None if known is None else _known_already(known))
        report = await self._desk.reports.file(applicant(provider, form.name))
        await tell_staff_of(self._desk.context, self._desk.reports, report)
        return Outcome(Prompt("booking.register.done", {"reference": provider.reference}))


def _known_already(provider: Provider) -> Prompt:
    return Prompt(f"booking.register.already.{ProviderStatus(provider.status)}")


def _words(desk: Desk, form: RegisterForm) -> Params:
    services = tuple(desk.service_named(one) for one in form.services)
    return {
        "name": form.name,
        "services": services[0] if len(services) == 1 else Lines(services),
        "areas": form.areas[0].name
        if len(form.areas) == 1
        else Lines(tuple(place.name for place in form.areas)),
    }
