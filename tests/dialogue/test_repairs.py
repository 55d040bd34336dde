"""What people do to conversations: each repair works for every form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from typing_extensions import override

from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.state import Draft
from sokoni.language.classify import Classifier, Guess
from sokoni.language.words import Words
from sokoni.messaging.events import Answer, Tell, Timer
from sokoni.messaging.prompts import Choice, Prompt, Start
from tests.dialogue.talking import PROFILE, Talk, TwoPlaces, catalogues, dialogue
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.toy import GARDEN, OrderFlow, RingFlow

MENU = ["Order plants", "Find a plant", "Opening hours"]
OFFER = Tell(
    prompt=Prompt(
        "garden.told",
        {"buyer": "Rudo"},
        (
            Choice("accept", command=Start("garden.ring")),
            Choice("decline", command=Start("garden.hours")),
        ),
    ),
    purpose="notice",
)


# --- why ----------------------------------------------------------------------------------------


async def test_why_something_is_asked_for_is_told_and_it_is_asked_again(talk: Talk) -> None:
    await say_all(talk, "order", "roses")

    said = await talk.say("why do you need that?")

    assert said == "So that we dig as many holes.\n\nHow many?"
    assert await talk.say("10") == "Where to?"


async def test_what_has_no_reason_of_its_own_is_needed_or_may_be_skipped(talk: Talk) -> None:
    await say_all(talk, "order", "roses", "10")
    assert await talk.say("what for") == "Without it I cannot go on with this.\n\nWhere to?"

    await say_all(talk, "Gokwe", "clay")

    assert (await talk.say("but why?")).startswith("It helps, but you may skip it.")


async def test_why_is_asked_of_what_is_named_at_the_summary_too(talk: Talk) -> None:
    await say_all(talk, *ALL)
    summary = talk.text

    said = await talk.say("why do you want the count?")

    assert said == f"So that we dig as many holes.\n\n{summary}"


async def test_a_new_value_is_told_with_words_between(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert "note: by noon" in await talk.say("wrong note, it's by noon")


# --- back, edit, correct, skip ------------------------------------------------------------------


async def test_back_asks_the_question_before(talk: Talk) -> None:
    await say_all(talk, "order", "roses", "10")

    assert await talk.say("back") == "How many?"
    assert await talk.say("12") == "Where to?"
    assert "12 roses" in await finished(talk, "Gokwe", "clay", "skip")


async def test_back_twice_goes_two_questions_back(talk: Talk) -> None:
    await say_all(talk, "order", "roses", "10")

    assert await talk.say("back") == "How many?"
    assert await talk.say("back") == "Which plant?"


async def test_back_at_the_first_question_says_so(talk: Talk) -> None:
    await talk.say("order")

    assert await talk.say("back") == "This is the first question.\n\nWhich plant?"


async def test_back_at_the_summary_asks_the_last_question(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("back") == "Anything to add?"


async def test_edit_asks_which_with_a_choice_for_each_slot(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.tap("Edit") == "What would you like to change?"
    assert talk.labels == ["Plant", "Number", "Place", "Pot", "Note"]
    assert await talk.tap("Place") == "Where to?"
    assert "to Gweru" in await talk.say("Gweru")


async def test_no_at_a_summary_asks_what_to_change(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("no") == "What would you like to change?"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("make it 12 roses", "12 roses"),
        ("number 12", "12 roses"),
        ("the number, make it 12", "12 roses"),
        ("change the number to 12", "12 roses"),
        ("place: Gweru", "to Gweru"),
        ("12", "12 roses"),
        ("I meant Gweru", "to Gweru"),
        ("note for my aunt", "note: for my aunt"),
        ("number: 20", "20 roses"),
    ],
)
@pytest.mark.parametrize("first", [(), ("edit",), ("no",)])
async def test_one_slot_is_corrected_in_words(
    talk: Talk, first: Sequence[str], words: str, expected: str
) -> None:
    if words == "12" and not first:
        pytest.skip("a bare number picks from the summary's own menu")
    await say_all(talk, *ALL, *first)

    assert expected in await talk.say(words)
    assert talk.labels == ["Yes", "Edit", "A gift"]


async def test_correction_in_the_middle_keeps_the_open_question(talk: Talk) -> None:
    await say_all(talk, "order roses", "10")

    assert await talk.say("make it 12") == "Where to?"
    assert "12 roses" in await finished(talk, "Gokwe", "clay", "skip")


async def test_naming_a_slot_at_the_summary_asks_for_it(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("the place") == "Where to?"


async def test_edit_can_be_left(talk: Talk) -> None:
    await say_all(talk, *ALL, "edit")

    assert "Right?" in await talk.say("back")


async def test_required_slot_cannot_be_skipped(talk: Talk) -> None:
    await talk.say("order")

    assert await talk.say("skip") == "I need this one to go on.\n\nWhich plant?"


# --- leaving and coming back --------------------------------------------------------------------


async def test_cancel_drops_the_task_in_its_own_words(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("cancel") == "Cancelled. Nothing was ordered."
    assert talk.state.drafts == ()
    assert await talk.say("cancel") == "There is nothing to cancel."


async def test_no_declines_where_nothing_can_be_edited(talk: Talk) -> None:
    await talk.say("ring the bell")

    assert await talk.say("no") == "All right, I leave it."
    assert RingFlow.rung == []
    assert talk.state.drafts == ()


async def test_restart_asks_from_the_beginning(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("restart") == "We start again.\n\nWhich plant?"
    assert talk.state.drafts[-1].known == {}


async def test_repeat_says_the_last_answer_again(talk: Talk) -> None:
    await say_all(talk, "order roses")
    first = await talk.say("when are you open")

    assert await talk.say("repeat") == first == "We are open from 8 to 5.\n\nHow many?"


async def test_query_in_the_middle_is_answered_and_the_question_asked_again(talk: Talk) -> None:
    await talk.say("order roses")

    assert await talk.say("when are you open?") == "We are open from 8 to 5.\n\nHow many?"
    assert await talk.say("10") == "Where to?"


@pytest.mark.parametrize("words", ["what can you do?", "menu", "help", "hi"])
async def test_finding_ones_way_does_not_lose_the_task(talk: Talk, words: str) -> None:
    await talk.say("order roses")

    answer = await talk.say(words)

    assert answer.endswith("How many?")
    assert words == "hi" or "Order plants" in answer
    assert await talk.say("10") == "Where to?"


async def test_first_task_is_resumed_after_another(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("ring the bell")

    assert await talk.say("yes") == "The bell rang.\n\nWe are open from 8 to 5.\n\nHow many?"


async def test_resuming_says_so(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("ring the bell")

    assert await talk.say("no") == (
        "All right, I leave it.\n\nBack to where you were: Order plants.\n\nHow many?"
    )


async def test_query_that_asks_something_comes_back_too(talk: Talk) -> None:
    await talk.say("order roses")
    assert await talk.say("who has") == "What are you looking for?"

    answer = await talk.say("lilies")

    assert answer.startswith("These have lilies.\n\nBack to where you were: Order plants.")
    assert answer.endswith("How many?")


async def test_question_that_came_of_a_query_is_answered_before_the_task_goes_on(
    talk: Talk,
) -> None:
    await talk.say("order roses")

    assert await talk.say("who has weeds") == "Ring the bell?"
    assert await talk.say("yes") == "We are open from 8 to 5.\n\nHow many?"


async def test_question_that_came_of_a_query_may_be_passed_over(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("who has weeds")

    assert await talk.say("10") == "Where to?"


async def test_saying_it_differently_starts_the_task_anew(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert await talk.say("order 5 lilies") == "Where to?"
    assert len(talk.state.drafts) == 1


async def test_naming_the_open_task_again_goes_on_with_it(talk: Talk) -> None:
    await say_all(talk, "order 10 roses")

    assert await talk.say("order 10 roses to Gokwe") == "Which pot?"


# --- not understood -----------------------------------------------------------------------------


async def test_first_words_that_mean_nothing_are_greeted(talk: Talk) -> None:
    assert "What would you like to do?" in await talk.say("zzz qqq")
    assert talk.labels == MENU


async def test_after_two_misses_a_person_is_offered(talk: Talk) -> None:
    await talk.say("hello")
    assert await talk.say("zzz qqq") == (
        "Sorry, I did not understand that. What would you like to do?"
    )

    assert "talk to a person" in await talk.say("xxx yyy")
    assert talk.labels == ["Talk to a person", "Menu"]
    await talk.tap("Talk to a person")

    assert talk.said.hand_over


class Unsure(Classifier):
    """Finds all its tasks likely, and none sure, whatever is said."""

    @override
    def likely(self, words: Words, *, limit: int = 3, least: float = 0.1) -> tuple[Guess, ...]:
        return tuple(Guess(label, 0.4) for label in self.labels)


def guessing(*tasks: str) -> Talk:
    unsure = Unsure(tasks, {}, "")
    return Talk(MerchantDialogue(PROFILE, [GARDEN], catalogues(), unsure, places=TwoPlaces()))


async def test_a_lone_guess_leaves_a_way_out() -> None:
    talk = guessing("garden.hours")

    assert "Did you mean" in await talk.say("xxx")
    assert talk.labels == ["Opening hours", "Menu"]


async def test_who_is_guessed_at_again_is_offered_a_person_beside() -> None:
    talk = guessing("garden.order", "garden.find", "garden.hours")

    await talk.say("xxx")
    assert talk.labels == ["Order plants", "Find a plant", "Opening hours"]
    await talk.say("yyy")
    assert talk.labels == ["Order plants", "Find a plant", "Talk to a person"]


async def test_after_two_wrong_answers_a_person_is_offered(talk: Talk) -> None:
    await say_all(talk, "order roses", "lots", "very many")

    assert talk.labels == ["Talk to a person"]
    assert await talk.say("1") == "Where to?"


async def test_out_of_range_number_is_not_an_answer(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe")

    assert await talk.say("3") == "Please pick a pot."
    assert talk.labels == ["Clay", "Plastic"]
    assert await talk.say("2") == "Anything to add?"


@pytest.mark.parametrize("kind", ["sticker", "audio", "image", "unsupported"])
async def test_what_cannot_be_read_is_said_so_once(talk: Talk, kind: str) -> None:
    await talk.say("order roses")

    answer = await talk.say(talk.message(kind=kind), talk.message(kind=kind))

    assert answer == "I cannot read this kind of message. Please type it.\n\nHow many?"


async def test_caption_is_read(talk: Talk) -> None:
    await talk.say("order roses")

    assert await talk.say(talk.message(kind="image", text="10")) == "Where to?"


@pytest.mark.parametrize("kind", ["reaction", "edit", "revoke", "ignored"])
async def test_what_wants_no_answer_gets_none(talk: Talk, kind: str) -> None:
    await talk.say("order roses")
    before = talk.state

    await talk.say(talk.message(kind=kind, text="10"))

    assert talk.said.neutral is None
    assert talk.state == before


@pytest.mark.parametrize(
    "text", ["", " ", "👀", "???", "\u200b", "=cmd()", "<script>", "x" * 65536]
)
async def test_odd_text_never_loses_the_task(talk: Talk, text: str) -> None:
    await talk.say("order roses")

    await talk.say(text)

    assert talk.state.drafts[-1].task == "garden.order"
    assert talk.keys[-1].startswith("garden.order.count")


# --- bursts -------------------------------------------------------------------------------------


async def test_burst_is_answered_once(talk: Talk) -> None:
    assert await talk.say("order", "roses", "10", "Gokwe") == "Which pot?"


async def test_burst_of_many_questions_is_no_endless_task(talk: Talk) -> None:
    await talk.say(*["when are you open"] * 20)

    assert talk.text


async def test_burst_may_answer_a_choice_not_seen_yet(talk: Talk) -> None:
    assert await talk.say("order 10 roses to Gokwe", "plastic") == "Anything to add?"


async def test_burst_asks_the_open_question_once(talk: Talk) -> None:
    answer = await talk.say("order roses", "when are you open", "what can you do")

    assert answer.count("How many?") == 1
    assert answer.endswith("How many?")


# --- tells, timers, answers ---------------------------------------------------------------------


async def test_tell_never_resets_a_draft(talk: Talk) -> None:
    await talk.say("order roses")

    assert await talk.say(OFFER) == "Rudo wants your roses."
    assert talk.labels == ["Accept", "Decline"]
    assert await talk.say("10") == "Where to?"


@pytest.mark.parametrize("reply", ["accept", "1", "Accept", "acc", "yes", "hongu"])
async def test_reply_to_a_tell_is_routed_to_it(talk: Talk, reply: str) -> None:
    await say_all(talk, "order 10 roses")
    await talk.say(OFFER)

    assert "Ring the bell?" in await talk.say(reply)
    assert [draft.task for draft in talk.state.drafts] == ["garden.order", "garden.ring"]


async def test_question_keeps_its_choices_under_two_tells(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe")
    clay = talk.tapped("Clay")
    await talk.say(OFFER)
    await talk.say(OFFER)

    assert await talk.say(clay) == "Anything to add?"


async def test_half_done_task_is_recalled_once() -> None:
    profile = replace(PROFILE, nudge_minutes=30)
    talk = Talk(dialogue(profile), profile)
    started = talk.now
    await talk.say("order roses")
    assert talk.said.wake_at == started + timedelta(minutes=30)

    talk.wait(timedelta(minutes=30))
    answer = await talk.say(Timer(name="dialogue"))

    assert answer.startswith("Are you still there?")
    assert answer.endswith("How many?")
    assert talk.said.wake_at == started + timedelta(days=30)
    assert await talk.say(Timer(name="dialogue")) == ""


async def test_nobody_is_recalled_where_the_merchant_wants_none(talk: Talk) -> None:
    await talk.say("order roses")
    talk.wait(timedelta(days=1))

    assert await talk.say(Timer(name="dialogue")) == ""
    assert talk.said.wake_at == talk.now + timedelta(days=29)


async def test_abandoned_draft_is_let_go_without_a_word(talk: Talk) -> None:
    await talk.say("order roses")
    talk.wait(timedelta(days=30))

    await talk.say(Timer(name="dialogue"))

    assert talk.said.neutral is None
    assert talk.state.drafts == ()
    assert talk.said.wake_at is None


async def test_timer_of_a_capability_may_say_something(talk: Talk) -> None:
    assert await talk.say(Timer(name="garden.watered", data={"say": "it"})) != ""
    await talk.say(Timer(name="garden.watered"), Timer(name="unknown"))
    assert talk.said.neutral is None


async def test_answer_to_a_request_says_nothing_by_itself(talk: Talk) -> None:
    await talk.say(Answer(kind="geocode", request_id="r", outcome="done"))

    assert talk.said.neutral is None


# --- wishes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["agent", "talk to a person", "I want to talk to a person"])
async def test_person_is_fetched_and_the_task_kept(talk: Talk, words: str) -> None:
    await talk.say("order roses")

    assert await talk.say(words) == (
        "A person will answer you here. Write bot to come back to me."
    )
    assert talk.said.hand_over
    assert talk.state.drafts[-1].task == "garden.order"
    assert await talk.say("bot") == "I am back.\n\nHow many?"
    assert talk.said.resume


@pytest.mark.parametrize("words", ["STOP", "Stop. Thank you"])
async def test_stop_opts_out_at_any_question(talk: Talk, words: str) -> None:
    await talk.say("order roses")

    assert "no more messages" in await talk.say(words)
    assert talk.said.opt_out
    assert talk.state.drafts == ()
    assert "you get messages again" in await talk.say("START")
    assert talk.said.opt_in


async def test_start_greets_who_never_stopped(talk: Talk) -> None:
    assert "What would you like to do?" in await talk.say("start")
    assert not talk.said.opt_in


async def test_stop_inside_a_sentence_is_none(talk: Talk) -> None:
    await talk.say("stop, Ze is not coming")

    assert not talk.said.opt_out


# --- what was kept is not to be trusted ---------------------------------------------------------


async def test_draft_of_a_task_that_is_gone_is_let_go(talk: Talk) -> None:
    gone = Draft(task="garden.gone", awaiting="plant")
    talk.state = msgspec.structs.replace(talk.state, drafts=(gone,))

    assert await talk.say("order roses") == "How many?"


async def test_values_that_no_longer_decode_are_asked_for_again(talk: Talk) -> None:
    await say_all(talk, *ALL)
    known = {**talk.state.drafts[0].known, "count": msgspec.Raw(b'"many"'), "x": msgspec.Raw(b"1")}
    draft = msgspec.structs.replace(talk.state.drafts[0], known=known)
    talk.state = msgspec.structs.replace(talk.state, drafts=(draft,))

    await talk.say("yes")

    assert OrderFlow.orders == []


async def test_state_of_another_version_is_started_anew(talk: Talk) -> None:
    await talk.say("order roses")
    talk.state = msgspec.structs.replace(talk.state, version=99)

    await talk.say("10")

    assert talk.state.drafts == ()


async def finished(talk: Talk, *lines: str) -> str:
    await say_all(talk, *lines)
    return talk.text


@pytest.mark.parametrize("words", ["thanks", "Thank you very much!", "ndatenda", "siyabonga"])
async def test_thanks_are_welcome_and_lose_nothing(talk: Talk, words: str) -> None:
    await talk.say("order roses")

    await talk.say(words)

    assert talk.keys == ["dialogue.welcome", "garden.order.count.ask"]
