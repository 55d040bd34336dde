"""One merchant's dialogue: everything that waited goes in, one answer comes out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from sokoni.channels.base import Limits
from sokoni.channels.inbound import Message
from sokoni.dialogue import codes, paid, timing
from sokoni.dialogue.acting import Acting
from sokoni.dialogue.cards import CARD
from sokoni.dialogue.cataloguing import as_catalogued
from sokoni.dialogue.code_requests import KINDS as CODE_KINDS
from sokoni.dialogue.corrections import Corrections
from sokoni.dialogue.fetching import FETCH
from sokoni.dialogue.files import Files
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.heard import Heard, Said
from sokoni.dialogue.hearing import SILENT, Hearing
from sokoni.dialogue.journeys import marks
from sokoni.dialogue.learning import classifier_of
from sokoni.dialogue.locating import LOCATE
from sokoni.dialogue.manifest import Capability, terms_of
from sokoni.dialogue.payment_requests import KINDS, POLL
from sokoni.dialogue.progress import Progress
from sokoni.dialogue.remembering import remembered
from sokoni.dialogue.rendering import Rendered, Rendering
from sokoni.dialogue.saying import Saying, offered_once
from sokoni.dialogue.state import VERSION, DialogueState
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import folders, names_of, names_of_slot, triggers_of
from sokoni.dialogue.turn import Turn, begun
from sokoni.dialogue.understanding import Understanding
from sokoni.dialogue.view import View
from sokoni.dialogue.worded import wording_of
from sokoni.dialogue.wording import Wording
from sokoni.language.catalogues import Catalogues
from sokoni.language.classify import Classifier
from sokoni.language.reading import KnownPlaces, Scene
from sokoni.language.words import words_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import Answer, Tell, Timer
from sokoni.messaging.prompts import Prompt
from sokoni.payments.base import Report
from sokoni.verification.proofs import SETTLED

_MORE_MAY_COME: Final = frozenset(
    {"text", "image", "video", "audio", "document", "sticker", "unsupported"}
)
"""What contacts send in bursts: lines, the pictures of an album, one voice note after another."""


class _Hands(NamedTuple):
    """What takes what was heard in one turn."""

    acting: Acting
    hearing: Hearing
    files: Files


class MerchantDialogue:
    """Answers for one merchant. Holds no conversation: the state does."""

    def __init__(
        self,
        profile: MerchantProfile,
        capabilities: Sequence[Capability],
        catalogues: Catalogues,
        classifier: Classifier | None = None,
        *,
        places: KnownPlaces,
    ) -> None:
        self._profile = profile
        self._places = places
        self._folders = folders(capabilities)
        self.patient = frozenset({timing.TIMER}).union(*(one.patient for one in capabilities))
        """Timers of which nobody needs to hear in the night."""
        self._tasks = Tasks(capabilities, profile.name, profile.greets_with)
        self._handlers = self._tasks.payments
        self._terms = terms_of(capabilities, profile)
        self._wording = wording_of(profile, capabilities, catalogues)
        self._rendering = Rendering(self._wording, profile.name)
        self._understanding = Understanding(
            self._tasks,
            triggers_of(self._folders, names_of(self._terms)),
            Corrections(self._labels_of),
            classifier or classifier_of(capabilities),
            [words_of(one).folded for one in profile.stop_words],
        )

    @property
    def wording(self) -> Wording:
        """What it says, the merchant's own words among it."""
        return self._wording

    async def respond(
        self,
        state: DialogueState,
        heard: Sequence[Heard],
        context: TurnContext,
        limits: Limits,
    ) -> Said:
        """Take everything that waited, in order, and answer it once."""
        context.scene = replace(context.scene, terms=self._terms)
        context.leaves = self._tasks.leaves
        turn = begun(_current(state), context, self._tasks, limits, self._wording)
        timing.let_go(turn)
        progress = Progress(turn)
        files = Files(turn, progress)
        acting = Acting(turn, progress)
        hearing = Hearing(turn, self._understanding, acting, files)
        hands = _Hands(acting, hearing, files)
        if any(isinstance(one, Message) and one.kind not in SILENT for one in heard):
            await timing.welcome_back(turn)
        for number, one in enumerate(heard, 1):
            progress.begin()
            await self._take(turn, hands, one)
            if turn.wishes.hand_over:
                break
            if number < len(heard):
                await self._foresee(turn, progress)
        await files.settle()
        return await self._answer(turn, progress, limits)

    def settles_at_once(self, state: DialogueState, message: Message) -> bool:
        """Tell whether the message needs no quiet time."""
        if message.choice_id or message.kind not in _MORE_MAY_COME:
            return True
        if message.kind != "text":
            return False
        view = self._glance(_current(state), message)
        return self._understanding.settles_at_once(view, words_of(message.text))

    # --- what was heard -----------------------------------------------------------------------

    async def _take(self, turn: Turn, hands: _Hands, heard: Heard) -> None:
        match heard:
            case Message():
                await hands.hearing.take(heard)
            case Tell():
                turn.trace.append("told")
                await self._told(turn, hands, heard)
            case Timer():
                await self._due(turn, hands, heard)
            case Report():
                self._paid(turn, await paid.heard(turn.context, self._handlers, heard))
            case Answer():
                await self._answered(turn, hands, heard)

    async def _answered(self, turn: Turn, hands: _Hands, answer: Answer) -> None:
        """Give what the outside world said to whoever asked."""
        match answer.kind:
            case kind if kind == FETCH:
                await hands.files.answered(answer)
            case kind if kind == CARD:
                await hands.hearing.read(answer)
            case kind if kind == LOCATE:
                await hands.hearing.located(answer)
            case kind if kind in CODE_KINDS:
                turn.trace.append(f"answer:{kind}")
                await hands.acting.take_in(await codes.answered(turn.context, answer))
            case kind if kind in KINDS:
                said = await paid.answered(turn.context, self._handlers, answer)
                self._paid(turn, *said)
            case _:
                await self._handed(turn, hands.acting, answer)

    async def _handed(self, turn: Turn, acting: Acting, answer: Answer) -> None:
        turn.trace.append(f"answer:{answer.kind}")
        handler = self._tasks.answers.get(answer.kind)
        came = None if handler is None else await handler(turn.context, answer)
        if isinstance(came, Outcome):
            await acting.take_in(came)
        elif came is not None:
            turn.say(came)

    def _paid(self, turn: Turn, *prompts: Prompt | None) -> None:
        """Say what came of what was said of a payment."""
        turn.trace.append("payment")
        for prompt in prompts:
            if prompt is not None:
                turn.unasked = True
                turn.say(prompt)

    async def _told(self, turn: Turn, hands: _Hands, tell: Tell) -> None:
        if tell.instead is not None:
            turn.context.waiting = {one.task.name: one.awaiting for one in turn.fillings}
            await self._due(turn, hands, tell.instead)
            return
        turn.unasked = True
        turn.say(tell.prompt)

    async def _due(self, turn: Turn, hands: _Hands, timer: Timer) -> None:
        turn.trace.append(f"timer:{timer.name}")
        if timer.name == timing.TIMER:
            timing.recall(turn)
            return
        if timer.name == POLL:
            paid.poll(turn.context, timer)
            return
        if timer.name == SETTLED:
            settled = await codes.settled(turn.context, self._tasks.numbers, timer)
            await hands.acting.take_in(settled)
            return
        handler = self._tasks.timers.get(timer.name)
        prompt = None if handler is None else await handler(turn.context, timer)
        if prompt is not None:
            turn.unasked = True
            turn.say(prompt)

    async def _foresee(self, turn: Turn, progress: Progress) -> None:
        """Let the next line of a burst answer a question that nobody has seen yet."""
        top = turn.top
        question = await progress.question() if top is not None and turn.ask else None
        if top is None or question is None or not question.choices or not top.awaited_slot:
            return
        saying = Saying(question, top.task.name, top.awaiting)
        language = turn.language or self._profile.language
        turn.menus.append(self._rendering.menu(saying, language, turn.context.now))

    # --- what is answered ---------------------------------------------------------------------

    async def _answer(self, turn: Turn, progress: Progress, limits: Limits) -> Said:
        said = await self._sayings(turn, progress)
        sayings = await as_catalogued(said, limits, turn.context)
        rendered: Rendered | None = None
        if sayings:
            language = turn.language or self._profile.language
            rendered = self._rendering.render(sayings, language, limits, turn.context.now)
        state = remembered(turn, sayings, rendered.menus if rendered else ())
        wishes = turn.wishes
        return Said(
            state=state,
            neutral=rendered.neutral if rendered else None,
            contents=rendered.contents if rendered else (),
            prompts=tuple(saying.prompt for saying in sayings),
            language=turn.language,
            hand_over=wishes.hand_over,
            resume=wishes.resume,
            opt_out=wishes.opt_out,
            opt_in=wishes.opt_in,
            wake_at=timing.wake_at(state, self._profile),
            trace=",".join(turn.trace),
            marks=marks(turn),
        )

    async def _sayings(self, turn: Turn, progress: Progress) -> list[Saying]:
        """Return what was said, and the open question once, at the end."""
        silent = not turn.ask or turn.wishes.hand_over or turn.wishes.opt_out
        question = None if silent else await progress.question()
        top = turn.top
        if question is None or top is None:
            return offered_once(turn.said)
        before = [saying for saying in turn.said if saying.prompt != question]
        return offered_once([*before, Saying(question, top.task.name, top.awaiting, turn.page)])

    # --- what it knows of a conversation ------------------------------------------------------

    def _glance(self, state: DialogueState, message: Message) -> View:
        draft = state.drafts[-1] if state.drafts else None
        task = self._tasks.find(draft.task) if draft is not None else None
        profile = self._profile
        scene = Scene(
            languages=profile.languages,
            country=profile.country,
            currency=profile.currency,
            now=message.sent_at.astimezone(profile.zone),
            places=self._places,
            terms=self._terms,
        )
        view = View(scene=scene, now=message.sent_at, menus=state.menus, person_at=state.person_at)
        if draft is None or task is None:
            return view
        return replace(
            view,
            task=task.name,
            form=task.form,
            awaiting=draft.awaiting,
            known=draft.known,
            question_last=state.question_last,
        )

    def _labels_of(self, task: str, slot: str) -> tuple[str, ...]:
        key, names = f"{task}.{slot}.label", tuple(names_of_slot(self._folders, task, slot))
        if not self._wording.has(key):
            return names
        labels = (self._wording.text(key, {}, one) for one in self._profile.languages)
        return (*labels, *names)


def _current(state: DialogueState) -> DialogueState:
    """Start anew where the state is another version's."""
    return state if state.version == VERSION else DialogueState()
