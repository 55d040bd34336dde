"""A merchant file is understood as a whole, or refused with every problem and its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.merchants.file import MerchantFileError
from tests.merchants.files import MARKET, read


def problems(text: str, variables: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(MerchantFileError) as caught:
        read(text, {"WHISTLE": "x"} if variables is None else variables)
    return str(caught.value).splitlines()


def without(line: str) -> str:
    return "".join(one for one in MARKET.splitlines(True) if not one.startswith(line))


def test_everything_in_a_good_file_is_understood() -> None:
    file = read()

    pigeon, house = file.channels
    assert file.said.merchant == "village-market"
    assert file.said.settings() == {"quiet_ms": 800}
    assert file.capabilities == {"stall": {"listing_days": 14}}
    assert (pigeon.channel, pigeon.key, pigeon.account) == ("pigeon", "0042", "")
    assert pigeon.config["whistle"] == "two-short-one-long"
    assert (house.key, house.config) == ("village-market", {"merchant": "village-market"})
    assert file.said.templates[0].buttons == {"yes": "Yes", "no": "No"}
    assert file.said.staff[0].phone == "+263 77 200 0001"


def test_a_capability_with_nothing_behind_it_has_its_usual_settings() -> None:
    file = read(MARKET.replace("stall: {listing_days: 14}", "stall:"))

    assert file.capabilities == {"stall": {}}


def test_a_missing_variable_is_named_with_every_line_that_needs_it() -> None:
    assert problems(MARKET, {}) == [
        "market.yaml:13: the variable WHISTLE is not set",
        "market.yaml:14: the variable WHISTLE is not set",
    ]


def test_unknown_keys_are_named_with_their_lines_in_every_part() -> None:
    text = (
        MARKET.replace("quiet_ms: 800", "quite_ms: 800")
        .replace("{listing_days: 14}", "{listing_weeks: 2}")
        .replace("    loft: 0042", "    loft: 0042\n    colour: grey")
        .replace("    name: sold_en", "    name: sold_en\n    footer: bye")
    )

    assert problems(text) == [
        "market.yaml:7: quite_ms is no key of this part",
        "market.yaml:9: listing_weeks is no key of this part",
        "market.yaml:13: colour is no key of this part",
        "market.yaml:22: footer is no key of this part",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("country: ZW", "country: Zimbabwe", "3: country: 'Zimbabwe' is no country"),
        ("timezone: Africa/Harare", "timezone: CAT?", "5: timezone: 'CAT?' is no time zone"),
        ("languages: [en, sn]", "languages: [en, en, sn]", "6: languages: each language"),
        ("languages: [en, sn]", "languages: []", "6: languages: "),
        ("quiet_ms: 800", "quiet_ms: soon", "7: quiet_ms: "),
        ("quiet_ms: 800", "quiet_ms: -1", "7: quiet_ms: "),
        ("listing_days: 14", "listing_days: many", "9: capabilities.stall.listing_days: "),
        ("stall: {", "barn: {", "9: no capability is called 'barn'; there is: stall"),
        ("channel: house", "channel: horse", "15: no channel is called 'horse'"),
        ("loft: 0042", "loft: north", "12: channels.loft: "),
        ("    loft: 0042\n", "", "11: channels.loft is missing"),
        ("language: en", "language: nd", "19: not one of the merchant's languages"),
        ("[thing, price]", "[thing]", "17: templates: the body must have"),
        ("phone: +263 77 200 0001", "phone: 12", "25: '12' is no phone number"),
        ("role: owner", "role: king", "25: staff.role: "),
        ("name: Village Market\n", "", "1: name is missing"),
        ("currency: USD", "currency: [USD]", "4: currency: "),
        ("channels:", "channels: 5\nother:", "10: channels: this should be a list"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    found = problems(MARKET.replace(old, new))

    assert any(one.startswith(f"market.yaml:{expected}") for one in found), found


def test_a_key_that_stands_there_twice_is_refused() -> None:
    assert problems(MARKET + "name: Other\n") == ["market.yaml:26: name stands here a second time"]


def test_the_same_account_twice_is_refused() -> None:
    assert problems(MARKET.replace("  - channel: house", "  - channel: house\n  - channel: house"))


def test_a_secret_never_stands_in_a_problem() -> None:
    text = MARKET.replace("whistle: ${WHISTLE}", "whistle: [${WHISTLE}]")

    assert not any("two-short" in one for one in problems(text, {"WHISTLE": "two-short"}))


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "merchant: [", "a: b: c", "\x00"])
def test_what_is_no_merchant_file_is_refused_plainly(text: str) -> None:
    assert problems(text)[0].startswith("market.yaml:1: ")


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert "market.yaml:1: an alias may not contain itself" in problems("a: &a [*a]")


def test_aliases_are_filled_in() -> None:
    text = MARKET.replace('"Yes"', '&yes "Yes"').replace('no: "No"', "no: *yes")

    assert read(text).said.templates[0].buttons == {"yes": "Yes", "no": "Yes"}


@given(st.text())
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    assert problems(text)
