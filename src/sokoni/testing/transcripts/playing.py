"""Plays a script: each `>` is a turn, each expectation looks through what was sent since."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeAlias

from typing_extensions import override

from sokoni.errors import AppError
from sokoni.testing.transcripts.matching import Offered, Position, Shown, find_next, labelled
from sokoni.testing.transcripts.steps import (
    NOTHING,
    Contact,
    Expect,
    File,
    Fresh,
    Location,
    Never,
    Part,
    Say,
    SayBesides,
    Script,
    SetNow,
    Spot,
    Step,
    Switch,
    Tap,
    UseMerchant,
    Wait,
    Words,
)


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice that is tapped, and the message that offers it."""

    offer: Offered
    message: Shown

    @override
    def __str__(self) -> str:
        return f"[{self.offer.label}]"


Written: TypeAlias = Words | Picked | Location | File | Contact


class Player(Protocol):
    """One merchant's server, as the contacts' phones reach it over a channel."""

    async def write(self, who: str, what: Written) -> None:
        """Hand in what a contact sends; nothing is answered yet."""

    async def settle(self) -> None:
        """Run all that is due, and let the quiet time pass."""

    async def wait(self, time: timedelta) -> None:
        """Move the clock from due time to due time, running what falls due."""

    async def sent_to(self, who: str) -> Sequence[Shown]:
        """Return everything that was ever sent to a contact, in order."""


