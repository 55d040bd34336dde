"""A merchant file is understood as a whole, or refused with every problem and its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.merchants.declared import DeclaredButton, DeclaredHeader, HeaderKind
from sokoni.merchants.file import MerchantFile, MerchantFileError
from sokoni.merchants.lines import read_document
from tests.merchants.files import MARKET, read


def problems(text: str, variables: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(MerchantFileError) as caught:
        read(text, {"WHISTLE": "x"} if variables is None else variables)
    return str(caught.value).splitlines()


def without(line: str) -> str:
    return "".join(one for one in MARKET.splitlines(True) if not one.startswith(line))


def replies(file: MerchantFile) -> dict[str, str]:
    return {button.choice: button.title for button in file.said.templates[0].buttons}


def test_everything_in_a_good_file_is_understood() -> None:
    file = read()

    pigeon, house = file.channels
    assert file.said.merchant == "village-market"
    assert file.said.settings() == {"quiet_ms": 800}
    assert file.capabilities == {"stall": {"listing_days": 14}}
    assert (pigeon.channel, pigeon.key, pigeon.account) == ("pigeon", "0042", "")
    assert pigeon.config["whistle"] == "two-short-one-long"
    assert (house.key, house.config) == ("village-market", {"merchant": "village-market"})
    assert replies(file) == {"yes": "Yes", "no": "No"}
    assert file.said.staff[0].phone == "+263 77 200 0001"


def test_a_capability_with_nothing_behind_it_has_its_usual_settings() -> None:
    file = read(MARKET.replace("stall: {listing_days: 14}", "stall:"))

    assert file.capabilities == {"stall": {}}


def test_a_missing_variable_is_named_with_every_line_that_needs_it() -> None:
    assert problems(MARKET, {}) == [
        "market.yaml:13: the variable WHISTLE is not set",
        "market.yaml:14: the variable WHISTLE is not set",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "one-long"),
        ({"WHISTLE": ""}, "one-long"),
        ({"WHISTLE": "three-short"}, "three-short"),
    ],
)
def test_a_variable_has_its_default_where_it_is_not_set_or_empty(
    variables: dict[str, str], expected: str
) -> None:
    file = read(MARKET.replace("${WHISTLE}", "${WHISTLE:-one-long}"), variables)

    assert file.channels[0].config["whistle"] == expected


def test_a_default_may_hold_what_an_address_holds_and_may_be_empty() -> None:
    address = "http://localhost:3000/in?a=b:-c"
    document = read_document(f"{{url: '${{A:-{address}}}', more: '<${{B:-}}>'}}", {})

    assert document.problems == []
    assert document.content == {"url": address, "more": "<>"}


def test_unknown_keys_are_named_with_their_lines_in_every_part() -> None:
    text = (
        MARKET.replace("quiet_ms: 800", "quite_ms: 800")
        .replace("{listing_days: 14}", "{listing_weeks: 2}")
        .replace("    loft: 0042", "    loft: 0042\n    colour: grey")
        .replace("    name: sold_en", "    name: sold_en\n    subtitle: bye")
    )

    assert problems(text) == [
        "market.yaml:7: quite_ms is no key of this part",
        "market.yaml:9: listing_weeks is no key of this part",
        "market.yaml:13: colour is no key of this part",
        "market.yaml:22: subtitle is no key of this part",
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
        ("currency: USD", "currency: USX", "4: currency: 'USX' is no currency"),
        ("currency: USD", "currency: usd", "4: currency: 'usd' is no currency"),
        ("[en, sn]", "[en, xx]", "6: nothing is worded in 'xx' here; there is: en, nd, sn"),
        ("[en, sn]", "\n  - en\n  - xx", "8: nothing is worded in 'xx' here"),
        ("channels:", "channels: 5\nother:", "10: channels: this should be a list"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    found = problems(MARKET.replace(old, new))

    assert any(one.startswith(f"market.yaml:{expected}") for one in found), found


def test_a_template_may_have_a_head_links_and_a_language_of_the_channels_own() -> None:
    said = """
    code: en_US
    header: {kind: document, variable: receipt, filename: receipt.pdf}
    footer: Reply STOP to get no more.
    buttons:
      - {title: "Yes", choice: "yes"}
      - {title: Track, url: "https://a.example/t/{{1}}", variable: reference}
"""
    template = read(MARKET.replace('    buttons: {yes: "Yes", no: "No"}\n', said[1:]))

    (one,) = template.said.templates
    assert (one.code, one.footer) == ("en_US", "Reply STOP to get no more.")
    assert one.header == DeclaredHeader(
        kind=HeaderKind.DOCUMENT, variable="receipt", filename="receipt.pdf"
    )
    assert one.buttons == (
        DeclaredButton(title="Yes", choice="yes"),
        DeclaredButton(title="Track", url="https://a.example/t/{{1}}", variable="reference"),
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("header: {text: Sold}", ""),
        ("header: {text: 'Sold: {{1}}', variable: thing}", ""),
        ("header: {text: 'Sold: {{1}}'}", "the header's text must have a {{1}}"),
        ("header: {text: Sold, variable: thing}", "the header's text must have a {{1}}"),
        ("header: {text: Sold, link: 'https://a.example/a.jpg'}", "a header of text has a text"),
        ("header: {kind: image}", ""),
        ("header: {kind: image, text: Sold}", "a header that is a file has no text"),
        ("header: {kind: image, link: 'http://a.example/a.jpg'}", "templates.header.link"),
        ("header: {kind: document}", "a document needs a link"),
        ("header: {kind: film}", "templates.header.kind"),
        ("buttons: [{title: A}]", "a button has either a choice or a url"),
        ("buttons: [{title: A, choice: a, url: 'https://a.example'}]", "a button has either"),
        ("buttons: [{title: A, url: 'https://a.example/{{1}}'}]", "a url ends in {{1}}"),
        ("buttons: [{title: A, url: 'https://a.example/', variable: b}]", "a url ends in {{1}}"),
        ("buttons: [{title: A, url: 'https://{{1}}.example/', variable: b}]", "a url ends in"),
        ("buttons: [{title: A, choice: a}, {title: B, choice: a}]", "each choice may have one"),
        ("buttons: {a: This title has far too many letters}", "templates.buttons.title"),
        (f"footer: {'x' * 61}", "templates.footer"),
        ("code: english", "templates.code"),
    ],
)
def test_a_template_that_no_channel_would_approve_is_refused(said: str, expected: str) -> None:
    text = MARKET.replace('    buttons: {yes: "Yes", no: "No"}\n', f"    {said}\n")

    if not expected:
        assert read(text).said.templates
        return
    assert any(expected in one for one in problems(text))


def test_links_are_two_at_most() -> None:
    links = ", ".join(f"{{title: T{n}, url: 'https://a.example/{n}'}}" for n in range(3))
    text = MARKET.replace('{yes: "Yes", no: "No"}', f"[{links}]")

    assert any("2 buttons at most are links" in one for one in problems(text))


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

    assert replies(read(text)) == {"yes": "Yes", "no": "Yes"}


@given(st.text())
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    assert problems(text)
