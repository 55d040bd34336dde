"""How busy the key's merchant is, where contacts stand, and what goes wrong (MO-03)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import structlog
from fastapi import APIRouter
from pydantic import BaseModel

from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.dialogue.state import DialogueState
from sokoni.kit.ids import ConversationId
from sokoni.messaging.statistics import Figures, Statistics
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Reader

router = APIRouter(prefix="/stats", tags=["statistics"])
_LOOKED_AT: Final = 500
_PLACE: Final = "conversations.state"
_DECODER: Final = msgspec.json.Decoder(DialogueState)
_log = structlog.get_logger(__name__)


class Stats(BaseModel, frozen=True):
    """Counts over all time, and over the last day where it says so."""

    conversations: int
    active_in_a_day: int
    held_by_people: int
    heard_in_a_day: int
    sent_in_a_day: Mapping[str, int]
    failed_share: float
    """Of what was to be sent in a day: what failed, was cancelled or never heard of again."""
    events: Mapping[str, int]
    steps: Mapping[str, int]
    """Open tasks by the question that was last asked, of the 500 busiest conversations."""


@router.get("")
async def statistics(principal: Reader, parts: Parts, session: Reading) -> Stats:
    """Count conversations, messages and events, and tell at which step contacts stand."""
    counting = Statistics(session, principal.merchant_id, parts.clock())
    figures = await counting.figures()
    return Stats(
        conversations=figures.conversations,
        active_in_a_day=figures.active_in_a_day,
        held_by_people=figures.held_by_people,
        heard_in_a_day=figures.heard_in_a_day,
        sent_in_a_day=figures.sent_in_a_day,
        failed_share=_failed_share(figures),
        events=figures.events,
        steps=_steps(parts.vault, await counting.states(limit=_LOOKED_AT)),
    )


def _failed_share(figures: Figures) -> float:
    sent = figures.sent_in_a_day
    failed = sum(sent.get(state, 0) for state in ("failed", "cancelled", "unknown"))
    return round(failed / sum(sent.values()), 4) if sent else 0.0


def _steps(vault: Vault, sealed: Iterable[tuple[ConversationId, bytes]]) -> dict[str, int]:
    steps: Counter[str] = Counter()
    for conversation_id, state in sealed:
        step = _step(vault, conversation_id, state)
        if step:
            steps[step] += 1
    return dict(steps.most_common())


def _step(vault: Vault, conversation_id: ConversationId, sealed: bytes) -> str:
    """Return the open task and its question, "" where nothing is open or readable."""
    try:
        state = _DECODER.decode(vault.open(_PLACE, conversation_id, sealed))
    except (KeyUnknownError, TamperedError, msgspec.DecodeError) as error:
        _log.warning("state_unreadable", error=type(error).__name__)
        return ""
    if not state.drafts:
        return ""
    draft = state.drafts[-1]
    return f"{draft.task}.{draft.awaiting.lstrip('?')}" if draft.awaiting else draft.task
