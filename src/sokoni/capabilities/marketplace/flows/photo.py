"""Photos of listings: sent soon after, put up by word, taken down by word."""

from datetime import timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.own import GONE, Next, choices_of, nothing, own_offer
from sokoni.capabilities.marketplace.reading import TradedThingReader
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import what_of
from sokoni.channels.inbound import Medium
from sokoni.dialogue.fetching import fetch, not_fetched
from sokoni.dialogue.flow import AnswerRefused, Outcome, Results, TurnContext, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.media.errors import FileGoneError
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import Choice, Prompt, Worded

FETCHED: Final = "marketplace.photo"
"""Kind of the request that fetches a picture which nothing had asked for."""

_SOON: Final = timedelta(hours=1)
_MOST_SHOWN: Final = 9
_CHANGE: Final = Next("set_photo", "marketplace.photo.which")
_REMOVE: Final = Next("drop_photo", "marketplace.remove_photo.which")


class PhotoForm(Form):
    """Add a photo to a listing, or change it."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader()] = ""


class PhotoFlow(AtOnceFlow):
    """Finds out which listing is meant; the next task takes the photo."""

    name: ClassVar[str] = "marketplace.photo"
    form: ClassVar[type[PhotoForm]] = PhotoForm

    @override
    async def results(self, form: PhotoForm, window: Window) -> Results | None:
        return await _CHANGE.which(self._desk, form, window)

    async def complete(self, form: PhotoForm) -> Outcome:
        return _CHANGE.begin(form)


class SetPhotoForm(Form):
    """Show this photo with this listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    photo: Annotated[FileRef, Slot(file=FileKind.IMAGE)]


class SetPhotoFlow(AtOnceFlow):
    """Puts a photo up; the one before goes."""

    name: ClassVar[str] = "marketplace.set_photo"
    form: ClassVar[type[SetPhotoForm]] = SetPhotoForm

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot != "photo":
            return
        file: FileRef = known["photo"]
        if await self._desk.photos.find(file.id) is None:
            raise AnswerRefused("photo", Prompt("dialogue.file_not_fetched"))

    async def complete(self, form: SetPhotoForm) -> Outcome:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        try:
            await self._desk.photos.put_up(offer, form.photo)
        except FileGoneError:
            raise AnswerRefused("photo", Prompt("dialogue.file_not_fetched")) from None
        return Outcome(_done(offer))


class RemovePhotoForm(Form):
    """Show a listing without its photo."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader()] = ""


class RemovePhotoFlow(AtOnceFlow):
    """Finds out which listing is meant; the next task takes its photo down."""

    name: ClassVar[str] = "marketplace.remove_photo"
    form: ClassVar[type[RemovePhotoForm]] = RemovePhotoForm

    @override
    async def results(self, form: RemovePhotoForm, window: Window) -> Results | None:
        return await _REMOVE.which(self._desk, form, window)

    async def complete(self, form: RemovePhotoForm) -> Outcome:
        return _REMOVE.begin(form)


class DropPhotoForm(Form):
    """Show this listing without its photo."""

    listing: Annotated[str, Slot(early=False, editable=False)]


class DropPhotoFlow(DeskFlow):
    """Takes a photo down on yes."""

    name: ClassVar[str] = "marketplace.drop_photo"
    form: ClassVar[type[DropPhotoForm]] = DropPhotoForm

    async def summary(self, form: DropPhotoForm) -> Prompt | None:
        offer = await own_offer(self._desk, form.listing)
        if offer is None or offer.photo_id is None:
            return None
        return Prompt("marketplace.drop_photo.summary", {"what": what_of(offer)})

    async def complete(self, form: DropPhotoForm) -> Outcome:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        if offer.photo_id is None:
            return Outcome(Prompt("marketplace.drop_photo.none", {"what": what_of(offer)}))
        await self._desk.photos.take_down(offer)
        return Outcome(Prompt("marketplace.drop_photo.done", {"what": what_of(offer)}))


# --- pictures that nothing asked for ----------------------------------------------------------


async def sent(context: TurnContext, medium: Medium) -> Outcome | None:
    """Have a picture fetched that may be one of something that the contact has up.

    Soon after a listing it is that listing's; later on its sender is asked which it is of.
    """
    desk = Desk(context)
    offers = await desk.listings.of(desk.me, limit=1)
    if not offers:
        return None
    newest = offers[0]
    if newest.created_at < context.now - _SOON:
        fetch(context, medium, FileKind.IMAGE, request=FETCHED)
        return Outcome()
    if await desk.photos.comes(newest):
        # What becomes of the first is said in a moment.
        return Outcome()
    if newest.photo_id is not None:
        return Outcome(_has_one(newest))
    await desk.photos.expect(newest, fetch(context, medium, FileKind.IMAGE, request=FETCHED))
    return Outcome()


async def fetched(context: TurnContext, answer: Answer) -> Prompt | None:
    """Put a picture up where it belongs, or ask which listing it is of."""
    desk = Desk(context)
    reference = await desk.photos.awaited(desk.me, UUID(answer.request_id))
    if answer.outcome != "done":
        return not_fetched(answer)
    photo = msgspec.json.decode(answer.data, type=FileRef)
    offer = await own_offer(desk, reference) if reference else None
    if offer is None:
        return await _whose(desk, photo)
    await desk.photos.put_up(offer, photo)
    return _done(offer)


async def _whose(desk: Desk, photo: FileRef) -> Prompt:
    offers = await desk.listings.of(desk.me, limit=_MOST_SHOWN)
    if not offers:
        return nothing()
    choices = choices_of(offers, "set_photo", {"photo": photo})
    return Prompt("marketplace.photo.whose", {}, choices)


def _done(offer: Offer) -> Prompt:
    return Prompt("marketplace.set_photo.done", {"what": what_of(offer)})


def _has_one(offer: Offer) -> Prompt:
    change = start("set_photo", {"listing": offer.reference})
    label = Worded("marketplace.choice.change_photo")
    choice = Choice("change_photo", label, command=change)
    return Prompt("marketplace.photo.has_one", {"what": what_of(offer)}, (choice,))
