"""How the shop's things are said: catalogue keys and values, never sentences."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.service.cards import ProductCard, VariantCard
from sokoni.capabilities.store.service.carted import CartLine, CartShown, Finding, Trouble
from sokoni.kit.money import Money
from sokoni.messaging.prompts import Amount, Choice, Lines, Param, Params, Prompt, Worded

NOTHING: Final = ""
_NO_OPTIONS: Final[Mapping[str, str]] = {}
CHECKOUT: Final = Choice("checkout", Worded("store.choice.checkout"), command=start("checkout"))
CART: Final = Choice("cart", Worded("store.choice.cart"), command=start("cart"))
BROWSE: Final = Choice("browse", Worded("store.choice.browse"), command=start("browse"))
EMPTY: Final = Prompt("store.cart.empty", {}, (BROWSE,))


def after_change(desk: Desk) -> tuple[Choice, ...]:
    """Return what may follow a change of the cart; in a checkout its own choices do."""
    return () if desk.is_ordering or desk.context.followed else (CHECKOUT, CART, BROWSE)


def noted(note: str) -> Param:
    """Return what was written beside the cart, as a line."""
    return Worded("store.place.noted", {"note": note}) if note else NOTHING


def joined(*parts: Param) -> Param:
    """Return several things to be said one below the other."""
    first, *others = (part for part in parts if part != NOTHING)
    said = first
    for other in others:
        said = Worded("store.joined", {"first": said, "second": other})
    return said


def saying(*parts: Param, choices: Sequence[Choice] = ()) -> Prompt:
    """Return the prompt that says several things in one message."""
    return Prompt("store.said", {"what": joined(*parts)}, tuple(choices))


def several(parts: Iterable[Param]) -> Param:
    """Return one thing, or several on lines of their own."""
    every = tuple(parts)
    return every[0] if len(every) == 1 else Lines(every)


def still_open(what: Sequence[str]) -> Param:
    """Say that things are not in the cart, since nobody answered which of them."""
    return Worded("store.add.still_open", {"what": ", ".join(what)}) if what else NOTHING


# --- products ----------------------------------------------------------------------------------


def price_of(card: ProductCard, chosen: Mapping[str, str] = _NO_OPTIONS) -> Worded:
    """Return what a product costs, or those of its variants that fit what is chosen."""
    fitting = sorted(card.choosing(chosen) or card.variants, key=lambda one: one.price.amount)
    cheapest, dearest = fitting[0], fitting[-1]
    if cheapest.price != dearest.price:
        return Worded("store.price.from", {"price": Amount.of(cheapest.price)})
    return _price(cheapest.price, cheapest.compare_at)


def _price(price: Money, before: Money | None) -> Worded:
    if before is None:
        return Worded("store.price", {"price": Amount.of(price)})
    return Worded("store.price.was", {"price": Amount.of(price), "was": Amount.of(before)})


def stock_of(desk: Desk, card: ProductCard | VariantCard) -> Worded:
    few = card.few(desk.settings.last_pieces)
    if card.is_out:
        return Worded("store.stock.out")
    return Worded("store.stock.in") if few is None else Worded("store.stock.few", {"count": few})


def product_choice(desk: Desk, card: ProductCard, said: str = "") -> Choice:
    """Return a product as one of a list: its name, and in its row what it costs.

    What was said of it, such as a size, goes along.
    """
    told: Params = {"price": price_of(card), "stock": stock_of(desk, card)}
    plain = not card.is_out and card.few(desk.settings.last_pieces) is None
    line = Worded("store.item" if plain else "store.item.stock", told)
    known = {"product": str(card.id)}
    command = start("product", {**known, "words": said} if said and card.options else known)
    return Choice(card.id.hex, card.name, line, command, product=card.number)


def adding(known: Mapping[str, object]) -> Choice:
    """Return the choice that puts something in the cart, as many as are said."""
    label, command = Worded("store.choice.add"), start("add", known)
    return Choice("add", label, command=command, means="yes", counts="quantity")


def card_of(desk: Desk, card: ProductCard, chosen: Mapping[str, str]) -> Prompt:
    """Return all that is shown of a product, with its picture."""
    about = Worded("store.product.about", {"text": card.description}) if card.description else ""
    told: Params = {
        "name": ", ".join((card.name, *chosen.values())),
        "price": price_of(card, chosen),
        "stock": stock_of(desk, card),
        "about": about,
        "options": _options(card, chosen),
    }
    known: dict[str, object] = {"product": str(card.id)}
    if chosen:
        known["chosen"] = dict(chosen)
    choices = (BROWSE,) if card.is_out else (adding(known),)
    others = (CART,) if card.is_out else (CART, CHECKOUT)
    more = () if desk.is_ordering else others
    return Prompt(
        "store.product.card",
        told,
        (*choices, *more),
        product=card.number,
        image_url=card.picture,
    )


def variant_of(desk: Desk, card: ProductCard, variant: VariantCard) -> Prompt:
    """Return all that is shown of one variant."""
    told: Params = {
        "name": variant.name,
        "price": _price(variant.price, variant.compare_at),
        "stock": stock_of(desk, variant),
        "about": "",
        "options": "",
    }
    known = {"product": str(card.id), "variant": str(variant.id)}
    picture = variant.picture or card.picture
    choices = () if variant.is_out else (adding(known),)
    return Prompt(
        "store.product.card",
        told,
        (*choices, CART),
        product=variant.sku,
        image_url=picture,
    )


def _options(card: ProductCard, chosen: Mapping[str, str]) -> Param:
    """Return what is left to choose."""
    lines = [
        Worded("store.product.option", {"option": option_named(one), "values": ", ".join(values)})
        for one, values in card.options.items()
        if one not in chosen
    ]
    return Worded("store.product.options", {"options": Lines(tuple(lines))}) if lines else NOTHING


_OPTIONS: Final = {
    "size": "size",
    "age": "age",
    "colour": "colour",
    "color": "colour",
    "flavour": "flavour",
    "flavor": "flavour",
    "weight": "weight",
    "brand": "brand",
    "category": "category",
    "roast": "roast",
}


def option_named(option: str) -> str | Worded:
    """Return what an option is called: ours for the usual ones, else the merchant's word."""
    known = _OPTIONS.get(option.casefold())
    return option if known is None else Worded(f"store.option.{known}")


