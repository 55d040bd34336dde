"""What a channel can show: nothing is lost, nothing is too long, no two titles are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.channels.base import Limits
from sokoni.channels.inbound import Pin
from sokoni.channels.ladder import PAGE, lower, step_down
from sokoni.channels.outbound import (
    Buttons,
    CatalogueShown,
    ContactRequest,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Neutral,
    Option,
    Place,
    ProductShown,
    ProductsShown,
    Template,
    Text,
)
from sokoni.kit.text import units

CLOUD = Limits()
SHELF = Limits(catalogue="8009")
TWILIO = Limits(
    text=1600,
    image_buttons=False,
    document_caption=False,
    location_request=False,
    contact_request=False,
)
PLAIN = Limits(buttons=0, rows=0, link_button=False, location_request=False, contact_request=False)
BUTTONS_ONLY = Limits(rows=0)

GOATS = "https://shop.example.com/goats.jpg"


def options(count: int, *, title: str = "Goat", description: str = "") -> tuple[Option, ...]:
    return tuple(Option(f"o{n}", f"{title} {n}", description) for n in range(1, count + 1))


def menu(count: int, **more: str) -> Neutral:
    return Neutral(
        text="Which one?",
        options=options(count, **more),
        options_label="Choose",
        more_label="More",
        reply_with_number="Reply with a number.",
    )


# --- the rungs --------------------------------------------------------------------------------


def test_three_short_options_are_buttons() -> None:
    lowered = lower(menu(3), CLOUD)

    assert lowered.contents == (Buttons(body="Which one?", options=options(3)),)
    assert lowered.offered == options(3)


def test_four_options_are_a_list() -> None:
    lowered = lower(menu(4), CLOUD)

    assert lowered.contents == (Listing(body="Which one?", label="Choose", options=options(4)),)


def test_any_description_asks_for_a_list() -> None:
    (content,) = lower(menu(2, description="$20 each"), CLOUD).contents

    assert isinstance(content, Listing)
    assert content.options == options(2, description="$20 each")


def test_without_buttons_and_lists_it_is_numbered_text() -> None:
    (content,) = lower(menu(2, description="$20 each"), PLAIN).contents

    assert content == Text(
        "Which one?\n\n1. Goat 1 \N{EN DASH} $20 each\n2. Goat 2 \N{EN DASH} $20 each"
        "\n\nReply with a number."
    )


def test_without_lists_four_options_are_numbered() -> None:
    assert isinstance(lower(menu(4), BUTTONS_ONLY).contents[0], Text)
    assert isinstance(lower(menu(3), BUTTONS_ONLY).contents[0], Buttons)


def test_fixed_choice_is_one_numbered_text_with_all_of_it() -> None:
    neutral = Neutral(text="Which town?", options=options(20), numbered=True)

    lowered = lower(neutral, CLOUD)

    (content,) = lowered.contents
    assert isinstance(content, Text)
    assert content.body.endswith("20. Goat 20")
    assert lowered.offered == options(20)


def test_title_too_long_for_a_button_makes_a_list_that_says_it_in_full() -> None:
    long = Option("a", "Second-hand engine oil, 5 litres")
    (content,) = lower(Neutral(text="Which?", options=(long, Option("b", "No"))), CLOUD).contents

    assert isinstance(content, Listing)
    assert content.options[0] == Option("a", "Second-hand engine…", long.title)
    assert content.options[1] == Option("b", "No")


def test_what_no_row_can_hold_is_said_in_the_body() -> None:
    wide = Option("a", "Toyota Hilux 2.4 GD-6 double cab", "x " * 35 + "end")
    (content,) = lower(Neutral(text="Which?", options=(wide,)), CLOUD).contents

    assert isinstance(content, Listing)
    assert content.body == f"Which?\n\n1. {wide.title} \N{EN DASH} {wide.description}"


def test_titles_stay_apart_when_cut() -> None:
    alike = tuple(Option(str(n), f"Samsung Galaxy A15 128 GB, number {n}") for n in range(1, 5))
    (content,) = lower(Neutral(text="Which?", options=alike), CLOUD).contents

    assert isinstance(content, Listing)
    assert [option.title for option in content.options] == [
        "Samsung Galaxy A15…1",
        "Samsung Galaxy A15…2",
        "Samsung Galaxy A15…3",
        "Samsung Galaxy A15…4",
    ]


def test_titles_that_are_cut_show_what_differs_at_their_ends() -> None:
    names = ("Sunbird Long Grain Rice 2 kg", "Sunbird Long Grain Rice 5 kg", "Brown Rice 2 kg")
    alike = tuple(Option(name[-4:] + name[:1], name) for name in names)
    (content,) = lower(Neutral(text="Which?", options=alike, numbered=False), CLOUD).contents

    assert isinstance(content, Listing | Buttons)
    assert [option.title for option in content.options] == [
        "Sunbird Long Grain…2 kg",
        "Sunbird Long Grain…5 kg",
        "Brown Rice 2 kg",
    ]


def test_equal_titles_are_told_apart_also_for_who_types_them() -> None:
    twins = (Option("a", "Goats"), Option("b", "goats"))

    lowered = lower(Neutral(text="Whose?", options=twins), CLOUD)

    assert [option.title for option in lowered.offered] == ["Goats", "goats 2"]
    assert lowered.contents == (Buttons(body="Whose?", options=lowered.offered),)


# --- pages ------------------------------------------------------------------------------------


def test_more_results_come_in_pages_of_nine() -> None:
    first, second, last = (lower(menu(27), CLOUD, page).offered for page in (1, 2, 3))

    assert [len(shown) for shown in (first, second, last)] == [10, 10, 9]
    assert first[-1] == Option("page:2", "More")
    assert second[-1] == Option("page:3", "More")
    assert last == options(27)[18:]


def test_numbered_results_come_in_pages_of_eight() -> None:
    lowered = lower(menu(11), PLAIN)

    assert len(lowered.offered) == 9
    assert isinstance(lowered.contents[0], Text)
    assert "\n9. More\n" in lowered.contents[0].body
    assert lower(menu(11), PLAIN, page=2).offered == options(11)[8:]


@pytest.mark.parametrize(("asked", "first"), [(-1, "o1"), (0, "o1"), (3, "o19"), (99, "o19")])
def test_page_that_is_not_there_shows_the_nearest(asked: int, first: str) -> None:
    assert lower(menu(25), CLOUD, page=asked).offered[0].id == first


# --- what stands around -----------------------------------------------------------------------


def test_long_text_goes_first_and_its_question_stays_with_the_choices() -> None:
    story = "word " * 300
    before, content = lower(
        Neutral(text=f"{story}\n\nWhich one?", options=options(2)), CLOUD
    ).contents

    assert before == Text(story.strip())
    assert content == Buttons(body="Which one?", options=options(2))


def test_picture_is_the_header_of_the_buttons() -> None:
    neutral = Neutral(text="These?", options=options(2), image_url=GOATS)

    assert lower(neutral, CLOUD).contents == (
        Buttons(body="These?", options=options(2), image_url=GOATS),
    )


def test_picture_goes_ahead_of_a_list() -> None:
    image, listing = lower(
        Neutral(text="These?", options=options(5), image_url=GOATS), CLOUD
    ).contents

    assert image == Image(url=GOATS)
    assert isinstance(listing, Listing)
    assert listing.body == "These?"


def test_picture_and_numbered_choices_are_one_message() -> None:
    neutral = Neutral(text="These?", options=options(2), image_url=GOATS)

    assert lower(neutral, PLAIN).contents == (
        Image(url=GOATS, caption="These?\n\n1. Goat 1\n2. Goat 2"),
    )


def test_picture_with_too_much_to_say_for_a_caption() -> None:
    neutral = Neutral(text="word " * 300, image_url=GOATS)

    assert lower(neutral, CLOUD).contents == (Image(url=GOATS), Text(("word " * 300).strip()))


def test_document_is_named() -> None:
    neutral = Neutral(text="Your receipt", document_url="https://a.example/r.pdf")

    assert lower(neutral, CLOUD).contents == (
        Document(url="https://a.example/r.pdf", name="r.pdf", caption="Your receipt"),
    )


def test_link_is_a_button_else_a_line_of_its_own() -> None:
    neutral = Neutral(text="Pay here", link_url="https://pay.example/1", link_label="Pay now")

    assert lower(neutral, CLOUD).contents == (
        LinkButton(body="Pay here", label="Pay now", url="https://pay.example/1"),
    )
    assert lower(neutral, PLAIN).contents == (Text("Pay here\nhttps://pay.example/1"),)


def test_link_beside_options_is_a_line_of_the_body() -> None:
    neutral = Neutral(
        text="Paid?", link_url="https://pay.example/1", link_label="Pay", options=options(2)
    )

    (content,) = lower(neutral, CLOUD).contents
    assert isinstance(content, Buttons)
    assert content.body == "Paid?\nhttps://pay.example/1"


def test_place_is_asked_for_by_a_button_else_in_words() -> None:
    neutral = Neutral(text="Where?", ask_location=True, location_hint="Tap the clip.")

    assert lower(neutral, CLOUD).contents == (LocationRequest("Where?"),)
    assert lower(neutral, PLAIN).contents == (Text("Where?\nTap the clip."),)


def test_phone_number_is_asked_for_by_a_button_else_in_words() -> None:
    neutral = Neutral(text="Which number?", ask_contact=True)

    assert lower(neutral, CLOUD).contents == (ContactRequest("Which number?"),)
    assert lower(neutral, PLAIN).contents == (Text("Which number?"),)


def test_choices_beside_a_request_for_the_number_are_typed() -> None:
    neutral = Neutral(text="Which number?", ask_contact=True, options=(Option("skip", "Skip"),))

    lowered = lower(neutral, CLOUD)

    assert lowered.contents == (ContactRequest("Which number?\n\n1. Skip"),)
    assert lowered.offered == (Option("skip", "Skip"),)
    assert isinstance(lower(neutral, TWILIO).contents[0], Buttons)


def test_a_file_goes_ahead_of_a_request_for_the_number() -> None:
    neutral = Neutral(text="Which number?", ask_contact=True, image_url=GOATS)

    assert lower(neutral, CLOUD).contents == (Image(url=GOATS), ContactRequest("Which number?"))


def test_nothing_to_say_sends_nothing() -> None:
    assert lower(Neutral(text=" "), CLOUD).contents == ()


def test_very_long_text_is_parted_at_paragraphs() -> None:
    paragraph = "word " * 500
    contents = lower(Neutral(text="\n\n".join([paragraph.strip()] * 3)), CLOUD).contents

    assert contents == tuple([Text(paragraph.strip())] * 3)


# --- one step down ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "instead"),
    [
        (Buttons(body="Sure?", options=options(2)), "Sure?\n\n1. Goat 1\n2. Goat 2"),
        (
            Buttons(body="Sure?", options=options(1), image_url=GOATS),
            f"Sure?\n{GOATS}\n\n1. Goat 1",
        ),
        (Listing(body="Which?", label="See", options=options(1)), "Which?\n\n1. Goat 1"),
        (LocationRequest("Where?"), "Where?"),
        (ContactRequest("Which number?"), "Which number?"),
        (LinkButton(body="Pay", label="Now", url="https://p.example"), "Pay\nhttps://p.example"),
        (Image(url=GOATS, caption="Goats"), f"Goats\n{GOATS}"),
        (Document(url=GOATS, name="goats.jpg"), GOATS),
        (Place(Pin(latitude=-18.2, longitude=28.9, name="Gokwe")), "Gokwe\n-18.2, 28.9"),
    ],
)
def test_what_is_not_renderable_falls_to_text(refused: Content, instead: str) -> None:
    assert step_down(refused, CLOUD) == Text(instead)


@pytest.mark.parametrize("refused", [Text("Hello"), Template(name="t", language="en")])
def test_text_and_templates_have_no_simpler_form(refused: Content) -> None:
    assert step_down(refused, CLOUD) is None


def test_fallen_menu_fits_the_text_limit() -> None:
    wide = Listing(
        body="word " * 200,
        label="See",
        options=tuple(Option(str(n), f"Title {n}", "d" * 72) for n in range(10)),
    )

    fallen = step_down(wide, TWILIO)

    assert isinstance(fallen, Text)
    assert units(fallen.body) <= TWILIO.text
    assert fallen.body.endswith("10. Title 9")


def test_picture_goes_ahead_where_none_stands_above_buttons() -> None:
    neutral = Neutral(text="These?", options=options(2), image_url=GOATS)

    picture, buttons = lower(neutral, TWILIO).contents

    assert picture == Image(url=GOATS)
    assert buttons == Buttons(body="These?", options=options(2))


def test_words_of_a_document_follow_it_where_it_has_no_caption() -> None:
    neutral = Neutral(text="Your receipt", document_url=GOATS, document_name="r.jpg")

    assert lower(neutral, TWILIO).contents == (
        Document(url=GOATS, name="r.jpg"),
        Text("Your receipt"),
    )


# --- the channel's own catalogue --------------------------------------------------------------

TEAS = tuple(Option(f"o{n}", f"Tea {n}", f"${n}.00", f"TEA-{n}") for n in (1, 2))
MORE = Option("page:2", "More")
TEAS_WRITTEN = "Found for tea:\n\n1. Tea 1 \N{EN DASH} $1.00\n2. Tea 2 \N{EN DASH} $2.00"


def teas(*others: Option) -> Neutral:
    return Neutral(
        text="Found for tea:",
        options=(*TEAS, *others),
        options_label="Choose",
        heading="Corner Shop",
        reply_with_number="Reply with a number.",
        written=True,
    )


def test_things_of_the_catalogue_are_shown_by_it_with_their_numbers_written() -> None:
    lowered = lower(teas(), SHELF)

    shown = ProductsShown(
        catalogue="8009", heading="Corner Shop", body=TEAS_WRITTEN, label="Choose", options=TEAS
    )
    assert lowered.contents == (shown,)
    assert lowered.offered == TEAS


def test_other_choices_stand_below_the_products() -> None:
    products, below = lower(teas(MORE), SHELF).contents

    assert isinstance(products, ProductsShown)
    assert products.options == TEAS
    assert below == Buttons(body="Choose", options=(MORE,), first=3)


@pytest.mark.parametrize(
    "neutral",
    [
        teas(MORE, Option("o3", "Tea 3", "", "TEA-3")),
        menu(2, description="$1.00"),
    ],
)
def test_what_the_catalogue_has_in_part_is_listed_as_ever(neutral: Neutral) -> None:
    assert lower(neutral, SHELF) == lower(neutral, CLOUD)


def test_a_card_has_the_catalogues_picture_and_our_words_and_choices_below() -> None:
    card = Neutral(text="Tea, $1.00", options=options(2), product="TEA-1", image_url=GOATS)

    assert lower(card, SHELF).contents == (
        ProductShown(catalogue="8009", product="TEA-1", image_url=GOATS),
        Buttons(body="Tea, $1.00", options=options(2)),
    )
    assert lower(card, CLOUD).contents == (
        Buttons(body="Tea, $1.00", options=options(2), image_url=GOATS),
    )


def test_without_a_picture_of_ours_the_words_stand_with_the_product() -> None:
    card = Neutral(text="Tea, $1.00", options=options(2), product="TEA-1", options_label="Choose")

    assert lower(card, SHELF).contents == (
        ProductShown(catalogue="8009", product="TEA-1", body="Tea, $1.00"),
        Buttons(body="Choose", options=options(2)),
    )


def test_the_whole_catalogue_is_opened_beside_the_numbered_ways_into_it() -> None:
    neutral = Neutral(
        text="What we sell", options=options(4), catalogue=True, reply_with_number="Number?"
    )
    body = "What we sell\n\n1. Goat 1\n2. Goat 2\n3. Goat 3\n4. Goat 4\n\nNumber?"

    assert lower(neutral, SHELF).contents == (CatalogueShown(catalogue="8009", body=body),)
    assert isinstance(lower(neutral, CLOUD).contents[0], Listing)


def test_ways_that_do_not_fit_beside_the_catalogue_are_a_list() -> None:
    neutral = Neutral(text="x" * 1000, options=options(4), catalogue=True, options_label="Choose")

    assert lower(neutral, SHELF) == lower(neutral, CLOUD)


def test_a_phone_that_shows_words_alone_has_no_catalogue() -> None:
    plain = SHELF.text_only()

    assert lower(teas(MORE), plain) == lower(teas(MORE), CLOUD.text_only())


def test_products_that_the_catalogue_refuses_are_a_list_of_our_own() -> None:
    (shown,) = lower(teas(), SHELF).contents

    assert step_down(shown, SHELF) == Listing(body=TEAS_WRITTEN, label="Choose", options=TEAS)
    assert step_down(shown, PLAIN) == Text(TEAS_WRITTEN)


@pytest.mark.parametrize(
    ("refused", "simpler"),
    [
        (ProductShown(catalogue="8009", product="T", image_url=GOATS), Image(url=GOATS)),
        (ProductShown(catalogue="8009", product="T", body="Tea"), Text("Tea")),
        (CatalogueShown(catalogue="8009", body="1. Tea"), Text("1. Tea")),
    ],
)
def test_what_the_catalogue_refuses_is_shown_by_us(refused: Content, simpler: Content) -> None:
    assert step_down(refused, SHELF) == simpler


# --- properties -------------------------------------------------------------------------------

LETTERS = st.characters(blacklist_categories=("Cs", "Cc"))
LIMITS = st.sampled_from([CLOUD, SHELF, TWILIO, PLAIN, BUTTONS_ONLY, Limits(text=200, caption=60)])
WORDS = st.text(LETTERS | st.sampled_from(" \n.!😀"), max_size=120)
LONG = st.builds(lambda piece, times: piece * times, WORDS, st.integers(0, 60))
OPTIONS = st.lists(
    st.tuples(
        st.sampled_from(["Goats", "goats", "Red goats of Gokwe North"]) | WORDS,
        WORDS,
        st.sampled_from(["", "GOAT-1"]),
    ),
    max_size=40,
).map(lambda drawn: tuple(Option(f"o{n}", *pair) for n, pair in enumerate(drawn)))
NEUTRALS = st.builds(
    Neutral,
    text=LONG,
    options=OPTIONS,
    options_label=WORDS,
    more_label=WORDS,
    reply_with_number=WORDS,
    numbered=st.booleans(),
    image_url=st.sampled_from(["", GOATS]),
    document_url=st.sampled_from(["", "https://a.example/r.pdf"]),
    link_url=st.sampled_from(["", "https://pay.example/1"]),
    link_label=st.sampled_from(["", "Pay now", "Pay for it with mobile money"]),
    ask_location=st.booleans(),
    location_hint=WORDS,
    ask_contact=st.booleans(),
    heading=WORDS,
    product=st.sampled_from(["", "GOAT-1"]),
    catalogue=st.booleans(),
)


def fits(content: Content, limits: Limits) -> bool:
    match content:
        case Text(body):
            return 0 < units(body) <= limits.text
        case Document(caption=caption) if caption and not limits.document_caption:
            return False
        case Image() | Document():
            return units(content.caption) <= limits.caption
        case Buttons() | Listing() | LinkButton() | LocationRequest() | ContactRequest():
            return _body_fits(content.body, limits) and _action_fits(content, limits)
        case ProductShown() | CatalogueShown() | ProductsShown():
            return bool(limits.catalogue) and _shelf_fits(content, limits)
        case _:
            return False


def _shelf_fits(content: ProductShown | CatalogueShown | ProductsShown, limits: Limits) -> bool:
    if isinstance(content, ProductShown) and content.image_url:
        return bool(content.product) and not content.body
    if isinstance(content, ProductsShown):
        return (
            _body_fits(content.body, limits)
            and 0 < units(content.heading) <= limits.heading
            and all(option.product for option in content.options)
            and _titles_fit(content.options, limits.products, limits.row_title)
        )
    return _body_fits(content.body, limits)


def _action_fits(content: Content, limits: Limits) -> bool:
    match content:
        case Buttons(image_url=image) if image and not limits.image_buttons:
            return False
        case Buttons():
            return _titles_fit(content.options, limits.buttons, limits.button_title)
        case Listing():
            return (
                0 < units(content.label) <= limits.list_label
                and _titles_fit(content.options, limits.rows, limits.row_title)
                and all(
                    units(row.description) <= limits.row_description for row in content.options
                )
            )
        case LinkButton():
            return limits.link_button and 0 < units(content.label) <= limits.button_title
        case ContactRequest():
            return limits.contact_request
        case _:
            return limits.location_request


def _body_fits(body: str, limits: Limits) -> bool:
    return bool(body.strip()) and units(body) <= limits.body


def _titles_fit(shown: tuple[Option, ...], most: int, longest: int) -> bool:
    titles = [option.title for option in shown]
    return (
        0 < len(shown) <= most
        and all(title.strip() and units(title) <= longest for title in titles)
        and len({title.casefold() for title in titles}) == len(titles)
    )


@given(NEUTRALS, LIMITS, st.integers(1, 5))
def test_everything_fits_the_limits(neutral: Neutral, limits: Limits, page: int) -> None:
    contents = lower(neutral, limits, page).contents

    assert all(fits(content, limits) for content in contents), contents


@given(NEUTRALS, LIMITS)
def test_every_step_down_fits_too(neutral: Neutral, limits: Limits) -> None:
    for content in lower(neutral, limits).contents:
        simpler = step_down(content, limits)
        assert simpler is None or fits(simpler, limits)


_WORDS = "goats " * 300


@pytest.mark.parametrize(
    "content",
    [Image(url=GOATS, caption=_WORDS), LinkButton(body=_WORDS, label="Pay now", url=GOATS)],
)
def test_long_words_leave_room_for_the_whole_address(content: Content) -> None:
    simpler = step_down(content, Limits(text=200))

    assert isinstance(simpler, Text)
    assert simpler.body.endswith(f"\n{GOATS}")
    assert 150 < units(simpler.body) <= 200


@given(NEUTRALS, LIMITS)
def test_no_option_is_lost_over_the_pages(neutral: Neutral, limits: Limits) -> None:
    shown: list[str] = []
    page = 1
    while True:
        offered = lower(neutral, limits, page).offered
        shown += [option.id for option in offered if not option.id.startswith(PAGE)]
        if not any(option.id.startswith(PAGE) for option in offered):
            break
        page += 1

    assert shown == [option.id for option in neutral.options]


@given(NEUTRALS, LIMITS)
def test_what_is_offered_is_told_apart(neutral: Neutral, limits: Limits) -> None:
    titles = [option.title.casefold() for option in lower(neutral, limits).offered]

    assert len(set(titles)) == len(titles)
    assert all(titles)


@given(LONG, LIMITS)
def test_no_word_of_a_long_text_is_lost(text: str, limits: Limits) -> None:
    contents = lower(Neutral(text=text), limits).contents

    said = " ".join(content.body for content in contents if isinstance(content, Text))
    assert "".join(said.split()) == "".join(text.split())
