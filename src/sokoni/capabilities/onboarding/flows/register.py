"""Registering: asked for step by step, summed up, proven where that is wanted, kept."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from typing_extensions import override

from sokoni.capabilities.onboarding.flows.finishing import Finishing, answered
from sokoni.capabilities.onboarding.forms import ANEW, Registering, RegistrationForm
from sokoni.capabilities.onboarding.service.book import CONFIRMATION, DONE, Answered
from sokoni.capabilities.onboarding.settings import NAME, Kind, Step
from sokoni.capabilities.onboarding.wording import lines, option_label
from sokoni.dialogue.flow import AnswerRefused, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known
from sokoni.dialogue.values import loaded
from sokoni.messaging.prompts import Choice, Prompt, Start, Worded


class RegisterFlow(SimpleFlow):
    """Writes down how far the contact is, and on yes what they said."""

    name: ClassVar[str] = NAME
    form: ClassVar[type[Form]] = RegistrationForm

    def __init__(self, one: Registering, context: TurnContext) -> None:
        self._one = one
        self._context = context
        self._finishing = Finishing(one, context)
        self._book = self._finishing.book
        self._kept: Mapping[str, Any] | None = None

    @override
    async def prefill(self) -> Known:
        """Return what is kept of who is registered; who is not begins."""
        entry = await self._book.begin(self._me, self._name, self._first)
        if entry.state not in DONE:
            return {}
        self._kept = loaded(self._one.form, self._book.answers(entry))
        return self._kept

    @override
    async def check(self, slot: str, known: Known) -> None:
        step = self._one.steps.get(slot)
        if step is None:
            return
        if step.kind is Kind.CONSENT and step.required and known[slot] is False:
            raise AnswerRefused(slot, Prompt(self._one.key(slot, "not_understood")))
        await self._book.go_on(self._me, self._name, self._reached(known), self._answered(known))

    @override
    def moot(self, known: Known) -> Collection[str]:
        return self._one.moot(known)

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        step = self._one.steps.get(slot)
        if step is None:
            return ()
        if step.kind is Kind.CONSENT:
            return self._yes_or_no(step)
        return tuple(Choice(one.id, option_label(self._one, step, one)) for one in step.options)

    @override
    async def standing(self, known: Known) -> Prompt | None:
        said = lines(self._one, known)
        return Prompt(f"{NAME}.standing", {"lines": said}) if said.items else None

    async def summary(self, form: RegistrationForm) -> Prompt | None:
        known = self._known(form)
        if not form.anew and await self._is_kept(known):
            return None
        answered = self._answered(known)
        await self._book.go_on(self._me, self._name, CONFIRMATION, answered)
        return Prompt(f"{NAME}.summary", {"lines": lines(self._one, known)})

    async def complete(self, form: RegistrationForm) -> Outcome:
        known = self._known(form)
        if not form.anew and await self._is_kept(known):
            return Outcome(self._finishing.known(known, _change(self._one)))
        return await self._finishing.confirmed(known, self._answered(known))

    async def _is_kept(self, known: Known) -> bool:
        """Tell whether the contact is registered with just this."""
        entry = await self._book.find(self._me, self._name)
        if entry is None or entry.state not in DONE:
            return False
        kept = self._book.answers(entry)
        return {slot: bytes(raw) for slot, raw in kept.items()} == {
            slot: bytes(raw) for slot, raw in self._answered(known).answers.items()
        }

    def _known(self, form: RegistrationForm) -> Known:
        known = {slot: getattr(form, slot) for slot in self._one.steps}
        moot = self._one.moot(known)
        return {
            slot: value for slot, value in known.items() if value is not None and slot not in moot
        }

    def _answered(self, known: Known) -> Answered:
        return answered(self._one, known)

    def _reached(self, known: Known) -> str:
        """Return the step that is asked for next: what was passed over is not."""
        moot = self._one.moot(known)
        slots = [slot for slot in self._one.steps if slot not in moot]
        last = max((place for place, slot in enumerate(slots) if slot in known), default=-1)
        for place, slot in enumerate(slots):
            passed = place < last and self._one.steps[slot].optional
            if slot not in known and not passed:
                return slot
        return CONFIRMATION

    def _yes_or_no(self, step: Step) -> tuple[Choice, ...]:
        form = self._one.form
        return (
            Choice("yes", Worded(f"{NAME}.consent.agree"), command=form.setting(step.slot, True)),
            Choice("no", Worded(f"{NAME}.consent.refuse"), command=form.setting(step.slot, False)),
        )

    @property
    def _me(self) -> Any:  # noqa: ANN401
        return self._context.person.id

    @property
    def _name(self) -> str:
        return self._one.registration.name

    @property
    def _first(self) -> str:
        return next(iter(self._one.steps))


def _change(one: Registering) -> Choice:
    begin = Start(one.task, {ANEW: msgspec.Raw(b"true")})
    return Choice("edit", command=begin)
