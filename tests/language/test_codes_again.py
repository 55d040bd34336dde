"""What people write where a code is asked for, and is not in their hands."""

import pytest

from sokoni.language.readers.code import AGAIN, OTHER, CodeReader
from sokoni.language.words import words_of
from tests.language.said import scene


@pytest.mark.parametrize(
    "said",
    [
        *("resend", "Resend it please", "send again", "I didn't get it", "send me another code"),
        *("फिर भेजें", "कोड नहीं आया", "dobara bhejo", "code nahi aaya"),
        *("tumirai zvakare", "haina kuuya", "thumela futhi", "ayifikanga"),
        *("أرسله مرة أخرى", "لم يصل الرمز"),
        *("otp?", "OTP please", "where is my code?", "still waiting for the otp"),
        *("ओटीपी?", "अभी तक नहीं आया", "otp kahan hai", "nhi mila"),
        *("iripi kodhi", "haisati yasvika", "ikhodi ingaphi", "akulakhodi", "وين الكود؟"),
    ],
)
def test_another_code_is_asked_for_in_every_language(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) == AGAIN


@pytest.mark.parametrize(
    "said",
    [
        *("wrong number", "Sorry, wrong number!", "change number", "that's not my number"),
        *("I typed the wrong number, send it again", "can I use another number"),
        *("गलत नंबर है", "नंबर बदलो", "galat number hai", "number change karna hai"),
        *("nhamba haisiyo", "chinjai nhamba", "haisi nhamba yangu iyi"),
        *("inombolo engeyiyo", "guqula inombolo", "ayisinombolo yami"),
        *("الرقم خطأ", "هذا ليس رقمي", "أريد تغيير الرقم", "مش رقمي"),
    ],
)
def test_another_number_is_asked_for_in_every_language(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) == OTHER


@pytest.mark.parametrize(
    "said",
    [
        *("otp is 123456", "code: 123 456", "123-456", "OTP 123456 hai", "my code is 123 456."),
        *("१२३४५६", "कोड १२३ ४५६ है", "١٢٣٤٥٦", "الرمز ۱۲۳۴۵۶", "1 2 3 4 5 6"),
    ],
)
def test_a_code_is_read_from_what_is_said_around_it(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) == "123456"


@pytest.mark.parametrize(
    "said", ["0777 530 322", "it's +263777530322", "wrong number, 0777530322"]
)
def test_a_telephone_number_is_no_code(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) is None


@pytest.mark.parametrize(
    "said", ["otp is wrong?", "what is this", "Priya Sharma", "हाँ", "12", "hongu"]
)
def test_other_words_ask_for_none(said: str) -> None:
    assert CodeReader().read(words_of(said), scene()) is None


def test_a_code_is_read_before_what_is_said_with_it() -> None:
    said = "the first did not come, the new code is 123 456"

    assert CodeReader().read(words_of(said), scene()) == "123456"