class Stage(Protocol):
    """Where scripts are played."""

    async def player(
        self,
        merchant: str,
        *,
        now: datetime | None,
        fresh: bool,
        besides: Mapping[str, Any] = NOTHING,
    ) -> Player:
        """Return the merchant's player, its clock at the local time `now`.

        `fresh` has the merchant's demo data loaded anew; `besides` is said in its file, too, where
        its server is opened now.
        """


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that was said, for the report."""

    who: str
    text: str
    by_contact: bool


class MismatchError(AppError):
    """What was sent is not what the script expects."""

    code = "transcript_mismatch"
    http_status = 422

    def __init__(self, spot: Spot, expected: str, said: Sequence[Spoken]) -> None:
        super().__init__(f"{spot}: expected {expected}")
        self.spot = spot
        self.expected = expected
        self.said = tuple(said)


@dataclass(slots=True)
class _Window:
    """Where expectations look: what the present speaker was sent since it opened."""

    position: Position = field(default_factory=lambda: Position(0))
    last: Expect | None = None


class Performance:
    """One playing of one script."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage = stage
        self._script = script
        self._player: Player | None = None
        self._merchant = ""
        self._besides = NOTHING
        self._now: datetime | None = None
        self._fresh = False
        self._who = ""
        self._log: list[Spoken] = []
        self._forget()
        self._acts: Final[dict[type[Any], Callable[[Any], Awaitable[None]]]] = {
            UseMerchant: self._use_merchant,
            SayBesides: self._say_besides,
            SetNow: self._set_now,
            Fresh: self._start_fresh,
            Switch: self._switch,
            Say: self._say,
            Wait: self._wait,
            Expect: self._expect,
            Never: self._never,
        }

    async def play(self) -> None:
        """Go through the script; raise `MismatchError` at the first thing that differs."""
        for step in self._script.steps:
            await self._act(step)
        self._close_window()

    async def _act(self, step: Step) -> None:
        await self._acts[type(step)](step)

    # --- setting the stage ---

    async def _use_merchant(self, step: UseMerchant) -> None:
        if step.merchant != self._merchant:
            self._close_window()
            self._merchant, self._who, self._player = step.merchant, "", None

    async def _say_besides(self, step: SayBesides) -> None:
        self._besides = step.besides

    async def _set_now(self, step: SetNow) -> None:
        self._close_window()
        self._now, self._player = step.local, None

    async def _start_fresh(self, _: Fresh) -> None:
        self._close_window()
        self._fresh, self._player = True, None

    async def _ready(self) -> Player:
        """Open the stage once all that describes it was read."""
        if self._player is None:
            self._player = await self._stage.player(
                self._merchant, now=self._now, fresh=self._fresh, besides=self._besides
            )
            self._now, self._fresh = None, False
            self._forget()
            await self._open(self._player)
        return self._player

    def _forget(self) -> None:
        self._sent: dict[str, Sequence[Shown]] = {}
        self._since: dict[str, int] = {}
        """How much each had been sent when they last wrote, or time last passed."""
        self._left: dict[str, int] = {}
        self._quiet: dict[str, int] = {}
        """The same when anybody last wrote, or time last passed."""
        self._window = _Window()

    async def _open(self, player: Player) -> None:
        """Set aside what another script's playing had sent to the same contacts."""
        for who in self._script.speakers:
            self._sent[who] = await player.sent_to(who)
        self._since = self._counts()
        self._quiet = self._counts()

    # --- what contacts do ---

    async def _switch(self, step: Switch) -> None:
        await self._ready()
        if step.who == self._who:
            return
        self._close_window()
        self._left |= {self._who: len(self._sent[self._who])} if self._who else {}
        self._who = step.who
        start = max(self._since.get(step.who, 0), self._left.get(step.who, 0))
        self._window = _Window(Position(start))

    async def _say(self, step: Say) -> None:
        player = await self._ready()
        self._close_window()
        self._since[self._who] = len(self._sent[self._who])
        self._quiet = self._counts()
        self._window = _Window(Position(self._since[self._who]))
        for part in step.parts:
            written = self._written(part, step.spot)
            self._log.append(Spoken(self._who, str(written), by_contact=True))
            await player.write(self._who, written)
        await player.settle()
        await self._listen(player)

    def _written(self, part: Part, spot: Spot) -> Written:
        if not isinstance(part, Tap):
            return part
        picked = self._picked(part, spot)
        return Words(picked.offer.number) if picked.offer.number else picked

    def _picked(self, tap: Tap, spot: Spot) -> Picked:
        """Find the choice in the latest message that offers it."""
        for message in reversed(self._sent[self._who]):
            found = labelled(message.choices, tap.label)
            if len(found) == 1:
                return Picked(found[0], message)
            if found:
                raise MismatchError(spot, f"one choice that is {tap}", self._log)
        raise MismatchError(spot, f"a choice {tap}", self._log)

    async def _wait(self, step: Wait) -> None:
        player = await self._ready()
        self._close_window()
        self._since = self._counts()
        self._quiet = self._counts()
        self._window = _Window(Position(self._since.get(self._who, 0)))
        await player.wait(step.time)
        await self._listen(player)

    async def _listen(self, player: Player) -> None:
        for who in self._script.speakers:
            before = len(self._sent[who])
            self._sent[who] = await player.sent_to(who)
            self._log.extend(
                Spoken(who, message.text, by_contact=False) for message in self._sent[who][before:]
            )

    def _counts(self) -> dict[str, int]:
        return {who: len(sent) for who, sent in self._sent.items()}

    # --- what is expected ---

    async def _expect(self, step: Expect) -> None:
        await self._ready()
        found = find_next(
            self._sent[self._who],
            self._window.position,
            step.pattern,
            step.also,
            strict=step.strict,
        )
        if found is None:
            raise MismatchError(step.spot, str(step), self._log)
        self._window.position = found
        self._window.last = step

    async def _never(self, step: Never) -> None:
        await self._ready()
        since = self._quiet.get(self._who, 0)
        if any(step.pattern.fits(message) for message in self._sent[self._who][since:]):
            raise MismatchError(step.spot, str(step), self._log)

    def _close_window(self) -> None:
        """In a strict script, what came after the last match was skipped over too."""
        last = self._window.last
        if last is None or not last.strict:
            return
        if self._window.position.message + 1 < len(self._sent[self._who]):
            raise MismatchError(last.spot, f"{last}\nand nothing after it", self._log)
