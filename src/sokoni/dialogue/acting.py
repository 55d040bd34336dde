"""Applies commands to the open drafts: the only place where a command becomes something done."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from sokoni.dialogue.filling import CONFIRM, Filling
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.menus import answers, tapped
from sokoni.dialogue.progress import Progress
from sokoni.dialogue.repairs import Repairs
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.values import dumped
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.prompts import (
    Ask,
    Back,
    Cancel,
    Choice,
    Command,
    Confirm,
    Deny,
    Edit,
    Greet,
    HandOver,
    Help,
    Lines,
    Menu,
    More,
    OptIn,
    OptOut,
    Page,
    Pick,
    Prompt,
    Remark,
    Repeat,
    Restart,
    Resume,
    SetSlots,
    Skip,
    Speak,
    Start,
    Thank,
    Worded,
)

Repair: TypeAlias = (
    Confirm
    | Deny
    | Edit
    | Back
    | Skip
    | Cancel
    | Restart
    | Repeat
    | Menu
    | Help
    | Greet
    | Thank
    | Remark
)

_WAYS: Final = ("phone", "email", "web", "hours")
OPTED_OUT: Final = "dialogue.opted_out"
_OF_A_QUESTION: Final = (Confirm, Deny, Skip, Back, Edit, SetSlots)
"""What means something only while its task is open."""

_OF_THE_LATEST: Final = (Confirm, Deny, Skip)
"""And what means something only as long as the question is the same."""

_BY_ID: Final[Mapping[str, Command]] = {"yes": Confirm(), "no": Deny(), "edit": Edit()}
"""What the usual answers to a summary mean where a flow words them itself."""


class Acting:
    """One turn's hands."""

    def __init__(self, turn: Turn, progress: Progress) -> None:
        self._turn = turn
        self._progress = progress
        self._repairs = Repairs(turn, progress)

    async def apply(self, command: Command) -> None:
        match command:
            case Pick(option_id):
                await self._pick(option_id)
            case Start():
                self._progress.announce_after(command)
                await self._start(command)
            case SetSlots() if (top := self._turn.top) is not None:
                self._progress.follow_with(top, command.later)
                await self._progress.take(top, command.slots, command.unclear)
            case Ask() | SetSlots():
                await self._puzzled(asked=isinstance(command, Ask) and command.asked)
            case Page() | More():
                await self._leaf(command)
            case Speak(language):
                self._speak(language)
            case HandOver() | Resume() | OptOut() | OptIn():
                await self._wish(command)
            case _:
                await self._repair(command)

    async def carry_on(self, outcome: Outcome) -> None:
        """Say what came of something that no task asked for, and go on with what follows."""
        if outcome.prompt is not None:
            self._turn.say(outcome.prompt)
        self._turn.ask = True
        if outcome.then is not None:
            await self._start(outcome.then)

    async def take_in(self, outcome: Outcome) -> None:
        """Say what came from outside, and give it to the task that waits for it."""
        if outcome.prompt is not None:
            self._turn.unasked = True
            self._turn.say(outcome.prompt)
        if outcome.fills is not None:
            await self._progress.fill(outcome.fills)
        if outcome.then is not None:
            await self._start(outcome.then)

    async def _repair(self, command: Repair) -> None:  # noqa: C901, PLR0912 - one per command
        repairs = self._repairs
        match command:
            case Confirm():
                await repairs.confirm()
            case Deny():
                await repairs.deny()
            case Edit(slot):
                await repairs.edit(slot)
            case Back():
                await repairs.back()
            case Skip():
                await repairs.skip()
            case Cancel():
                await repairs.cancel()
            case Restart():
                await repairs.restart()
            case Repeat():
                await repairs.repeat()
            case Menu():
                repairs.menu()
            case Help(slot):
                repairs.help(slot)
            case Greet():
                await repairs.greet()
            case Thank():
                repairs.thank()
            case Remark():
                repairs.remark()

    async def _start(self, start: Start) -> None:
        if not await self._progress.start(start):
            await self._puzzled()

    async def _puzzled(self, *, asked: bool = False) -> None:
        top = self._turn.top
        if top is not None and asked:
            self._repairs.cannot_answer(top)
        elif top is not None:
            self._repairs.miss(top)
        else:
            await self._repairs.puzzled(self._turn.likely)

    # --- picking ------------------------------------------------------------------------------

    async def _pick(self, option_id: str) -> None:
        """Take a choice. Its id came from outside: only what was offered counts."""
        offered = tapped(self._turn.menus, option_id)
        if offered is None:
            self.gone()
            return
        command = offered.choice.command
        if command is None:
            await self._plain(offered.menu, offered.choice)
        elif isinstance(command, Page):
            await self._page(offered.menu, command.number)
        elif isinstance(command, Pick) or self._is_over(offered.menu, command):
            self.gone()
        elif isinstance(command, Start):
            # What comes after it was said when it was offered.
            await self._start(command)
        else:
            await self.apply(command)

    async def _plain(self, menu: MenuShown, choice: Choice) -> None:
        """Answer the open question with a choice of its own."""
        top = self._turn.top
        if top is None or not answers(menu, top.task.name, top.awaiting):
            self.gone()
        elif top.awaiting == CONFIRM and choice.id in _BY_ID and self._on_screen(menu, top):
            await self.apply(_BY_ID[choice.id])
        elif top.awaited_slot:
            raw = dumped(top.form, top.awaiting, choice.id)
            values = {} if raw is None else {top.awaiting: raw}
            await (self._progress.take(top, values) if values else self.apply(Ask()))
        else:
            self.gone()

    def _is_over(self, menu: MenuShown, command: Command) -> bool:
        """Tell whether the choice belongs to a question that nobody asks any more."""
        top = self._turn.top
        if not isinstance(command, _OF_A_QUESTION):
            return False
        if top is None or menu.task != top.task.name:
            return True
        return isinstance(command, _OF_THE_LATEST) and not self._on_screen(menu, top)

    def _on_screen(self, menu: MenuShown, top: Filling) -> bool:
        """Tell whether the menu still says what the open question says."""
        if not answers(menu, top.task.name, top.awaiting):
            return False
        latest = next(
            one for one in reversed(self._turn.menus) if answers(one, top.task.name, top.awaiting)
        )
        return latest.summary == menu.summary

    async def _leaf(self, command: Page | More) -> None:
        """Turn a page of the list that is meant, if it has one."""
        if isinstance(command, More):
            self._turn.say(Prompt("dialogue.no_more"))
            self._turn.ask = True
            return
        menu = next((one for one in self._turn.menus if one.id == command.menu), None)
        if menu is None:
            self.gone()
        else:
            await self._page(menu, command.number)

    async def _page(self, menu: MenuShown, number: int) -> None:
        top = self._turn.top
        if menu.listed is not None:
            shown = (choice.id for choice in menu.choices)
            if not await self._repairs.leaf(menu.listed, number, shown):
                self.gone()
        elif top is not None and answers(menu, top.task.name, top.awaiting):
            self._turn.ask, self._turn.page = True, number
        elif menu.prompt is not None:
            self._turn.said.append(Saying(menu.prompt, menu.task, menu.slot, number))

    def gone(self) -> None:
        """Say that the choice is no longer there, and show where we are."""
        if self._turn.top is None:
            self._repairs.offer("dialogue.choice_gone")
        else:
            self._turn.say(Prompt("dialogue.choice_gone_here"))
            self._turn.ask = True

    # --- wishes that the worker fulfils -------------------------------------------------------

    async def _wish(self, command: HandOver | Resume | OptOut | OptIn) -> None:
        match command:
            case HandOver():
                self._turn.wishes.hand_over = True
                self._turn.say(_handed_over(self._turn.context.merchant))
            case Resume():
                await self._resume()
            case OptOut():
                self._opt_out()
            case OptIn():
                await self._opt_in()

    async def _resume(self) -> None:
        """Say so, and what was asked before a person took over, be it of a task or not."""
        turn = self._turn
        turn.wishes.resume = True
        turn.say(Prompt("dialogue.resumed"))
        turn.ask = True
        if turn.top is None:
            asking = [prompt for prompt in turn.state.last if _asks(prompt)]
            await self._repairs.say_again(asking)

    def _opt_out(self) -> None:
        """Send no more; who says so again right after it was confirmed gets no more either."""
        wishes = self._turn.wishes
        if self._turn.context.person.opted_out and not wishes.opt_in and self._confirmed():
            self._turn.said.clear()
            return
        wishes.opt_out, wishes.opt_in = True, False
        self._turn.fillings.clear()
        self._turn.said.clear()
        self._turn.say(Prompt(OPTED_OUT))

    def _confirmed(self) -> bool:
        return any(prompt.key == OPTED_OUT for prompt in self._turn.state.last)

    async def _opt_in(self) -> None:
        wishes = self._turn.wishes
        if not self._turn.context.person.opted_out and not wishes.opt_out:
            await self._repairs.greet()
            return
        wishes.opt_out, wishes.opt_in = False, True
        self._turn.fillings.clear()
        self._repairs.offer("dialogue.opted_in")

    def _speak(self, language: str) -> None:
        self._turn.ask = True
        if language not in self._turn.context.merchant.languages:
            self._turn.say(Prompt("dialogue.language_unknown"))
            return
        self._turn.speak(language)
        self._turn.say(Prompt("dialogue.language_changed"))


def _handed_over(merchant: MerchantProfile) -> Prompt:
    """Say that a person comes, and how else the merchant is reached."""
    told = merchant.support or {}
    ways = [Worded(f"dialogue.support.{one}", {one: told[one]}) for one in _WAYS if told.get(one)]
    if not ways:
        return Prompt("dialogue.handed_over")
    return Prompt("dialogue.handed_over.support", {"ways": Lines(tuple(ways))})


def _asks(prompt: Prompt) -> bool:
    """Tell whether it offers something, other than the person who has just been there."""
    commands = [choice.command for choice in prompt.choices]
    offers = bool(commands) and not any(isinstance(one, HandOver) for one in commands)
    return offers or prompt.listed is not None
