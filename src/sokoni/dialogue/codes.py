"""How the dialogue hears what became of codes: whether they went out, and were right."""

from collections.abc import Mapping
from datetime import UTC
from typing import Final
from uuid import UUID

import msgspec

from sokoni.dialogue.code_requests import CHECK, SEND, CheckMade, SendMade, SendWish, Went
from sokoni.dialogue.flow import Fills, Outcome, TurnContext
from sokoni.dialogue.manifest import NumberHandler
from sokoni.dialogue.verifying import VERDICT, codes_of, once, proofs_of
from sokoni.kit.phones import masked
from sokoni.messaging.events import Answer, TellStaff, Timer
from sokoni.messaging.prompts import Prompt
from sokoni.verification.codes import Judged
from sokoni.verification.models import CodeId, CodeState
from sokoni.verification.sending import Desk

_PAUSES: Final = (30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
"""Seconds until all ways are tried again, the last for ever after."""
_ROUNDS: Final = 100
"""About a day, after which it is given up."""


async def answered(context: TurnContext, answer: Answer) -> Outcome:
    """Take what became of a code, and return what the contact is told and asked."""
    if answer.outcome != "done":
        return Outcome(Prompt("verification.failed"))
    if answer.kind == CHECK:
        return await _checked(context, msgspec.json.decode(answer.data, type=CheckMade))
    return await _sent(context, msgspec.json.decode(answer.data, type=SendMade))


async def _sent(context: TurnContext, made: SendMade) -> Outcome:
    wish = made.wish
    match made.went:
        case Went.SENT if made.text:
            params = {"merchant": context.merchant.name, "code": made.text}
            return Outcome(Prompt("verification.sms", params, sms=made.number))
        case Went.SENT if wish.round:
            return Outcome(Prompt("verification.on_its_way", {"number": made.number}))
        case Went.UNKNOWN:
            return _nobody_knows(context, made)
        case Went.AWAY:
            return await _later(context, made)
        case Went.REFUSED:
            return _tell(wish.task)
        case _:
            return Outcome()


def _nobody_knows(context: TurnContext, made: SendMade) -> Outcome:
    """Have the contact ask anew, and staff look at the way: once an hour, however many it is."""
    prompt = Prompt("staff.code_unknown", {"number": masked(made.number), "way": made.way})
    hour = context.now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    context.for_staff.append(TellStaff(prompt=prompt, once=f"code_unknown:{hour}"))
    return Outcome(Prompt("verification.sent_perhaps"))


async def _later(context: TurnContext, made: SendMade) -> Outcome:
    """Try again by and by, and say so once."""
    wish = made.wish
    if made.capped:
        day = context.now.astimezone(context.merchant.zone).date().isoformat()
        told = TellStaff(prompt=Prompt("staff.codes_capped"), once=f"codes_capped:{day}")
        context.for_staff.append(told)
    if wish.round >= _ROUNDS:
        await _give_up(context, wish)
        return Outcome(Prompt("verification.failed"))
    again = msgspec.structs.replace(wish, round=wish.round + 1)
    pause = max(_PAUSES[min(wish.round, len(_PAUSES) - 1)], made.retry_after)
    context.ask(
        SEND, again, once=once(wish.code_id, wish.serial, again.round), delay_seconds=pause
    )
    return Outcome(None if wish.round else Prompt("verification.later"))


async def _give_up(context: TurnContext, wish: SendWish) -> None:
    desk = Desk(context.session, context.vault, context.merchant.id, context.now)
    await desk.ended(wish.code_id, wish.serial, CodeState.FAILED)


async def settled(
    context: TurnContext, handlers: Mapping[str, NumberHandler], timer: Timer
) -> Outcome:
    """Go on with a number of which staff said that it is the contact's."""
    found = await proofs_of(context).get(UUID(timer.data["proof"]))
    if found is None:
        return Outcome()
    proven, purpose = found
    handler = handlers.get(purpose)
    if handler is None:
        return Outcome(Prompt("verification.settled", {"number": proven.number}))
    return await handler(context, proven)


async def _checked(context: TurnContext, made: CheckMade) -> Outcome:
    judged = Judged(
        code_id=CodeId(UUID(str(made.code_id))),
        serial=made.serial,
        place=made.place,
        verdict=made.verdict,
    )
    current = await codes_of(context).judged(judged)
    return _tell(made.task) if current else Outcome()


def _tell(task: str) -> Outcome:
    """Have the task that waits look at what became of its code."""
    return Outcome(fills=Fills(task, {"code": VERDICT}))
