"""Words by which another code is asked for, where a code is."""

import pytest

from sokoni.language.readers.code import AGAIN, CodeReader
from sokoni.language.words import words_of
from tests.language.said import scene


@pytest.mark.parametrize(
    "said",
    [
        *("resend", "Resend it please", "send again", "I didn't get it", "send me another code"),
        *("फिर भेजें", "कोड नहीं आया", "dobara bhejo", "code nahi aaya"),
        *("tumirai zvakare", "haina kuuya", "thumela futhi", "ayifikanga"),
        *("أرسله مرة أخرى", "لم يصل الرمز"),
    ],
)
def test_another_code_is_asked_for_in_every_language(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) == AGAIN


@pytest.mark.parametrize("said", ["what is this", "Priya Sharma", "हाँ", "12", "hongu"])
def test_other_words_ask_for_none(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) is None


def test_a_code_is_read_before_what_is_said_with_it() -> None:
    said = "the first did not come, the new code is 123 456"

    assert CodeReader().read(words_of(said), scene()) == "123456"
