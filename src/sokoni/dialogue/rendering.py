"""Puts all prompts of a turn into one message, worded in the contact's language."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from sokoni.channels.base import Limits
from sokoni.channels.ladder import lower
from sokoni.channels.outbound import (
    Buttons,
    CatalogueShown,
    ContactRequest,
    Content,
    Document,
    Image,
    Listing,
    Neutral,
    Option,
    Sms,
    Text,
)
from sokoni.dialogue.filling import CONFIRM
from sokoni.dialogue.menus import new_menu_id, wire_id
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.wording import RIGHT_TO_LEFT, Wording
from sokoni.kit.text import from_right
from sokoni.messaging.prompts import Choice, Page, Prompt

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Rendered:
    neutral: Neutral
    contents: tuple[Content, ...]
    """The message as the channel shows it."""
    menus: tuple[MenuShown, ...]
    """What may be picked now; the last is the one that the message shows."""


class Rendering:
    """Words prompts for one merchant."""

    def __init__(self, wording: Wording, merchant: str) -> None:
        self._wording = wording
        self._merchant = merchant

    def render(
        self, sayings: Sequence[Saying], language: str, limits: Limits, now: datetime
    ) -> Rendered:
        """Join the texts; the last prompt that offers choices has its choices shown."""
        apart = [one.prompt for one in sayings if one.prompt.sms]
        if apart:
            said = [one for one in sayings if not one.prompt.sms]
            return self._beside(apart, said, language, limits, now)
        last = max((n for n, one in enumerate(sayings) if one.prompt.choices), default=-1)
        menus = [self.menu(one, language, now) for one in sayings if one.prompt.choices]
        prompts = [one.prompt for one in sayings]
        if last < 0:
            texts = [self._text(one, language) for one in prompts]
            neutral = self._neutral(prompts, texts, language)
            return Rendered(neutral, lower(neutral, limits).contents, ())
        shown = sayings[last]
        if len(menus) > 1:
            menus[-2:] = _counted_on(*menus[-2:])
        texts = self._texts(prompts, menus, language)
        neutral = self._neutral(prompts, texts, language)
        neutral = self._with_options(neutral, shown.prompt, menus[-1], language)
        lowered = lower(neutral, limits, shown.page)
        menus[-1] = msgspec.structs.replace(
            _offered(lowered.offered, menus[-1], shown),
            numbered=_has_numbers(lowered.contents),
        )
        return Rendered(neutral, lowered.contents, tuple(menus))

    def _beside(
        self,
        apart: Sequence[Prompt],
        sayings: Sequence[Saying],
        language: str,
        limits: Limits,
        now: datetime,
    ) -> Rendered:
        """Show what came as an SMS, each by itself, before what is said of it."""
        shown = tuple(Sms(to=one.sms, body=self._text(one, language)) for one in apart)
        if not sayings:
            return Rendered(Neutral(text="\n\n".join(one.body for one in shown)), shown, ())
        rest = self.render(sayings, language, limits, now)
        return Rendered(rest.neutral, (*shown, *rest.contents), rest.menus)

    def labels(self, choices: Sequence[Choice], language: str) -> tuple[str, ...]:
        return tuple(self._label(choice, language) for choice in choices)

    # --- texts --------------------------------------------------------------------------------

    def _texts(
        self, prompts: Sequence[Prompt], menus: Sequence[MenuShown], language: str
    ) -> list[str]:
        """Word the prompts. Two menus do not fit one message: the earlier is read, and typed."""
        texts = [self._text(prompt, language) for prompt in prompts]
        offering = [place for place, prompt in enumerate(prompts) if prompt.choices]
        for place, menu in zip(offering[:-1], menus[:-1], strict=True):
            lines = self._lines(prompts[place], menu, language)
            listed = "\n".join((texts[place], *lines))
            texts[place] = from_right(listed) if language in RIGHT_TO_LEFT else listed
        return texts

    def _text(self, prompt: Prompt, language: str) -> str:
        text = self._worded(prompt, language)
        return from_right(text) if language in RIGHT_TO_LEFT else text

    def _worded(self, prompt: Prompt, language: str) -> str:
        text = self._wording.text(prompt.key, prompt.params, language)
        if prompt.consent is not None:
            text = "\n\n".join((text, self._wording.phrase(prompt.consent.wording, language)))
        if prompt.listed is None or not prompt.listed.ends:
            return text
        return "\n\n".join((text, self._wording.text("dialogue.list_ends", {}, language)))

    def _lines(self, prompt: Prompt, menu: MenuShown, language: str) -> Iterator[str]:
        for number, choice in enumerate(prompt.choices, menu.first):
            described = self._wording.phrase(choice.description, language)
            said = ": ".join(filter(None, (self._label(choice, language), described)))
            yield f"{number}. {said}" if menu.above else f"- {said}"

    def _label(self, choice: Choice, language: str) -> str:
        if choice.label:
            return self._wording.phrase(choice.label, language)
        return self._wording.text(f"choice.{choice.id}", {}, language)

    # --- the message --------------------------------------------------------------------------

    def _neutral(self, prompts: Sequence[Prompt], texts: Sequence[str], language: str) -> Neutral:
        linked = next((one for one in reversed(prompts) if one.link_url), None)
        image = next((one.image_url for one in reversed(prompts) if one.image_url), "")
        filed = next((one for one in reversed(prompts) if one.document_url), None)
        asks = any(prompt.ask_location for prompt in prompts)
        return Neutral(
            text="\n\n".join(text for text in texts if text),
            image_url=image,
            document_url=filed.document_url if filed else "",
            document_name=filed.document_name if filed else "",
            link_url=linked.link_url if linked else "",
            link_label=self._wording.phrase(linked.link_label, language) if linked else "",
            ask_location=asks,
            ask_contact=any(prompt.ask_contact for prompt in prompts),
            location_hint=self._wording.text("dialogue.location_hint", {}, language)
            if asks
            else "",
        )

    def _with_options(
        self, plain: Neutral, prompt: Prompt, menu: MenuShown, language: str
    ) -> Neutral:
        options = tuple(
            Option(
                wire_id(menu.id, choice.id),
                label,
                self._wording.phrase(choice.description, language),
                choice.product,
            )
            for choice, label in zip(prompt.choices, menu.labels, strict=True)
        )
        return Neutral(
            text=plain.text,
            options=options,
            options_label=self._wording.text("dialogue.list_button", {}, language),
            reply_with_number=self._wording.text("dialogue.reply_with_number", {}, language),
            first=menu.first,
            more_label=self._wording.text("dialogue.more", {}, language),
            numbered=prompt.numbered,
            written=prompt.written,
            heading=self._merchant,
            product=prompt.product if prompt.image_url == plain.image_url else "",
            catalogue=prompt.catalogue,
            image_url=plain.image_url,
            document_url=plain.document_url,
            document_name=plain.document_name,
            link_url=plain.link_url,
            link_label=plain.link_label,
            ask_contact=plain.ask_contact,
        )

    def menu(self, saying: Saying, language: str, now: datetime) -> MenuShown:
        return MenuShown(
            id=new_menu_id(),
            choices=tuple(
                [
                    Choice(one.id, command=one.command, means=one.means, counts=one.counts)
                    for one in saying.prompt.choices
                ]
            ),
            labels=self.labels(saying.prompt.choices, language),
            at=now,
            page=saying.prompt.listed.page if saying.prompt.listed else saying.page,
            listed=saying.prompt.listed,
            summary=_mark(saying.prompt) if saying.slot == CONFIRM else 0,
            task=saying.task,
            slot=saying.slot,
        )


def _has_numbers(contents: Sequence[Content]) -> bool:
    """Tell whether numbers stand beside the choices: in words, or below a picture or a paper."""
    if any(isinstance(one, Buttons | Listing) for one in contents):
        return False
    return isinstance(contents[-1], Text | Image | Document | ContactRequest | CatalogueShown)


def _offered(shown: Sequence[Option], menu: MenuShown, saying: Saying) -> MenuShown:
    """Keep what the channel shows, in its order: "3" is the third of this page."""
    titles = tuple([option.title for option in shown])
    if titles == menu.labels:
        return menu
    paged = len(shown) < len(menu.choices)
    by_id = {wire_id(menu.id, choice.id): choice for choice in menu.choices}
    return msgspec.structs.replace(
        menu,
        choices=tuple(by_id.get(option.id) or _leading_on(option) for option in shown),
        labels=titles,
        prompt=saying.prompt if paged else None,
    )


def _counted_on(above: MenuShown, below: MenuShown) -> tuple[MenuShown, MenuShown]:
    """Have the menu that is shown go on where the numbers of the one told above it end."""
    return (
        msgspec.structs.replace(above, above=below.id),
        msgspec.structs.replace(below, first=above.first + len(above.choices)),
    )


def _mark(prompt: Prompt) -> int:
    return zlib.crc32(_ENCODER.encode(prompt))


def _leading_on(option: Option) -> Choice:
    """Return the row that shows another page: its id is the channel's own, `page:2`."""
    return Choice(option.id, command=Page(int(option.id.rpartition(":")[2])))
