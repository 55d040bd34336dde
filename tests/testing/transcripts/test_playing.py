"""Where expectations look, and what a mismatch tells."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from sokoni.testing.transcripts.matching import Offered, Shown
from sokoni.testing.transcripts.parsing import parse_script
from sokoni.testing.transcripts.playing import (
    MismatchError,
    Performance,
    Picked,
    Player,
    Stage,
    Written,
)
from sokoni.testing.transcripts.report import mismatch, passed

A, B = "+1", "+2"
Answer = Callable[[str, str], Sequence[tuple[str, Shown]]]


class Parrot(Player):
    """A server that answers by rule: who said what, to whom goes what."""

    def __init__(self, answer: Answer) -> None:
        self.turns: list[list[str]] = []
        self.picked: list[Picked] = []
        self.waited: list[timedelta] = []
        self._answer = answer
        self._unanswered: list[tuple[str, str]] = []
        self._sent: list[tuple[str, Shown]] = []

    @override
    async def write(self, who: str, what: Written) -> None:
        self._unanswered.append((who, str(what)))
        if isinstance(what, Picked):
            self.picked.append(what)

    @override
    async def settle(self) -> None:
        self.turns.append([text for _, text in self._unanswered])
        for who, text in self._unanswered:
            self._sent += self._answer(who, text)
        self._unanswered = []

    @override
    async def wait(self, time: timedelta) -> None:
        self.waited.append(time)
        self._sent += self._answer("", f"wait {time}")

    @override
    async def sent_to(self, who: str) -> Sequence[Shown]:
        return [message for to, message in self._sent if to == who]


class OneStage(Stage):
    """Remembers how it was asked for its only player."""

    def __init__(self, player: Player) -> None:
        self.asked: list[tuple[str, datetime | None, bool]] = []
        self._player = player

    @override
    async def player(
        self, merchant: str, *, now: datetime | None, fresh: bool, besides: object = None
    ) -> Player:
        self.asked.append((merchant, now, fresh))
        return self._player


def echo(who: str, text: str) -> Sequence[tuple[str, Shown]]:
    return [(who, Shown(f"You said {text}"))] if who else []


def both(who: str, text: str) -> Sequence[tuple[str, Shown]]:
    """Tell everyone; time passing tells everyone too."""
    return [(each, Shown(f"{who or 'clock'}: {text}")) for each in (A, B)]


def three(who: str, text: str) -> Sequence[tuple[str, Shown]]:
    return [(who, Shown(each)) for each in ("first", "second", "third")]


def menu(who: str, text: str) -> Sequence[tuple[str, Shown]]:
    offered = {
        "old": (Offered("Yes", "old-yes"), Offered("No", "old-no")),
        "new": (Offered("Yes", "new-yes"),),
        "many": (Offered("Tendai Moyo", "1"), Offered("Tendai Dube", "2"), Offered("Pay", "")),
    }
    body = "Pick\n1. Tea\n2. Coffee, black" if text == "numbers" else "Pick"
    return [(who, Shown(body, offered.get(text, ())))]


async def play(text: str, answer: Answer = echo) -> Parrot:
    player = Parrot(answer)
    await Performance(OneStage(player), parse_script(f"merchant: m\n{text}", "a.chat")).play()
    return player


async def mismatched(text: str, answer: Answer = echo) -> MismatchError:
    with pytest.raises(MismatchError) as caught:
        await play(text, answer)
    return caught.value


async def test_each_line_is_a_turn_and_a_burst_is_one() -> None:
    player = await play(f"@{A}\n> one\n>+ two\n> three\n")

    assert player.turns == [["one", "two"], ["three"]]


async def test_only_what_came_since_the_last_line_counts() -> None:
    await play(f"@{A}\n> one\n> two\n<~ said two\n")

    error = await mismatched(f"@{A}\n> one\n> two\n<~ said one\n")

    assert error.spot.line == 5


async def test_matches_go_on_where_the_last_ended() -> None:
    await play(f"@{A}\n> x\n<~ first\n<~ third\n", three)

    assert (await mismatched(f"@{A}\n> x\n<~ third\n<~ first\n", three)).spot.line == 5
    assert (await mismatched(f"@{A}\n> x\n<~ first\n<~ first\n", three)).spot.line == 5


async def test_strict_skips_nothing_before_between_or_after() -> None:
    await play(f"strict\n@{A}\n> x\n< first\n< second\n< third\n", three)

    assert (await mismatched(f"strict\n@{A}\n> x\n<~ second\n", three)).spot.line == 5
    assert (await mismatched(f"strict\n@{A}\n> x\n<~ first\n<~ third\n", three)).spot.line == 6
    assert (await mismatched(f"strict\n@{A}\n> x\n<~ first\n> y\n", three)).spot.line == 5
    assert (await mismatched(f"strict\n@{A}\n> x\n<~ first\n", three)).spot.line == 5


async def test_strict_asks_nothing_where_nothing_is_expected() -> None:
    await play(f"strict\n@{A}\n> x\n> y\n", three)


async def test_someone_never_there_sees_everything_sent_to_them() -> None:
    await play(f"@{A}\n> one\n> two\n@{B}\n<~ one\n<~ two\n", both)


async def test_someone_who_was_left_sees_what_came_since() -> None:
    text = f"@{A}\n> one\n@{B}\n> two\n@{A}\n"

    await play(f"{text}<~ two\n", both)

    assert (await mismatched(f"{text}<~ one\n", both)).spot.line == 7


async def test_what_came_before_they_were_left_is_over_even_if_unread() -> None:
    text = f"@{A}\n> one\n@{B}\n> two\n@{A}\n<~ two\n@{B}\n@{A}\n"

    assert (await mismatched(f"{text}<~ two\n", both)).spot.line == 10


async def test_naming_who_speaks_already_changes_nothing() -> None:
    await play(f"@{A}\n> x\n<~ first\n@{A}\n<~ second\n", three)


async def test_waiting_opens_a_new_window_for_everyone() -> None:
    text = f"@{A}\n> one\nwait 2h\n"

    player = await play(f"{text}<~ clock: wait 2:00\n@{B}\n<~ clock\n", both)

    assert player.waited == [timedelta(hours=2)]
    assert (await mismatched(f"{text}<~ one\n", both)).spot.line == 5
    assert (await mismatched(f"{text}@{B}\n<~ one\n", both)).spot.line == 6


async def test_time_may_pass_before_anybody_speaks() -> None:
    await play(f"wait 2h\n@{A}\n<~ clock: wait 2:00\n", both)


async def test_what_must_not_be_said_looks_at_all_since_the_last_line_or_wait() -> None:
    await play(f"@{A}\n> one\n> two\n<~ two\n!~ one\n", both)
    await play(f"@{A}\n> one\n@{B}\n> two\n@{A}\n!~ one\n", both)
    await play(f"@{A}\n> one\nwait 1h\n!~ one\n", both)

    assert (await mismatched(f"@{A}\n> x\n<~ third\n!~ first\n", three)).spot.line == 5
    assert (await mismatched(f"@{A}\n> one\n@{B}\n!? o.e\n", both)).spot.line == 5


async def test_a_tap_takes_the_choice_from_the_latest_message_that_has_it() -> None:
    player = await play(f"@{A}\n> old\n> new\n> [yes]\n> [No]\n> [n]\n", menu)

    assert [picked.offer.id for picked in player.picked] == ["new-yes", "old-no", "old-no"]


async def test_a_line_of_a_numbered_text_is_picked_by_its_number() -> None:
    player = await play(f"@{A}\n> numbers\n<~ pick\n&[Tea]\n> [coffee]\n", menu)

    assert player.turns[-1] == ["2"]


@pytest.mark.parametrize("label", ["Tendai", "Rudo", "Pay"])
async def test_a_tap_that_is_not_clear_is_a_mismatch(label: str) -> None:
    error = await mismatched(f"@{A}\n> many\n> [{label}]\n", menu)

    assert error.spot.line == 4


async def test_the_stage_is_set_once_the_header_is_read() -> None:
    stage = OneStage(Parrot(echo))
    script = parse_script(f"fresh\nnow: 2026-03-02 09:00\nmerchant: m\n@{A}\n> hi\n")

    await Performance(stage, script).play()

    assert stage.asked == [("m", datetime(2026, 3, 2, 9, 0), True)]  # noqa: DTZ001 - local


async def test_another_merchant_sets_the_stage_anew() -> None:
    stage = OneStage(Parrot(echo))
    script = parse_script(f"merchant: m\n@{A}\n> hi\nmerchant: n\n@{A}\n> ho\n<~ ho\n")

    await Performance(stage, script).play()

    assert [asked[0] for asked in stage.asked] == ["m", "n"]


async def test_what_an_earlier_script_was_sent_is_not_seen() -> None:
    player = Parrot(echo)
    stage = OneStage(player)
    await Performance(stage, parse_script(f"merchant: m\n@{A}\n> one\n")).play()

    with pytest.raises(MismatchError):
        await Performance(stage, parse_script(f"merchant: m\n@{A}\n<~ one\n")).play()


async def test_a_mismatch_tells_where_what_and_everything_that_was_said() -> None:
    error = await mismatched(f"@{A}\n> one\n@{B}\n> two\n<~ three\n&[Yes] [No]\n!~ x\n")

    assert mismatch(error).splitlines() == [
        "FAILED a.chat:6",
        "  expected:",
        "    <~ three",
        "    &[Yes] [No]",
        "  said:",
        "    +1 > one",
        "    +1 < You said one",
        "    +2 > two",
        "    +2 < You said two",
    ]


async def test_a_mismatch_before_a_word_says_so() -> None:
    assert "(nothing)" in mismatch(await mismatched(f"@{A}\n<~ x\n"))


def test_a_pass_is_one_line() -> None:
    assert passed(parse_script("merchant: m\n", "a.chat")) == "ok    a.chat (1 steps)"
