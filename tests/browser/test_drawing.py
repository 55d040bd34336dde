"""How each kind of message looks on a phone, with and without buttons."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from sokoni.channels.outbound import (
    Buttons,
    ContactRequest,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Option,
    Template,
    TemplateButton,
    TemplateHeader,
    Text,
)
from sokoni.messaging.models import MessageState
from tests.browser.logbook import send
from tests.browser.phones import Phone, Window

pytestmark = pytest.mark.browser


def writing(window: Window, number: str) -> Phone:
    """Return a phone that the merchant knows."""
    (phone,) = window.phones(number)
    phone.write("menu")
    phone.told("What would you like to do?")
    return phone


def everything(server: str) -> list[Content]:
    picture = f"{server}/favicon.ico"
    return [
        Image(url=picture, caption="A goat"),
        Document(url=f"{server}/health", name="prices.pdf", caption="All prices"),
        Document(url="javascript:alert(1)", name="evil.pdf"),
        LinkButton(body="Pay here", label="Pay now", url=f"{server}/health"),
        LocationRequest("Where are you?"),
        ContactRequest("Which number?"),
        Buttons(body="Sure?", options=(Option("yes", "Yes please"),), image_url=picture),
        Listing(body="Pick", label="Show", options=(Option("1", "Tendai", "10 goats"),)),
        Template(
            name="t",
            language="en",
            header=TemplateHeader(image_url=picture),
            rendered="Come back",
            buttons=(TemplateButton("Go on", "g"), TemplateButton("Site", url=server)),
        ),
    ]


def test_every_kind_is_drawn(window: Window, folder: Path) -> None:
    phone = writing(window, "+263771300001")
    send(folder, "+263771300001", everything(window.server))

    expect(phone.told("A goat").locator("img")).to_have_attribute("referrerpolicy", "no-referrer")
    pdf = phone.told("All prices").get_by_role("link", name="prices.pdf")
    expect(pdf).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(phone.told("evil.pdf").locator("a")).to_have_count(0)
    expect(phone.told("Pay here").get_by_role("link", name="Pay now")).to_be_visible()
    expect(phone.told("Sure?").locator("img")).to_have_count(1)
    expect(phone.told("Come back").get_by_role("button", name="Go on")).to_be_visible()
    expect(phone.told("Come back").get_by_role("link", name="Site")).to_be_visible()
    expect(phone.told("Come back").locator("img")).to_have_count(1)

    phone.told("Pick").get_by_role("button").click()
    expect(phone.page.locator(".sim-dialog .pick small")).to_have_text("10 goats")
    phone.page.keyboard.press("Escape")
    phone.told("Where are you?").get_by_role("button", name="Send location").click()
    expect(phone.page.get_by_label("Latitude")).to_be_visible()


def test_every_kind_has_a_form_in_plain_text(window: Window, folder: Path) -> None:
    phone = writing(window, "+263771300011")
    phone.root.get_by_label("Text only").check()
    send(folder, "+263771300011", everything(window.server))

    phone.told("1. Tendai")
    phone.told("1. Go on")
    phone.told("1. Yes please")
    phone.told(f"Pay here {window.server}/health")
    expect(phone.root.locator(".choice, img.picture")).to_have_count(0)


def test_what_the_channel_refused_is_noted(window: Window, folder: Path) -> None:
    phone = writing(window, "+263771300021")
    send(folder, "+263771300021", [Text("too long to show")], MessageState.FAILED)

    expect(phone.root.get_by_text("Not shown, the channel refused it")).to_be_visible()
    expect(phone.root.get_by_text("too long to show")).to_have_count(0)
