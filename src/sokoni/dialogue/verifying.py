"""How a task has a contact prove that a number is theirs: by a code that is sent to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.contacts.register import PHONE, find_contact
from sokoni.dialogue.code_requests import CHECK, SEND, CheckWish, SendWish
from sokoni.dialogue.flow import AnswerRefused, AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.kit.ids import PhoneNumber
from sokoni.kit.phones import masked
from sokoni.language.readers.code import AGAIN, OTHER, CodeReader
from sokoni.language.readers.phone import PhoneReader
from sokoni.messaging.prompts import Choice, Edit, Instant, Prompt, Worded
from sokoni.reviews.models import ReportKind
from sokoni.reviews.reports import NewReport, Reports
from sokoni.verification.codes import Codes, Result, Sort
from sokoni.verification.proofs import Proofs, Proven

VERDICT: Final = "?verdict"
"""Stands in the code's slot for what became of it elsewhere; nobody can type it."""
_JUST_NOW: Final = timedelta(minutes=15)


class VerifyForm(Form):
    """Prove that a phone number is yours, by the code that is sent to it."""

    number: Annotated[str, PhoneReader(), Slot(early=False)]
    code: Annotated[str, CodeReader(), Slot(early=False, editable=False, part_of="number")]


async def needs_code(
    context: TurnContext, number: PhoneNumber, purpose: str, *, always: bool = False
) -> bool:
    """Tell whether the contact has to prove the number first.

    What they write from is theirs already, and what they proved. `always`: the merchant insists.
    """
    if always:
        return True
    merchant, vault = context.merchant.id, context.vault
    own = await find_contact(context.session, merchant, PHONE, vault.hash(PHONE, number))
    if own == context.person.id:
        return False
    proof = await proofs_of(context).find(context.person.id, number, purpose)
    return proof is None or proof.contested


def codes_of(context: TurnContext) -> Codes:
    """Return the codes of the turn's contact."""
    return Codes(
        context.session, context.vault, context.merchant.id, context.person.id, context.now
    )


def proofs_of(context: TurnContext) -> Proofs:
    """Return the proofs of the turn's merchant."""
    return Proofs(context.session, context.vault, context.merchant.id, context.now)


