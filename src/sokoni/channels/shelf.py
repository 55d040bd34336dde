"""Things shown by the channel's own catalogue, with what the catalogue has no room for below."""

from collections.abc import Sequence
from itertools import takewhile

import msgspec

from sokoni.channels.base import Limits
from sokoni.channels.fitting import one_line
from sokoni.channels.outbound import (
    CatalogueShown,
    Content,
    Neutral,
    Option,
    ProductShown,
    ProductsShown,
)
from sokoni.channels.rungs import (
    NO_WORDS,
    ahead_of,
    choosing,
    fit_list,
    joined,
    list_label,
    menu_text,
    parted,
    rows_of,
    texts,
)
from sokoni.kit.text import shortened, units


def from_catalogue(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    """Show what it is about as the channel's own catalogue does; () where that is not possible.

    The rest of the choices goes below, for the catalogue has no room for them.
    """
    products = tuple(takewhile(lambda option: option.product, options))
    rest = options[len(products) :]
    if products and not any(option.product for option in rest):
        if len(products) <= limits.products and fit_list(products, limits):
            return _products(neutral, spoken, products, rest, limits)
    elif neutral.product:
        return _product(neutral, spoken, options, limits)
    elif neutral.catalogue:
        return _whole(neutral, spoken, options, limits)
    return ()


def _products(
    neutral: Neutral,
    spoken: str,
    products: Sequence[Option],
    rest: Sequence[Option],
    limits: Limits,
) -> tuple[Content, ...]:
    # Products, too, are seen only after a tap, and a typed number has to be read somewhere.
    spoken = joined(spoken, menu_text("", products, neutral.first), gap="\n\n")
    before, body = parted(spoken, neutral.options_label, limits)
    shown = ProductsShown(
        catalogue=limits.catalogue,
        heading=shortened(one_line(neutral.heading) or NO_WORDS, limits.heading),
        body=body,
        label=list_label(neutral, limits),
        options=tuple(
            Option(row.id, row.title, row.description, option.product)
            for row, option in zip(rows_of(products, limits)[0], products, strict=True)
        ),
        first=neutral.first,
    )
    below = Neutral(
        text="",
        options=tuple(rest),
        options_label=neutral.options_label,
        reply_with_number=neutral.reply_with_number,
        first=neutral.first + len(products),
    )
    after = choosing(below, "", rest, limits) if rest else ()
    return (*ahead_of(neutral, before, limits), shown, *after)


def _product(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    """Show the product, and below it what is said of it and what may be done.

    Where we have no picture of it, the words stand with the product: they are what is left of it
    should the catalogue not have it.
    """
    before, body = ("", "") if neutral.image_url else parted(spoken, "", limits)
    shown = ProductShown(
        catalogue=limits.catalogue,
        product=neutral.product,
        body=body,
        image_url=neutral.image_url,
    )
    below = msgspec.structs.replace(neutral, image_url="")
    said = spoken if neutral.image_url else ""
    return (*texts(before, limits), shown, *choosing(below, said, options, limits))


def _whole(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    """Open the catalogue from a message that names the ways into it, as far as it has room."""
    menu = joined(menu_text(spoken, options, neutral.first), neutral.reply_with_number, gap="\n\n")
    if units(menu) > limits.body or not menu.strip():
        return ()
    shown = CatalogueShown(catalogue=limits.catalogue, body=menu)
    return (*ahead_of(neutral, "", limits), shown)
