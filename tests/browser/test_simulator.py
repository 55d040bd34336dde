"""Phones in the browser, from the first word to two people who have each other's number."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.phones import Window, phone_of

pytestmark = pytest.mark.browser


def test_ten_goats_are_sold_from_one_phone_to_another(window: Window) -> None:
    tendai, rudo = window.phones("+263771100001", "+263772100002~Rudo")
    tendai.join("Tendai Moyo")
    tendai.write("Selling 10 goats at $20 in Gokwe")
    tendai.told("$200.00 for all")
    tendai.tap("Yes")
    tendai.told("Your reference is")

    rudo.write("Looking for goats")
    rudo.told("For goats I found")
    rudo.tap("Tendai Moyo")
    rudo.told("you get each other's number")
    rudo.tap("Ask the seller")
    tendai.told("Rudo wants to buy from you")
    tendai.tap("Accept")

    tendai.told("+263772100002")
    rudo.told("+263771100001")


def test_a_list_opens_with_titles_and_what_is_picked_is_said(window: Window) -> None:
    (phone,) = window.phones("+263771100011")
    phone.write("menu")
    phone.told("What would you like to do?")
    phone.root.locator(".choice").last.click()

    rows = phone.page.locator(".sim-dialog .pick")
    expect(rows.filter(has_text="Join as a seller")).to_be_visible()
    rows.filter(has_text="Join as a seller").press("Enter")

    expect(phone.said("Join as a seller")).to_be_visible()
    phone.told("your name")


def test_a_row_of_a_list_can_be_tapped_over_its_whole_width(window: Window) -> None:
    (phone,) = window.phones("+263771100012")
    phone.write("menu")
    phone.told("What would you like to do?")
    phone.root.locator(".choice").last.click()
    sheet = phone.page.locator(".sim-dialog")
    expect(sheet).to_be_visible()

    widths = sheet.locator(".pick").evaluate_all("rows => rows.map(row => row.offsetWidth)")
    assert set(widths) == {sheet.evaluate("sheet => sheet.clientWidth")}


def test_a_text_only_phone_shows_numbers_and_takes_one(window: Window) -> None:
    (phone,) = window.phones("+263771100021")
    phone.root.get_by_label("Text only").check()
    phone.write("Selling 4 sheep at $30 in Gokwe")

    phone.told("1. Yes")
    expect(phone.root.locator(".choice")).to_have_count(0)
    phone.write("2")

    phone.told("change")
    phone.root.get_by_label("Text only").uncheck()
    phone.write("menu")

    phone.told("Here you can")
    expect(phone.root.locator(".choice").first).to_be_visible()


def test_an_old_button_can_still_be_tapped(window: Window) -> None:
    (phone,) = window.phones("+263771100031")
    phone.write("Selling 3 ploughs at $70 in Gokwe")
    phone.told("3 ploughs")
    phone.write("what can you do")
    phone.told("Here you can")
    phone.root.get_by_role("button", name="Yes", exact=True).first.click()

    phone.told("Your reference is")


def test_a_place_is_sent_as_a_pin(window: Window) -> None:
    (phone,) = window.phones("+263771100041")
    phone.write("Selling 5 ducks at $6")
    phone.told("Where")
    phone.root.get_by_label("Attach").click()
    phone.page.get_by_text("Location", exact=True).click()
    phone.page.get_by_role("button", name="Bulawayo", exact=True).click()
    phone.page.locator(".sim-dialog").get_by_role("button", name="Send location").click()

    expect(phone.said("-20.1500, 28.5800")).to_be_visible()
    phone.told("5 ducks in Bulawayo")


def test_a_point_is_typed_and_a_half_typed_one_is_not_sent(window: Window) -> None:
    (phone,) = window.phones("+263771100042")
    phone.root.get_by_label("Attach").click()
    phone.page.get_by_text("Location", exact=True).click()
    send = phone.page.locator(".sim-dialog").get_by_role("button", name="Send location")
    phone.page.get_by_label("Latitude").fill("-17.83")
    send.click()

    expect(phone.page.get_by_text("Choose a place")).to_be_visible()
    phone.page.get_by_label("Longitude").fill("31.05")
    send.click()

    expect(phone.said("-17.8300, 31.0500")).to_be_visible()


def test_a_picture_is_sent_with_its_caption(window: Window) -> None:
    (phone,) = window.phones("+263771100051")
    phone.root.get_by_label("Attach").click()
    phone.page.get_by_text("Picture", exact=True).click()
    phone.page.get_by_label("Caption").fill("My *goats*")
    phone.page.keyboard.press("Enter")

    expect(phone.said("photo.jpg")).to_contain_text("My goats")


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "*<b onmouseover=alert(1)>bold</b>* _{{7*7}}_",
        "javascript:alert(1) https://x.example/\"onclick='alert(1)'",
    ],
)
def test_what_people_write_stays_words(window: Window, evil: str) -> None:
    number = "+26377110006" + str(len(evil) % 10)
    (phone,) = window.phones(f"{number}~<script>alert(2)</script>")
    phone.field.fill(evil)
    phone.page.keyboard.press("Enter")

    bubble = phone.bubbles.first
    expect(bubble).to_contain_text("alert(1)" if "alert(1)" in evil else "bold")
    assert bubble.locator("script, img, b").count() == 0
    for address in bubble.locator("a").all():
        assert str(address.get_attribute("href")).startswith("https://")
        assert address.get_attribute("onclick") is None


def test_marks_are_shown_as_whatsapp_shows_them(window: Window) -> None:
    (phone,) = window.phones("+263771100071")
    phone.field.fill("*bold* and _italic_ and ~struck~ and 2*3*4")
    phone.page.keyboard.press("Enter")
    bubble = phone.bubbles.first

    expect(bubble.locator(".bold")).to_have_text("bold")
    expect(bubble.locator(".italic")).to_have_text("italic")
    expect(bubble.locator(".struck")).to_have_text("struck")
    expect(bubble).to_contain_text("2*3*4")


def test_arabic_runs_from_the_right(window: Window) -> None:
    (phone,) = window.phones("+263771100081")
    phone.write("أبيع 10 ماعز في غوكوي")
    phone.write("Selling maize")

    directions = [
        said.evaluate("element => getComputedStyle(element).direction")
        for said in (phone.said("ماعز").locator(".said"), phone.said("maize").locator(".said"))
    ]
    assert directions == ["rtl", "ltr"]


def test_ticks_and_times_stand_on_what_was_written(window: Window) -> None:
    (phone,) = window.phones("+263771100091")
    phone.write("menu")
    phone.told("What would you like to do?")
    meta = phone.said("menu").locator(".meta")

    expect(meta.locator(".tick.read")).to_have_text("✓✓")
    expect(meta).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(phone.root.get_by_text("typing…")).to_be_hidden()


def test_typing_is_shown_while_an_answer_is_due(window: Window) -> None:
    (phone,) = window.phones("+263771100092")
    phone.field.fill("hello there my friend")
    phone.page.keyboard.press("Enter")

    expect(phone.root.get_by_text("typing…")).to_be_visible()
    expect(phone.root.locator(".bubble:not(.mine)").first).to_be_visible()
    expect(phone.root.get_by_text("typing…")).to_be_hidden()


def test_enter_sends_and_the_keyboard_stays_where_it_is(window: Window) -> None:
    (phone,) = window.phones("+263771100101")
    phone.field.click()
    phone.page.keyboard.type("first line")
    phone.page.keyboard.press("Shift+Enter")
    phone.page.keyboard.type("second line")
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.type("and more")

    expect(phone.said("first line")).to_contain_text("second line")
    expect(phone.field).to_have_value("and more")


def test_phones_are_added_by_number_and_removed_and_a_reload_keeps_them(window: Window) -> None:
    (first,) = window.phones("+263771100111")
    page = first.page
    page.get_by_label("Phone number").fill("077 110 0112")
    page.get_by_label("Profile name").fill("Chipo, ~D")
    page.keyboard.press("Enter")
    second = phone_of(page, "+263771100112")
    expect(second.root).to_contain_text("Chipo D")
    second.write("menu")
    second.told("What would you like to do?")
    first.root.get_by_label("Remove this phone").click()
    expect(first.root).to_have_count(0)
    # Which phones there are stands in the address.
    expect(page).not_to_have_url(re.compile("263771100111"))
    page.reload()

    expect(second.root).to_contain_text("Chipo D")
    second.told("What would you like to do?")
    expect(page.locator("[data-phone]")).to_have_count(1)


@pytest.mark.parametrize("typed", ["12", "hello", "+263771100113"])
def test_what_is_no_new_number_is_said_so(window: Window, typed: str) -> None:
    (phone,) = window.phones("+263771100113")
    phone.page.get_by_label("Phone number").fill(typed)
    phone.page.keyboard.press("Enter")

    said = "already here" if typed.startswith("+") else "is not a phone number"
    expect(phone.page.get_by_text(said)).to_be_visible()
    expect(phone.page.locator("[data-phone]")).to_have_count(1)


def test_two_tabs_show_one_conversation(window: Window) -> None:
    (here,) = window.phones("+263771100121")
    (there,) = window.phones("+263771100121")
    here.write("menu")

    there.told("What would you like to do?")
    expect(there.said("menu")).to_have_count(1)


def test_a_thread_stays_at_its_end_unless_somebody_reads_above(window: Window) -> None:
    (phone,) = window.phones("+263771100131")
    for asked in range(1, 6):
        phone.write("help")
        expect(phone.bubbles).to_have_count(2 * asked)
    assert phone.thread.evaluate(_LEFT) < 5

    phone.thread.evaluate("thread => { thread.scrollTop = 0 }")
    expect(phone.root.get_by_label("To the latest")).to_be_visible()
    window.phones("+263771100131")[0].write("menu")
    expect(phone.said("menu")).to_have_count(1)
    expect(phone.bubbles).to_have_count(12)
    assert phone.thread.evaluate("thread => thread.scrollTop") < 5

    phone.root.get_by_label("To the latest").click()
    assert phone.thread.evaluate(_LEFT) < 5


def test_a_very_long_text_is_shown_whole(window: Window) -> None:
    (phone,) = window.phones("+263771100141")
    long = "goats " * 2_000 + "end"
    phone.field.fill(long)
    phone.page.keyboard.press("Enter")

    expect(phone.bubbles.first).to_contain_text("goats end")
    assert phone.thread.evaluate("thread => thread.scrollWidth <= thread.clientWidth")


def test_a_narrow_screen_shows_one_phone_at_a_time(window: Window) -> None:
    first, second = window.phones("+263771100151", "+263771100152")
    first.page.set_viewport_size({"width": 390, "height": 780})
    box = first.root.bounding_box()

    assert box is not None
    assert box["width"] <= 390
    assert first.page.evaluate("document.documentElement.scrollWidth") <= 390
    second.root.scroll_into_view_if_needed()
    second.write("menu")
    second.told("What would you like to do?")


def test_a_hidden_page_asks_for_nothing(window: Window) -> None:
    (phone,) = window.phones("+263771100161")
    phone.page.evaluate("emitEvent('looked_at', false)")
    phone.page.wait_for_timeout(800)
    (other,) = window.phones("+263771100161")
    other.write("menu")
    other.told("What would you like to do?")

    expect(phone.bubbles).to_have_count(0)
    phone.page.evaluate("emitEvent('looked_at', true)")
    phone.told("What would you like to do?")


def test_the_first_page_names_the_merchants(window: Window) -> None:
    page = window.tab("/")
    page.get_by_role("link", name="Gokwe Market").click()

    expect(page.get_by_text("Selling 10 goats at $20 in Gokwe")).to_be_visible()
    expect(page.get_by_text("Nothing you write here leaves this server")).to_be_visible()
    expect(page.locator("[data-phone]")).to_have_count(2)


def test_pages_carry_the_headers_of_the_edge(window: Window) -> None:
    page = window.context.new_page()
    answer = page.goto(f"{window.server}/chat/gokwe-market")

    assert answer is not None
    headers = answer.headers
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors" in headers["content-security-policy"]


def test_a_merchant_nobody_knows_is_told_kindly(window: Window) -> None:
    page = window.tab("/chat/%3Cimg%20src=x%20onerror=alert(1)%3E")

    expect(page.get_by_text("There is no merchant called <img src=x")).to_be_visible()


_LEFT = "thread => thread.scrollHeight - thread.scrollTop - thread.clientHeight"
