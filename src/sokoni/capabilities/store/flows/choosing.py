"""What is asked where an addition is not clear: which of several, which size, how many."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from msgspec.structs import replace

from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.matching import MOST, Matches
from sokoni.capabilities.store.service.cards import ProductCard, VariantCard
from sokoni.capabilities.store.wording import adding, option_named, product_choice
from sokoni.messaging.prompts import Choice, Param, Prompt, Start

_MOST_VALUES: Final = 9


def which(desk: Desk, asked: Asked, quantity: int, meant: Matches) -> Prompt:
    """Ask which of several products is meant."""
    key = "store.add.near" if meant.instead else "store.add.which"
    if not asked.words:
        key = "store.add.which_one"
    choices = []
    for card in meant.cards[:MOST]:
        shown = product_choice(desk, card)
        known: dict[str, object] = {"product": str(card.id), "quantity": quantity}
        command = start("add", {**known, "meant": asked.words})
        choices.append(Choice(shown.id, shown.label, shown.description, command))
    return Prompt(key, {"what": asked.words}, tuple(choices))


def like(card: ProductCard, quantity: int, chosen: Mapping[str, str]) -> Prompt | None:
    """Offer the variants that share something with the one that is sold out."""
    there = [
        one
        for one in card.variants
        if not one.is_out and set(one.options.items()) & set(chosen.items())
    ]
    if not there:
        return None
    known = {"product": str(card.id), "quantity": quantity}
    choices = [
        Choice(one.id.hex, one.label, command=start("add", {**known, "variant": str(one.id)}))
        for one in there[:_MOST_VALUES]
    ]
    return Prompt("store.add.instead", {"name": card.name}, tuple(choices))


def which_option(
    card: ProductCard,
    fitting: Sequence[VariantCard],
    quantity: int,
    chosen: Mapping[str, str],
) -> Prompt:
    """Ask for the first option in which the variants that are left differ."""
    there = [one for one in fitting if not one.is_out]
    option = next(
        one
        for one in [*card.options, ""]
        if not one or len({variant.options.get(one) for variant in there}) > 1
    )
    values = dict.fromkeys(variant.options.get(option, "") for variant in there)
    choices = []
    for value in list(values)[:_MOST_VALUES]:
        known: dict[str, object] = {"product": str(card.id), "quantity": quantity}
        known |= {"chosen": {**chosen, option: value}, "meant": card.name}
        choices.append(Choice(f"{option}:{value}"[:60], value, command=start("add", known)))
    told: dict[str, Param] = {"option": option_named(option), "name": card.name}
    return Prompt("store.add.option", told, tuple(choices))


def how_many(asked: Asked) -> Prompt:
    """Ask how many, where a number was said of which nobody can have so many."""
    if not asked.words:
        return Prompt("store.add.what")
    known = {"asked": [{"words": asked.words}]}
    return Prompt("store.add.how_many", {"what": asked.words}, (adding(known),))


def with_rest(choice: Choice, rest: Sequence[Asked]) -> Choice:
    """Have the other things of the message follow once this one is clear."""
    if not rest or not isinstance(choice.command, Start):
        return choice
    known = {"asked": [asdict(one) for one in rest], "follows": True}
    slots = {**choice.command.slots, **start("add", {"followed": True}).slots}
    later = (*choice.command.later, start("add", known))
    return replace(choice, command=Start(choice.command.task, slots, later=later))
