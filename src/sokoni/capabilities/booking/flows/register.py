"""Registering as a provider: who, what, where; staff look before anybody finds them."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from annotated_types import MinLen
from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.flows.kinds import DeskFlow, service_choices
from sokoni.capabilities.booking.judging import applicant
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.reading import SERVICE
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.providers import NewProvider
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import privacy, several_told
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.several import SeveralReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Choice, Params, Prompt


class RegisterForm(Form):
    """Register as somebody who does jobs."""

    name: Annotated[str, TextReader(shortest=2, longest=60), Slot(early=False)]
    services: Annotated[tuple[str, ...], SeveralReader(TermReader(SERVICE), taken=True), MinLen(1)]
    areas: Annotated[tuple[KnownPlace, ...], SeveralReader(PlaceReader()), MinLen(1)]


class RegisterFlow(DeskFlow):
    """Has the contact wait for staff as a provider."""

    name: ClassVar[str] = "booking.register"
    form: ClassVar[type[RegisterForm]] = RegisterForm

    @override
    async def prefill(self) -> Known:
        """Ask nothing of who is a provider already: they are told so at once."""
        provider = await self._known()
        if provider is None or _may_apply(provider):
            return {}
        merchant, name = self._desk.context.merchant, provider.place_name
        where = (provider.latitude, provider.longitude)
        base = KnownPlace(provider.place_id, name, name, merchant.country, *where)
        return {
            "name": self._desk.providers.name_of(provider),
            "services": await self._desk.providers.services_of(provider.id),
            "areas": (base,),
        }

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        if slot != "services":
            return ()
        services, setting = self._desk.settings.trades, RegisterForm.setting
        return service_choices(self._desk, services, lambda one: setting(slot, (one,)))

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "name" and not any(letter.isalpha() for letter in known["name"]):
            raise AnswerRefused("name", Prompt("booking.register.name.not_understood"))

    async def summary(self, form: RegisterForm) -> Prompt | None:
        provider = await self._known()
        if provider is not None and not _may_apply(provider):
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
        known = await self._known()
        if known is not None and not _may_apply(known):
            return Outcome(Prompt(f"booking.register.already.{ProviderStatus(known.status)}"))
        provider = await self._applied(known, new)
        report = await self._desk.reports.file(applicant(provider, form.name))
        await tell_staff_of(self._desk.context, self._desk.reports, report)
        return Outcome(Prompt("booking.register.done", {"reference": provider.reference}))

    async def _applied(self, known: Provider | None, new: NewProvider) -> Provider:
        providers = self._desk.providers
        if known is None:
            return await providers.register(self._desk.me, new)
        await providers.apply_again(known, new)
        return known

    async def _known(self) -> Provider | None:
        return await self._desk.providers.find(self._desk.me)


def _may_apply(provider: Provider) -> bool:
    """Tell whether staff may look at the provider once more."""
    return provider.status == ProviderStatus.REJECTED


def _words(desk: Desk, form: RegisterForm) -> Params:
    return {
        "name": form.name,
        "services": several_told(map(desk.service_named, form.services)),
        "areas": several_told(place.name for place in form.areas),
    }
