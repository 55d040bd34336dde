"""The code that proves the number which somebody registers with."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import create_model
from typing_extensions import override

from sokoni.capabilities.onboarding.flows.finishing import Finishing
from sokoni.capabilities.onboarding.forms import Registering, registrations
from sokoni.capabilities.onboarding.models import State
from sokoni.capabilities.onboarding.settings import NAME
from sokoni.capabilities.onboarding.wording import plain_answers
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Known, Slot
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.verifying import VerifyFlow, VerifyForm
from sokoni.language.readers.mobile import MobileReader
from sokoni.messaging.prompts import Prompt
from sokoni.verification.proofs import Proven


class ProveFlow(VerifyFlow):
    """Finishes the registration whose number was proven; each has a class of its own."""

    name: ClassVar[str] = NAME
    purpose: ClassVar[str] = NAME
    one: ClassVar[Registering]

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        self._finishing = Finishing(self.one, context)

    @override
    async def proven(self, form: Any, proof: Proven) -> Outcome:
        return await self._finishing.proven(proof.number)

    @override
    async def details(self, known: Known) -> Mapping[str, Any]:
        return plain_answers(self.one, await self._finishing.kept())


def _flow_of(registering: Registering) -> type[ProveFlow]:
    class OwnProveFlow(ProveFlow):
        name: ClassVar[str] = registering.prove_task
        user_type: ClassVar[str] = registering.registration.user_type
        one: ClassVar[Registering] = registering

    return OwnProveFlow


def prove_task(one: Registering) -> Task | None:
    """Return the task by which a number is proven, None where nobody has to."""
    verify = one.registration.verify
    if verify is None:
        return None
    step = one.steps[verify.slot]
    reader = MobileReader(step.countries, mobile=step.mobile)
    form = create_model(
        f"{one.form.__name__}Number",
        __base__=VerifyForm,
        __doc__="Prove the phone number that you register with.",
        number=(Annotated[str, reader, Slot(early=False)], ...),
    )
    return Task(
        name=one.prove_task,
        form=form,
        make=_flow_of(one),
        offered=False,
        step_of=one.task,
    )


async def settled(context: TurnContext, proof: Proven) -> Outcome:
    """Finish what waited for staff to say that the number is the contact's."""
    declared = context.merchant.capabilities.get(NAME, {})
    for one in registrations(declared).values():
        finishing = Finishing(one, context)
        verify, known = one.registration.verify, await finishing.kept()
        waits = await finishing.state() == State.CONFIRMED
        if verify is not None and waits and known.get(verify.slot) == proof.number:
            return await finishing.proven(proof.number)
    return Outcome(Prompt("verification.proven", {"number": proof.number}))
