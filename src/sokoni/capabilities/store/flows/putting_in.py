"""Puts one thing after the other in the cart, and says in one message what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sokoni.capabilities.store.asking import Asked, is_cheapest
from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.choosing import (
    how_many,
    like,
    which,
    which_option,
    with_rest,
)
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.matching import (
    MOST,
    Matches,
    cheapest_shown,
    named_just,
    options_meant,
    products_meant,
)
from sokoni.capabilities.store.service.cards import ProductCard, VariantCard
from sokoni.capabilities.store.service.carted import CartLine
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.wording import (
    BROWSE,
    after_change,
    counted,
    priced,
    saying,
    several,
    total_of,
)
from sokoni.dialogue.flow import Outcome
from sokoni.messaging.prompts import Choice, Param, Prompt, Worded


@dataclass(slots=True)
class Done:
    """What came of a message so far."""

    lines: list[CartLine] = field(default_factory=list)
    told: list[Param] = field(default_factory=list)
    """What could not be done, and why."""
    question: Prompt | None = None
    rest: list[Asked] = field(default_factory=list)
    """What comes once the question is answered."""
    choices: tuple[Choice, ...] = ()


class PuttingIn(AtOnceFlow):
    """A flow that puts things in the cart, as far as it is clear which."""

    async def _one(self, done: Done, asked: Asked) -> None:
        quantity = asked.quantity if asked.quantity is not None else 1
        if asked.odd or quantity < 1:
            done.question = how_many(asked)
            return
        if not asked.words:
            await self._in_focus(done, quantity)
            return
        sole = await self._just_so(asked)
        if sole is not None:
            await self._product(done, sole, 1, {})
            return
        meant = await self._meant(asked.words)
        if meant.sole is not None:
            chosen = options_meant(meant.sole, asked.words)
            await self._product(done, meant.sole, quantity, chosen)
        elif meant.cards:
            done.question = which(self._desk, asked, quantity, meant)
        elif is_cheapest(asked.words):
            done.told.append(Worded("store.add.what"))
        else:
            done.told.append(Worded("store.add.none", {"what": asked.words}))

    async def _just_so(self, asked: Asked) -> ProductCard | None:
        """Return the product whose very name was said, a number in it included: "eggs, 6"."""
        if asked.quantity is None or "," not in asked.spoken:
            return None
        return await named_just(self._desk, asked.spoken)

    async def _meant(self, said: str) -> Matches:
        """Return what words mean; "the cheapest" is of what is on the screen."""
        if not is_cheapest(said):
            return await products_meant(self._desk, said)
        cheapest = await cheapest_shown(self._desk)
        return Matches(() if cheapest is None else (cheapest,))

    async def _in_focus(self, done: Done, quantity: int) -> None:
        """Put in so many of what was spoken of last (CV-16)."""
        desk = self._desk
        looked_at = desk.looked_at()
        focus = await desk.focus()
        listed = desk.listed_last()
        several = listed or (list(desk.offered()) if desk.unanswered() else ())
        if looked_at is None and several:
            meant = Matches(await desk.showcase.products(several[:MOST]))
            done.question = which(self._desk, Asked("", quantity), quantity, meant)
            return
        if looked_at is None and focus is not None:
            card = (await desk.showcase.variants([focus])).get(focus)
            await self._variant(done, [card] if card and card.sold else [], quantity)
            return
        card_shown = await desk.showcase.product(looked_at) if looked_at else None
        if card_shown is None:
            done.told.append(Worded("store.add.what"))
            done.choices = (BROWSE,)
            return
        variants = [one for one in card_shown.variants if one.id == focus]
        if variants:
            await self._variant(done, variants, quantity)
        else:
            await self._product(done, card_shown, quantity, {})

    async def _product(
        self, done: Done, card: ProductCard, quantity: int, chosen: Mapping[str, str]
    ) -> None:
        """Put in the variant that is chosen, or ask for the next option."""
        fitting = card.choosing(chosen)
        if all(one.is_out for one in fitting):
            named = ", ".join((card.name, *chosen.values()))
            done.told.append(Worded("store.add.out", {"name": named}))
            done.question = like(card, quantity, chosen)
        elif len(fitting) == 1:
            await self._variant(done, fitting, quantity)
        else:
            done.question = which_option(card, fitting, quantity, chosen)

    async def _variant(self, done: Done, fitting: Sequence[VariantCard], quantity: int) -> None:
        desk = self._desk
        if not fitting:
            done.told.append(Worded("store.product.gone"))
            return
        variant = fitting[0]
        try:
            line = await desk.carts.add(
                desk.me, variant.id, quantity, conversation_id=desk.context.conversation_id
            )
        except NotSoldError:
            done.told.append(Worded("store.add.out", {"name": variant.name}))
        except NotEnoughError as error:
            self._too_few(done, variant, error)
        else:
            done.lines = [one for one in done.lines if one.id != line.id] + [line]

    def _too_few(self, done: Done, variant: VariantCard, error: NotEnoughError) -> None:
        """Say how many there are, and offer the rest of them."""
        there = error.line.in_cart
        more = error.left - there
        told: dict[str, Param] = {"name": variant.name, "left": error.left}
        if more < 1:
            key = "store.add.all_in_cart" if there else "store.add.out"
            done.told.append(Worded(key, told if there else {"name": variant.name}))
            return
        done.told.append(Worded("store.add.short", told))
        which = {"product": str(variant.product_id), "variant": str(variant.id)}
        command = start("add", {**which, "quantity": more})
        label = Worded("store.choice.take", {"number": more})
        done.choices = (Choice("take", label, command=command, means="yes"),)

    # --- telling ------------------------------------------------------------------------------

    async def _told(self, done: Done, *, followed: bool = False) -> Outcome:
        """Say in one message what is in the cart now, what was not possible, and what is asked."""
        desk = self._desk
        parts: list[Param] = []
        if len(done.lines) == 1:
            parts.append(Worded("store.add.done", {"line": counted(desk, done.lines[0])}))
        elif done.lines:
            parts.append(
                Worded(
                    "store.add.several",
                    {"lines": several(priced(desk, one) for one in done.lines)},
                )
            )
        if done.lines:
            parts.append(total_of(desk, await desk.carts.show(desk.me)))
        parts += done.told
        if done.question is None:
            after = after_change(desk) if done.lines else (BROWSE,)
            choices = done.choices or (() if followed else after)
            return Outcome(saying(*parts, choices=choices))
        question = done.question
        choices = tuple(with_rest(one, done.rest) for one in question.choices)
        parts.append(Worded(question.key, question.params))
        return Outcome(saying(*parts, choices=choices), asks=True)
