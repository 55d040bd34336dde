"""The shipped market: its templates say what the catalogues say, in all of its languages."""

import re
from typing import Final

import pytest

from sokoni.bootstrap import kinds
from sokoni.merchants.declared import DeclaredMerchant, DeclaredTemplate
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.templates import LINK
from tests.demo.shipped import LANGUAGES, declared, text_of, words_in

TEXT: Final = text_of("gokwe-market")


@pytest.fixture(scope="module")
def said() -> DeclaredMerchant:
    return declared("gokwe-market")


def choices(one: DeclaredTemplate, words: dict[str, str]) -> dict[str, str]:
    names = [button.choice for button in one.buttons]
    return {choice: words[f"marketplace.choice.{choice}"] for choice in names}


def test_every_purpose_has_a_template_in_every_language(said: DeclaredMerchant) -> None:
    purposes = {one.purpose for one in said.templates}

    assert {(one.purpose, one.language) for one in said.templates} == {
        (purpose, language) for purpose in purposes for language in LANGUAGES
    }
    assert {one.channel for one in said.templates} == {("simulator", "whatsapp_cloud")}


def test_templates_use_parameters_that_the_prompt_has(said: DeclaredMerchant) -> None:
    words = words_in("en")

    for one in said.templates:
        known = set(re.findall(r"\{(\w+)\}", words[one.purpose]))
        assert known == set(one.variables) - {LINK}, one.purpose


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_are_called_as_in_the_chat(said: DeclaredMerchant, language: str) -> None:
    words = words_in(language)

    for one in said.templates:
        if one.language == language:
            titles = {button.choice: button.title for button in one.buttons}
            assert titles == choices(one, words), one.purpose


def test_no_body_begins_or_ends_with_a_variable(said: DeclaredMerchant) -> None:
    edges = [one.name for one in said.templates if re.search(r"^\W*\{\{|\}\}\W*$", one.body)]

    assert edges == []


def test_the_commented_numbers_can_be_switched_on() -> None:
    text = TEXT.replace("  # - channel", "  - channel").replace("  #   ", "    ")
    names = re.findall(r"\$\{(\w+_\w+)\}", text)
    variables = {
        **dict.fromkeys(names, "1234567"),
        "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
        "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
    }

    file = read_merchant_file(text, kinds(production=False), variables)

    channels = [one.channel for one in file.channels]
    assert channels == ["simulator", "whatsapp_cloud", "twilio_whatsapp"]
