"""Templates filled from prompts: heads, variables by number and by name, buttons."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.outbound import Template, TemplateButton, TemplateHeader
from sokoni.kit.ids import MerchantId, new_id
from sokoni.kit.text import units
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.models import Template as Row
from sokoni.messaging.prompts import Choice, Prompt
from sokoni.messaging.templates import TemplateBook
from tests.conftest import THREE

MERCHANT = MerchantId(new_id())
PROFILE = MerchantProfile(
    id=MERCHANT,
    slug="m",
    name="M",
    country="ZW",
    currency="USD",
    zone=ZoneInfo("Africa/Harare"),
    languages=("en", "sn"),
    capabilities={},
)
PROMPT = Prompt(
    "order.shipped",
    {"ref": "ORD_7", "place": "Harare", "link": "https://a.example/r 7.pdf"},
    choices=(Choice("other"), Choice("thanks")),
)
PLAIN = {"name": "shipped", "category": "UTILITY", "body": "{{1}} is on its way to {{2}}."}


def worded(_: MerchantProfile, prompt: Prompt, language: str) -> Mapping[str, str]:
    """Word parameters as for reading: marked, so that what is sent raw can be told apart."""
    return {name: f"<{language} {value}>" for name, value in prompt.params.items()}


async def book(engine: AsyncEngine, *rows: dict[str, Any]) -> TemplateBook:
    async with AsyncSession(engine) as session, session.begin():
        for row in rows:
            usual = {"channel": "pigeon", "purpose": "order.shipped", "language": "en"}
            values = {**usual, "variables": "ref,place", **PLAIN, **row}
            session.add(Row(merchant_id=MERCHANT, **values))
    made = TemplateBook(engine, worded)
    await made.refresh()
    return made


async def filled(
    engine: AsyncEngine, row: dict[str, Any], prompt: Prompt = PROMPT
) -> Template | None:
    return (await book(engine, row)).filled(PROFILE, "pigeon", [prompt], "en")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_variables_by_number_are_filled_in_order(engine: AsyncEngine) -> None:
    template = await filled(engine, {"buttons": [{"title": "Thanks", "choice": "thanks"}]})

    assert template == Template(
        name="shipped",
        language="en",
        parameters=("<en ORD_7>", "<en Harare>"),
        buttons=(TemplateButton("Thanks", payload="thanks"),),
        rendered="<en ORD_7> is on its way to <en Harare>.",
    )


async def test_variables_by_name_are_sent_with_their_names(engine: AsyncEngine) -> None:
    template = await filled(engine, {"body": "It goes to {{place}}: {{ref}}.", "code": "en_US"})

    assert template is not None
    assert template.language == "en_US"
    assert template.parameters == ("<en ORD_7>", "<en Harare>")
    assert template.parameter_names == ("ref", "place")
    assert template.rendered == "It goes to <en Harare>: <en ORD_7>."


async def test_several_lines_stand_in_a_row(engine: AsyncEngine) -> None:
    listed = Prompt("order.shipped", {"ref": "-", "place": "> 2 x tea\n- 1 x jam\n\nAll.\nYes"})

    template = await filled(engine, PLAIN, listed)

    assert template is not None
    assert template.parameters[1] == "<en > 2 x tea, 1 x jam, All. Yes>"


async def test_who_wants_no_marketing_gets_no_template_of_that_kind(engine: AsyncEngine) -> None:
    templates = await book(engine, {"category": "MARKETING"})

    assert templates.filled(PROFILE, "pigeon", [PROMPT], "en", marketing=False) is None
    assert templates.filled(PROFILE, "pigeon", [PROMPT], "en", marketing=True) is not None


async def test_head_and_foot_are_read_too(engine: AsyncEngine) -> None:
    header = {"text": "Order {{ref}}", "variable": "ref"}
    template = await filled(
        engine, {"header": header, "footer": "Reply STOP.", "body": "Sent.", "variables": ""}
    )

    assert template is not None
    assert template.header == TemplateHeader(text="<en ORD_7>", name="ref")
    assert template.rendered == "Order <en ORD_7>\n\nSent.\n\nReply STOP."


async def test_a_head_that_never_varies_is_not_sent(engine: AsyncEngine) -> None:
    template = await filled(engine, {"header": {"text": "Good news"}})

    assert template is not None
    assert template.header is None
    assert template.rendered.startswith("Good news\n\n")


async def test_a_long_word_in_a_head_is_cut(engine: AsyncEngine) -> None:
    header = {"text": "Order {{1}}", "variable": "ref"}
    template = await filled(engine, {"header": header}, Prompt("order.shipped", {"ref": "x" * 90}))

    assert template is not None
    assert template.header is not None
    assert units(f"Order {template.header.text}") == 60


@pytest.mark.parametrize(
    ("header", "image_url", "expected"),
    [
        ({"kind": "image"}, "https://a.example/own.jpg", "https://a.example/own.jpg"),
        (
            {"kind": "image", "link": "https://a.example/always.jpg"},
            "",
            "https://a.example/always.jpg",
        ),
        ({"kind": "image", "variable": "link"}, "", "https://a.example/r 7.pdf"),
    ],
)
async def test_a_picture_comes_from_the_prompt_or_the_file(
    engine: AsyncEngine, header: dict[str, str], image_url: str, expected: str
) -> None:
    prompt = Prompt(PROMPT.key, PROMPT.params, image_url=image_url)

    template = await filled(engine, {"header": header}, prompt)

    assert template is not None
    assert template.header == TemplateHeader(image_url=expected)


async def test_without_the_picture_that_it_needs_another_template_is_used(
    engine: AsyncEngine,
) -> None:
    shown = {"header": {"kind": "image"}}
    templates = await book(engine, shown, {"language": "sn", "name": "plain"})

    template = templates.filled(PROFILE, "pigeon", [PROMPT], "en")

    assert template is not None
    assert template.name == "plain"


async def test_a_document_has_a_name(engine: AsyncEngine) -> None:
    header = {"kind": "document", "variable": "link", "filename": "receipt.pdf"}
    template = await filled(engine, {"header": header})

    assert template is not None
    assert template.header == TemplateHeader(
        document_url="https://a.example/r 7.pdf", document_name="receipt.pdf"
    )


@pytest.mark.parametrize(
    ("ref", "suffix"), [("ORD_7", "ORD_7"), ("a b&c=1", "a%20b&c=1"), ("", "-")]
)
async def test_a_link_ends_in_what_the_prompt_says_itself(
    engine: AsyncEngine, ref: str, suffix: str
) -> None:
    buttons = [
        {"title": "Track", "url": "https://a.example/t/{{1}}", "variable": "ref"},
        {"title": "Shop", "url": "https://a.example/"},
    ]
    template = await filled(engine, {"buttons": buttons}, Prompt("order.shipped", {"ref": ref}))

    assert template is not None
    track, shop = template.buttons
    assert (track.url_suffix, shop.url_suffix) == (suffix, "")
    assert (track.url, shop.url) == (
        f"https://a.example/t/{suffix if ref else ''}",
        "https://a.example/",
    )


async def test_a_link_may_stand_in_the_body(engine: AsyncEngine) -> None:
    row = {"body": "{{1}}: open {{2}} to pay.", "variables": "ref,link_url"}
    linked = Prompt("order.shipped", {"ref": "7"}, link_url="https://pay.example/a?b=1")

    template = await filled(engine, row, linked)
    without = await filled(engine, {**row, "language": "sn"}, PROMPT)

    assert template is not None
    assert template.rendered == "<en 7>: open https://pay.example/a?b=1 to pay."
    assert without is not None
    assert without.parameters[1] == "-"


async def test_a_quick_reply_takes_the_choice_that_it_was_declared_for(
    engine: AsyncEngine,
) -> None:
    buttons = [{"title": "Thanks", "choice": "thanks"}, {"title": "Other", "choice": "other"}]
    template = await filled(engine, {"buttons": buttons})

    assert template is not None
    assert [button.payload for button in template.buttons] == ["thanks", "other"]


async def test_too_long_a_body_has_its_values_cut(engine: AsyncEngine) -> None:
    prompt = Prompt("order.shipped", {"ref": "x" * 2000, "place": "Harare"})

    template = await filled(engine, {}, prompt)

    assert template is not None
    assert units(template.rendered) <= 1024
    assert template.parameters[1] == "<en Harare>"


@pytest.mark.parametrize("approval", ["PENDING", "REJECTED", "PAUSED", "DISABLED", "FLAGGED"])
async def test_what_is_not_approved_is_not_used(engine: AsyncEngine, approval: str) -> None:
    templates = await book(engine, {"approval": approval}, {"language": "sn", "name": "other"})

    template = templates.filled(PROFILE, "pigeon", [PROMPT], "en")

    assert template is not None
    assert template.name == "other"


async def test_a_template_is_used_again_when_it_is_reinstated(engine: AsyncEngine) -> None:
    assert await filled(engine, {"approval": "REINSTATED"}) is not None