class VerifyFlow(AtOnce, SimpleFlow):
    """Has a code sent as soon as the number is known, and ends when it was typed.

    A subclass says what it is for and what follows. Tries are counted in the turn that answers
    them, outside of what a refusal undoes: `check` runs in no savepoint.
    """

    form: ClassVar[type[Form]] = VerifyForm
    purpose: ClassVar[str]
    """A code is good for nothing else."""
    user_type: ClassVar[str] = ""
    """What a service that sends codes calls people of this kind."""

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    # --- what a subclass says -----------------------------------------------------------------

    async def proven(self, form: Any, proof: Proven) -> Outcome:  # noqa: ANN401, ARG002
        """Go on: the number is theirs."""
        return Outcome(Prompt("verification.proven", {"number": proof.number}))

    async def contested(self, form: Any, proof: Proven) -> Outcome:  # noqa: ANN401, ARG002
        """Go on where somebody else had proven the number: staff have been told."""
        return Outcome(Prompt("verification.contested"))

    async def details(self, known: Known) -> Mapping[str, Any]:  # noqa: ARG002
        """Return what a service that sends codes is told of the contact."""
        return {}

    # --- the form -----------------------------------------------------------------------------

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        if slot != "code":
            return ()
        return (
            Choice(AGAIN, Worded("verification.resend")),
            Choice("number", Worded("verification.another_number"), command=Edit("number")),
        )

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "number":
            await self._begin(known)
        elif slot == "code":
            await self._try(known)

    async def complete(self, form: Any) -> Outcome:  # noqa: ANN401 -- the subclass's form
        proof = await self._proof(form.number)
        fresh = proof is not None and proof.at > self._context.now - _JUST_NOW
        if not fresh and form.code == VERDICT:
            await self._look(PhoneNumber(form.number))
            proof = await self._proof(form.number)
        if proof is None:
            raise AnswerRefused("code", self._prompt("code"))
        if proof.contested:
            return await self.contested(form, proof)
        return await self.proven(form, proof)

    # --- asking -------------------------------------------------------------------------------

    async def _begin(self, known: Known) -> None:
        result = await self._ask(known)
        if result.sort in {Sort.TOO_MANY, Sort.ENOUGH}:
            raise AnswerRefused("number", _until(f"verification.{result.sort}", result.until))

    async def _ask(self, known: Known) -> Result:
        number, context = PhoneNumber(known["number"]), self._context
        result = await codes_of(context).ask(number, self.purpose)
        if result.sort is Sort.ASKED and result.code_id is not None:
            wish = SendWish(
                code_id=result.code_id,
                serial=result.serial,
                task=self.name,
                language=context.language,
                user_type=self.user_type,
                details=dict(await self.details(known)),
            )
            context.ask(SEND, wish, once=once(result.code_id, result.serial, 0))
        return result

    async def _again(self, known: Known) -> Prompt:
        result = await self._ask(known)
        match result.sort:
            case Sort.ASKED:
                return Prompt("verification.sent_again", {"number": known["number"]})
            case Sort.SOON:
                return self._soon(result.until)
            case _:
                return _until(f"verification.{result.sort}", result.until)

    def _soon(self, until: datetime | None) -> Prompt:
        seconds = (until - self._context.now).total_seconds() if until else 0
        return Prompt("verification.soon", {"count": max(1, round(seconds))})

    # --- trying -------------------------------------------------------------------------------

    async def _try(self, known: Known) -> None:
        number, typed = PhoneNumber(known["number"]), str(known["code"])
        if typed == AGAIN:
            raise AnswerRefused("code", await self._again(known))
        if typed == OTHER:
            raise AnswerRefused("number", self._prompt("number"))
        codes = codes_of(self._context)
        if typed == VERDICT:
            result = await codes.verdict(number, self.purpose)
        else:
            result = await codes.check(number, self.purpose, typed)
        if result.sort is Sort.RIGHT:
            await self._keep(number)
            return
        if result.sort is Sort.CHECKING:
            self._have_checked(result, typed)
        slot = "number" if result.sort in {Sort.REFUSED, Sort.TAKEN} else "code"
        raise AnswerRefused(slot, self._said(result))

    async def _look(self, number: PhoneNumber) -> None:
        """Take what was found while another task, or another number, was talked about."""
        result = await codes_of(self._context).verdict(number, self.purpose)
        if result.sort is Sort.RIGHT:
            await self._keep(number)
        elif result.sort is not Sort.NOT_SENT:
            raise AnswerRefused("code", self._said(result))

    def _have_checked(self, result: Result, typed: str) -> None:
        if result.code_id is None or result.place is None:
            return
        wish = CheckWish(
            code_id=result.code_id,
            serial=result.serial,
            place=result.place,
            task=self.name,
            code=typed,
        )
        once = f"check:{result.code_id.hex}:{result.serial}:{result.place.hex}"
        self._context.ask(CHECK, wish, once=once)

    def _said(self, result: Result) -> Prompt:
        if result.sort is Sort.WRONG:
            return Prompt("verification.wrong", {"count": result.left})
        if result.sort is Sort.TOO_MANY:
            return _until("verification.too_many_tries", result.until)
        return Prompt(f"verification.{result.sort}")

    async def _keep(self, number: PhoneNumber) -> None:
        context = self._context
        proof = await proofs_of(context).keep(context.person.id, number, self.purpose)
        if proof.contested:
            await self._have_looked_at(proof)

    async def _have_looked_at(self, proof: Proven) -> None:
        """Have staff say whose number it is; neither of the two hears of the other."""
        context = self._context
        reports = Reports(context.session, context.vault, context.merchant.id, context.now)
        report = await reports.file(
            NewReport(
                kind=ReportKind.NUMBER,
                about_id=context.person.id,
                subject=proof.id.hex,
                what=context.person.name or masked(proof.number),
                reason=self.purpose,
            )
        )
        await tell_staff_of(context, reports, report)

    async def _proof(self, number: str) -> Proven | None:
        mine = self._context.person.id
        return await proofs_of(self._context).find(mine, PhoneNumber(number), self.purpose)

    def _prompt(self, slot: str) -> Prompt:
        return Prompt(f"{self.name}.{slot}.ask")


def once(code_id: UUID, serial: int, number: int) -> str:
    """Name a request to send a code, by the round in which it is tried."""
    return f"code:{code_id.hex}:{serial}:{number}"


def _until(key: str, until: datetime | None) -> Prompt:
    at = until.isoformat() if until else ""
    return Prompt(key, {"until": Instant(at)} if at else {})
