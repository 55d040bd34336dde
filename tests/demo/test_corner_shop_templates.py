"""The templates of the corner shop: what its contacts are told stands in all of its languages."""

import re
from collections.abc import Mapping

import pytest

from sokoni.merchants.declared import DeclaredMerchant
from tests.demo.shipped import LANGUAGES, declared, words_in
from tests.demo.test_unasked import PARTS


@pytest.fixture(scope="module")
def said() -> DeclaredMerchant:
    return declared("corner-shop")


def test_all_news_of_orders_have_a_template_in_every_language(said: DeclaredMerchant) -> None:
    news = {key for key in words_in("en") if key.startswith("store.news.")} - PARTS
    there = {(one.purpose, one.language) for one in said.templates}

    assert news
    assert there >= {(key, language) for key in news for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_say_what_the_chat_says(said: DeclaredMerchant, language: str) -> None:
    words = words_in(language)

    for one in said.templates:
        if one.language == language and _is_plain(one.purpose, words):
            body = one.body
            for number, name in enumerate(one.variables, start=1):
                body = body.replace(f"{{{{{number}}}}}", f"{{{name}}}")
            assert body.removeprefix("Corner Shop: ") == words[one.purpose]
            titles = {button.choice: button.title for button in one.buttons}
            assert titles == {choice: words[f"store.choice.{choice}"] for choice in titles}


def _is_plain(purpose: str, words: Mapping[str, str]) -> bool:
    """Tell whether it says one thing; what is put together from several has a template apart."""
    return purpose.startswith("store.") and "{what}" not in words[purpose]


def test_no_body_begins_or_ends_with_a_variable(said: DeclaredMerchant) -> None:
    edges = [one.name for one in said.templates if re.search(r"^\W*\{\{|\}\}\W*$", one.body)]

    assert edges == []
