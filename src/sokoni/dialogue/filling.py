"""One draft in hand: what is known, what is missing, and the task it is for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from sokoni.dialogue.flow import AnswerRefused, AnswerVague, Flow, TurnContext
from sokoni.dialogue.form import Form, Known
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.state import Draft, HalfPlace
from sokoni.dialogue.values import Json, dumped, loaded
from sokoni.kit.ids import RequestId
from sokoni.messaging.prompts import Consent, Prompt, Start

CONFIRM: Final = "?confirm"
EDIT: Final = "?edit"
COMING: Final = "?coming"
"""Nothing is missing but a file that is being fetched."""
FIRST_PAGE: Final = (0,)
_MOST_LATER: Final = 20
V = TypeVar("V")


class Filling:
    """A form on its way to being filled. `saved` is the draft to keep."""

    def __init__(self, task: Task, draft: Draft, context: TurnContext) -> None:
        self.task = task
        self.form: type[Form] = task.form
        self.draft = draft
        self.begun_as = draft
        """As it stood when the turn began, or when the task did."""
        self.finished = False
        self.question: Prompt | None = None
        """What to ask, once it has been put together; forgotten when anything changes."""
        self.starts: tuple[int, ...] = FIRST_PAGE
        """How many results come before each page up to the one that is wanted."""
        self.seen: frozenset[str] = frozenset()
        """Results on the last of them, where those after it are wanted."""
        self._context = context
        self._flow: Flow[Any] | None = None
        self._known: dict[str, Any] | None = None

    @property
    def flow(self) -> Flow[Any]:
        if self._flow is None:
            self._flow = self.task.make(self._context)
        return self._flow

    @property
    def known(self) -> dict[str, Any]:
        """The values as Python objects."""
        if self._known is None:
            self._known = loaded(self.form, self.draft.known)
        return self._known

    @property
    def told(self) -> dict[str, Any]:
        """The values, and what was said of others that settles too little."""
        return {**loaded(self.form, self.draft.vague), **self.known}

    @property
    def awaiting(self) -> str:
        return self.draft.awaiting

    @property
    def awaited_slot(self) -> str:
        """The slot that the open question asks for, "" where it asks something else."""
        return self.awaiting if self.form.has(self.awaiting) else ""

    def missing(self) -> str:
        """Return the next slot to ask for, "" when all is known."""
        there = {*self.known, *self.draft.skipped, *self.draft.coming, *self.moot()}
        return next((slot for slot in self.form.slots_to_ask() if slot not in there), "")

    def moot(self) -> Collection[str]:
        """Return the slots that mean nothing as things stand."""
        return self.flow.moot(self.known)

    def editable(self) -> tuple[str, ...]:
        """Return the slots that may be offered for a change."""
        asked, moot = self.form.slots_to_ask(), self.moot()
        return tuple(
            slot
            for slot in self.form.slots()
            if self.form.slot(slot).editable
            and slot not in moot
            and (slot in asked or slot in self.known)
        )

    def is_asked(self, slot: str) -> bool:
        """Tell whether the contact can be asked for it."""
        if slot in self.moot():
            return False
        return slot in self.form.slots_to_ask() or self.form.slot(slot).editable

    def differs(self, values: Json) -> bool:
        """Tell whether the draft says otherwise: then the contact means another one."""
        fresh = loaded(self.form, values)
        return any(self.known.get(slot, value) != value for slot, value in fresh.items())

    def filled(self) -> Form:
        return self.form(**self.known)

    # --- changes ----------------------------------------------------------------------------

    async def prefill(self) -> None:
        """Set what is known of the contact before a word is asked."""
        known = await self.flow.prefill()
        values = {slot: dumped(self.form, slot, value) for slot, value in known.items()}
        self.take({slot: raw for slot, raw in values.items() if raw is not None})

    def take(self, values: Json) -> tuple[str, ...]:
        """Set slots, and return those that were set, in the form's order."""
        if not values:
            return ()
        fresh = loaded(self.form, values)
        for slot in self._outdated(fresh):
            self.forget(slot)
        self.known.update(fresh)
        if self.draft.half is not None and self.draft.half.slot in fresh:
            self.keep_half(None)
        self._change(
            known={**self.draft.known, **{slot: values[slot] for slot in fresh}},
            vague=_without(self.draft.vague, *fresh),
            skipped=tuple(slot for slot in self.draft.skipped if slot not in fresh),
            misses=0,
        )
        return tuple(slot for slot in self.form.slots() if slot in fresh)

    def _outdated(self, fresh: Known) -> list[str]:
        """Return the slots that said more of what now is something else."""
        wholes = ((slot, self.form.slot(slot).part_of) for slot in self.known)
        return [
            slot
            for slot, whole in wholes
            if slot not in fresh
            and whole in fresh
            and self.known.get(whole, fresh[whole]) != fresh[whole]
        ]

    def forget(self, slot: str) -> None:
        self.known.pop(slot, None)
        self._change(known=_without(self.draft.known, slot))

    def leave_open(self, slot: str) -> None:
        """Ask for a slot again, and keep what was said of it: the next answer completes it."""
        said = self.draft.known.get(slot)
        if said is not None:
            self.forget(slot)
            self._change(vague={**self.draft.vague, slot: said})

    def put_back(self, refused: AnswerRefused) -> None:
        """Take back a value that cannot be used; what settles too little is kept beside."""
        if isinstance(refused, AnswerVague):
            self.leave_open(refused.slot)
        else:
            self.forget(refused.slot)

    def half_of(self, slot: str) -> HalfPlace | None:
        """Return what the contact has told so far of a place that nobody knows."""
        half = self.draft.half
        return half if half is not None and half.slot == slot else None

    def keep_half(self, half: HalfPlace | None) -> None:
        self.draft = msgspec.structs.replace(self.draft, half=half)

    def skip(self, slot: str) -> None:
        self.expect_no_more(slot)
        self._change(skipped=(*self.draft.skipped, slot), misses=0)

    def expect(self, slot: str, request_id: RequestId) -> None:
        """Wait for a file; what was there stays until it comes."""
        skipped = tuple(name for name in self.draft.skipped if name != slot)
        coming = {**self.draft.coming, slot: str(request_id)}
        self._change(coming=coming, skipped=skipped, misses=0)

    def expect_no_more(self, slot: str) -> None:
        if slot in self.draft.coming:
            self._change(coming=_without(self.draft.coming, slot))

    def agree_to(self, consent: Consent | None) -> None:
        """Remember what a yes to the summary agrees to besides."""
        if consent != self.draft.consent:
            self.draft = msgspec.structs.replace(self.draft, consent=consent)

    def follow_with(self, later: Sequence[Start]) -> None:
        """Remember what comes after it."""
        if later:
            self.draft = msgspec.structs.replace(
                self.draft, later=(*self.draft.later, *later)[:_MOST_LATER]
            )

    def wait_for(self, awaited: str, question: Prompt | None = None) -> None:
        """Open a question; `question` where it is not the slot's usual one."""
        if awaited != self.awaiting:
            self._change(awaiting=awaited, since=self._context.now, misses=0)
        self.question = question
        if self.form.has(awaited) and self.draft.asked[-1:] != (awaited,):
            self.draft = msgspec.structs.replace(self.draft, asked=(*self.draft.asked, awaited))

    def asked_before(self) -> str:
        """Return the slot asked for before the open question, and step back to it."""
        asked = list(self.draft.asked)
        if asked and asked[-1] == self.awaiting:
            asked.pop()
        if not asked:
            return ""
        self._change(asked=tuple(asked))
        return asked[-1]

    def missed(self) -> None:
        """Count an answer that was not understood, and say so when asking again."""
        self._change(misses=self.draft.misses + 1)
        if self.awaited_slot:
            self.question = Prompt(f"{self.task.name}.{self.awaiting}.not_understood")

    def _change(self, **fields: Any) -> None:  # noqa: ANN401 - the draft's own fields
        self.draft = msgspec.structs.replace(self.draft, **fields)
        self.question = None


def _without(values: Mapping[str, V], *slots: str) -> dict[str, V]:
    return {name: value for name, value in values.items() if name not in slots}
