"""A yes that agrees to more than the task: what is agreed to is said once, and written down."""

import msgspec

from sokoni.contacts.consent import Agreed, agree, agrees
from sokoni.dialogue.filling import Filling
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Prompt


async def asked(turn: Turn, filling: Filling, summary: Prompt) -> Prompt:
    """Return the summary, without what the contact has agreed to before."""
    consent, context = summary.consent, turn.context
    if consent is not None and await agrees(
        context.session, context.merchant.id, context.person.id, consent.purpose
    ):
        consent = None
    filling.agree_to(consent)
    return msgspec.structs.replace(summary, consent=consent)


async def given(turn: Turn, filling: Filling, outcome: Outcome) -> None:
    """Write down what the yes to the summary, or a choice, agreed to, in the words it had."""
    consent, context = filling.draft.consent or outcome.agreed, turn.context
    if consent is None:
        return
    agreed = Agreed(
        merchant_id=context.merchant.id,
        contact_id=context.person.id,
        purpose=consent.purpose,
        wording=turn.wording.phrase(consent.wording, turn.language),
        at=context.now,
    )
    await agree(context.session, context.vault, agreed)
