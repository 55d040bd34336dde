"""The merchant's own words start a task, and what tells them is kept as it was said."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.consent import WORDING
from sokoni.contacts.models import Consent
from sokoni.db.vault import Vault
from tests.dialogue.talking import GOKWE, Talk
from tests.dialogue.workshop import MERCHANT, JobFlow, workshop

VAULT = Vault([b"k" * 32])


@pytest.fixture
def talk(session: AsyncSession) -> Talk:
    return Talk(workshop(), MERCHANT, session=session)


@pytest.mark.parametrize(
    ("said", "trade", "issue"),
    [
        ("my geyser burst", "plumber", "my geyser burst"),
        ("hi, my geyser burst. please help", "plumber", "my geyser burst"),
        (
            "can somebody come tomorrow at 3pm, my lights keep tripping since sunday",
            "electrician",
            "my lights keep tripping since sunday",
        ),
        (
            "I need somebody in Gokwe\nmy kitchen sink is blocked",
            "plumber",
            "my kitchen sink is blocked",
        ),
        (
            "I need a plumber in Gokwe tomorrow at 3pm, my sink is blocked",
            "plumber",
            "my sink is blocked",
        ),
        # Who names the trade knows better than we.
        ("I need a plumber, there is no power", "plumber", "there is no power"),
        ("my geyser burst tomorrow at 3pm in Gokwe", "plumber", "my geyser burst"),
    ],
)
async def test_trouble_tells_the_trade_and_is_the_issue(
    talk: Talk, said: str, trade: str, issue: str
) -> None:
    await talk.say(said)

    known = talk.state.drafts[-1].known
    assert (bytes(known["trade"]), bytes(known["issue"])) == (
        f'"{trade}"'.encode(),
        f'"{issue}"'.encode(),
    )


async def test_trade_named_among_other_words_starts_the_task(talk: Talk) -> None:
    assert await talk.say("is there any good plumber around Gokwe these days") == (
        "What is the problem?"
    )


async def test_what_the_merchant_has_no_word_for_starts_nothing(talk: Talk) -> None:
    await talk.say("my roof burst")

    assert talk.state.drafts == ()


async def test_trouble_told_at_the_question_for_the_trade_answers_both(talk: Talk) -> None:
    assert await talk.say("book") == "What do you need?"
    assert await talk.say("my geyser burst") == "Where?"
    assert await talk.say("Gokwe") == "When?"


@pytest.mark.parametrize(
    "said",
    [
        "tomorrow at 3pm",
        "Tomorrow at 3pm please",
        "on friday at 10am",
        "it is for tomorrow at 3pm",
    ],
)
async def test_time_is_no_issue(talk: Talk, said: str) -> None:
    await talk.say("I need a plumber in Gokwe")
    assert await talk.say(said) == "What is the problem?"

    assert "my tap drips. Right?" in await talk.say("my tap drips")


@pytest.mark.parametrize("said", ["Gweru", "in Gweru", "Gweru please"])
async def test_place_is_no_issue(talk: Talk, said: str) -> None:
    await talk.say("I need a plumber in Gokwe")
    await talk.say(said)
    await talk.say("my tap drips")

    assert b"my tap drips" in bytes(talk.state.drafts[-1].known["issue"])


@pytest.mark.parametrize(
    "said", ["my tap drips since yesterday", "the pipe to Gweru road leaks", "2", "broken today"]
)
async def test_text_that_only_speaks_of_a_time_or_a_place_is_an_issue(
    talk: Talk, said: str
) -> None:
    await talk.say("I need a plumber in Gokwe")

    assert await talk.say(said) == "When?"
    known = talk.state.drafts[-1].known
    assert bytes(known["issue"]) == f'"{said}"'.encode()
    assert "when" not in known
    assert bytes(known["place"]).startswith(b'{"id":"gokwe"')
    assert GOKWE.id == "gokwe"


async def test_yes_to_the_summary_is_the_consent_that_it_names(
    talk: Talk, session: AsyncSession
) -> None:
    await talk.say("I need a plumber in Gokwe tomorrow at 3pm, my sink is blocked")
    assert talk.text.endswith("With your yes, The Garden keeps your number for the visit.")
    assert (await session.scalars(select(Consent))).all() == []

    await talk.say("yes")
    [kept] = (await session.scalars(select(Consent))).all()
    assert (kept.contact_id, kept.purpose, kept.given, kept.source, kept.at) == (
        talk.person_id,
        "privacy",
        True,
        "chat",
        talk.now,
    )
    assert VAULT.open_text(WORDING, kept.id, kept.wording) == (
        "With your yes, The Garden keeps your number for the visit."
    )


async def test_consent_is_asked_for_once(talk: Talk, session: AsyncSession) -> None:
    job = "I need a plumber in Gokwe tomorrow at 3pm, my sink is blocked"
    await talk.say(job)
    await talk.say("yes")
    await talk.say(job)
    assert talk.text.endswith("my sink is blocked. Right?")
    await talk.say("yes")

    assert len(JobFlow.jobs) == 2
    assert len((await session.scalars(select(Consent))).all()) == 1


async def test_no_consent_without_the_yes(talk: Talk, session: AsyncSession) -> None:
    await talk.say("I need a plumber in Gokwe tomorrow at 3pm, my sink is blocked")
    await talk.say("cancel")

    assert (await session.scalars(select(Consent))).all() == []