# --- the cart ----------------------------------------------------------------------------------


def counted(desk: Desk, line: CartLine) -> Worded:
    """Return a line as so many of a thing."""
    return Worded("store.line.short", {"number": line.quantity, "name": line.name(desk.language)})


def priced(desk: Desk, line: CartLine) -> Worded:
    told: Params = {
        "number": line.quantity,
        "name": line.name(desk.language),
        "price": Amount.of(line.total),
    }
    return Worded("store.line", told)


def cart_lines(desk: Desk, lines: Iterable[CartLine]) -> Lines:
    return Lines(tuple(priced(desk, one) for one in lines))


def total_of(desk: Desk, shown: CartShown) -> Param:
    """Return what a cart comes to, unless the order is summed up below with every amount."""
    if desk.is_summed_up:
        return NOTHING
    told: Params = {"count": shown.pieces, "total": Amount.of(shown.items_total)}
    return Worded("store.cart.total", told)


def finding_told(desk: Desk, finding: Finding) -> Worded:
    """Say what is no longer as the contact was told."""
    told: dict[str, Param] = {"name": finding.line.name(desk.language)}
    currency = finding.line.variant.currency
    match finding.trouble:
        case Trouble.PRICE:
            told |= {"was": _amount(finding.was, currency), "now": _amount(finding.now, currency)}
        case Trouble.SHORT:
            told |= {"left": finding.left or 0}
        case Trouble.GONE | Trouble.OUT:
            pass
    return Worded(f"store.finding.{finding.trouble}", told)


def _amount(amount: Decimal, currency: str) -> Amount:
    return Amount(amount, currency)
