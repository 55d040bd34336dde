"""What follows from a yes: consents, a code, staff who approve, the word that it is done."""

from sokoni.capabilities.onboarding.forms import Registering
from sokoni.capabilities.onboarding.judging import applicant
from sokoni.capabilities.onboarding.models import Entry
from sokoni.capabilities.onboarding.service.book import Answered, RegistrationBook
from sokoni.capabilities.onboarding.settings import NAME, Kind
from sokoni.capabilities.onboarding.wording import facts_of, lines, said
from sokoni.contacts.consent import Agreed, agree
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Known
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.dialogue.values import dumped, loaded
from sokoni.dialogue.verifying import needs_code
from sokoni.kit.ids import ContactId, PhoneNumber
from sokoni.messaging.prompts import Choice, Prompt, Start, Worded
from sokoni.reviews.reports import Reports


class Finishing:
    """Finishes registrations of the turn's contact."""

    def __init__(self, one: Registering, context: TurnContext) -> None:
        self._one = one
        self._context = context
        self.book = book_of(context)

    async def confirmed(self, known: Known, answered: Answered) -> Outcome:
        """Keep what the contact said yes to, and go on with what is still missing."""
        before, verified = await self.kept(), await self._is_verified()
        await self._agree(known)
        self._rename(known)
        entry = await self.book.confirm(self._me, self._name, answered)
        verify = self._one.registration.verify
        if verify is None or known.get(verify.slot) is None:
            return await self.finished(entry, known, verified=False)
        number = PhoneNumber(str(known[verify.slot]))
        if verified and before.get(verify.slot) == number:
            return await self.finished(entry, known, verified=True)
        if not await needs_code(self._context, number, NAME, always=verify.always):
            return await self.finished(entry, known, verified=True)
        return Outcome(then=Start.knowing(self._one.prove_task, {"number": number}))

    async def proven(self, number: str) -> Outcome:
        """Finish with the number that was proven: the contact may have given another since."""
        verify, known = self._one.registration.verify, dict(await self.kept())
        if verify is not None:
            known[verify.slot] = number
        entry = await self.book.confirm(self._me, self._name, answered(self._one, known))
        return await self.finished(entry, known, verified=True)

    async def kept(self) -> Known:
        """Return what the contact's registration says."""
        entry = await self.book.find(self._me, self._name)
        return {} if entry is None else loaded(self._one.form, self.book.answers(entry))

    async def state(self) -> str:
        """Return how the contact's registration stands, "" where there is none."""
        entry = await self.book.find(self._me, self._name)
        return "" if entry is None else entry.state

    async def _is_verified(self) -> bool:
        entry = await self.book.find(self._me, self._name)
        return entry is not None and entry.verified

    @property
    def _me(self) -> ContactId:
        return self._context.person.id

    @property
    def _name(self) -> str:
        return self._one.registration.name

    async def finished(self, entry: Entry, known: Known, *, verified: bool) -> Outcome:
        """Say that it is done, or that staff have a look at it."""
        approve = self._one.registration.approve
        await self.book.settle(entry, verified=verified, approve=approve)
        if approve:
            await self._have_approved(entry, known)
            return Outcome(Prompt(f"{NAME}.pending", {"reference": entry.reference}))
        return Outcome(self._done(entry, known))

    async def _have_approved(self, entry: Entry, known: Known) -> None:
        """Have staff look at it."""
        context = self._context
        reports = Reports(context.session, context.vault, context.merchant.id, context.now)
        report = await reports.file(applicant(entry, str(self._name_in(known) or "")))
        await tell_staff_of(context, reports, report)

    def known(self, known: Known, change: Choice) -> Prompt:
        """Say what is registered to who is."""
        return self._with_link(
            Prompt(f"{NAME}.known", {"lines": lines(self._one, known)}, choices=(change,))
        )

    def _done(self, entry: Entry, known: Known) -> Prompt:
        if self._one.registration.done is None:
            return self._with_link(Prompt(f"{NAME}.done", {"reference": entry.reference}))
        params = {**said(self._one, known), "reference": entry.reference}
        return self._with_link(Prompt(self._one.key("done"), params))

    def _with_link(self, prompt: Prompt) -> Prompt:
        link = self._one.registration.link
        if link is None:
            return prompt
        label = Worded(self._one.key("link") if link.label else f"{NAME}.link")
        return Prompt(
            prompt.key, prompt.params, prompt.choices, link_url=link.url, link_label=label
        )

    def _rename(self, known: Known) -> None:
        name = self._name_in(known)
        if name:
            self._context.rename(str(name))

    def _name_in(self, known: Known) -> object:
        named = (known.get(slot) for slot, one in self._one.steps.items() if one.kind is Kind.NAME)
        return next(named, None)

    async def _agree(self, known: Known) -> None:
        """Write down what the contact agreed to, and what not."""
        context = self._context
        for slot, step in self._one.steps.items():
            if step.kind is not Kind.CONSENT or known.get(slot) is None:
                continue
            wording = (step.ask or {}).get(context.language) or next(
                iter((step.ask or {"": ""}).values())
            )
            agreed = Agreed(
                merchant_id=context.merchant.id,
                contact_id=context.person.id,
                purpose=step.purpose,
                wording=wording,
                at=context.now,
                given=bool(known[slot]),
            )
            await agree(context.session, context.vault, agreed)


def book_of(context: TurnContext) -> RegistrationBook:
    return RegistrationBook(
        context.session,
        context.vault,
        context.merchant.id,
        context.now,
        prefix=context.merchant.reference_prefix,
    )


def answered(one: Registering, known: Known) -> Answered:
    """Return what is known as it is kept."""
    values = {
        slot: raw
        for slot in one.steps
        if known.get(slot) is not None and (raw := dumped(one.form, slot, known[slot])) is not None
    }
    return Answered(answers=values, facts=facts_of(one, known))
