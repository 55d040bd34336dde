"""What speaks for a seller, or a buyer: reasons rather than a bare number."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.own import GONE, choices_of
from sokoni.capabilities.marketplace.models import IntroductionId, SellerId
from sokoni.capabilities.marketplace.reading import SellerNameReader
from sokoni.capabilities.marketplace.service.known_sellers import KnownSeller
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.kit.ids import ContactId
from sokoni.language.readers.reference import ReferenceReader
from sokoni.messaging.prompts import Choice, Lines, Params, Prompt, Worded
from sokoni.reviews.ratings import Standing

_QUOTED: Final = 3
_OFFERED: Final = 5
"""So much of what a seller has on offer is shown with them."""
_SLOW: Final = "marketplace.profile.replies.slow"
_PACES: Final = (
    (timedelta(hours=1), "marketplace.profile.replies.hour"),
    (timedelta(hours=12), "marketplace.profile.replies.half_day"),
    (timedelta(days=1), "marketplace.profile.replies.day"),
    (timedelta(days=3), "marketplace.profile.replies.days"),
)


class ProfileForm(Form):
    """See what is known of a seller, or of oneself."""

    listing: Annotated[str, ReferenceReader()] = ""
    name: Annotated[str, SellerNameReader(), Slot(opens=True)] = ""
    """What a seller is called; several may be."""
    seller: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    introduction: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """The buyer in it is meant, and its seller asks."""


class ProfileFlow(AtOnceFlow):
    """Shows a seller, a buyer who asks, or the contact as others see them."""

    name: ClassVar[str] = "marketplace.profile"
    form: ClassVar[type[ProfileForm]] = ProfileForm

    @override
    async def results(self, form: ProfileForm, window: Window) -> Results | None:
        if not form.name or form.listing:
            return None
        found = await self._desk.known_sellers.called(form.name)
        prompt = Prompt("marketplace.profile.which", {"name": form.name})
        return Results(prompt, window.of([_choice(one) for one in found]), sole=True)

    async def complete(self, form: ProfileForm) -> Outcome:
        if form.introduction is not None:
            return Outcome(await self._buyer(form.introduction))
        if form.seller is not None:
            return Outcome(await self._known(form.seller))
        if form.listing:
            return Outcome(await self._seller(form.listing))
        if form.name:
            return Outcome(Prompt("marketplace.profile.unknown", {"name": form.name}))
        return Outcome(await self._mine())

    async def _seller(self, reference: str) -> Prompt:
        offer = await self._desk.listings.find_for(self._desk.me, reference)
        if offer is None:
            return GONE
        if offer.contact_id == self._desk.me:
            return await self._mine()
        known = {"listing": offer.reference}
        contact = Choice(
            "contact", Worded("marketplace.choice.contact"), command=start("contact", known)
        )
        name = seller_named(await self._desk.directory.name_of(offer.contact_id))
        seller = await self._desk.known_sellers.of(offer.contact_id)
        reviews = await self._reviews(seller) if seller else ()
        choices = (contact, _report({**known, "person": True}), *reviews)
        return await _of_seller(self._desk, offer.contact_id, name, offer.place_name, choices)

    async def _known(self, seller_id: UUID) -> Prompt:
        """Show a seller with what they have on offer, which is the way to them."""
        desk = self._desk
        seller = await desk.known_sellers.find(SellerId(seller_id))
        if seller is None:
            return Prompt("marketplace.profile.gone")
        if seller.contact_id == desk.me:
            return await self._mine()
        offers = await desk.listings.of(seller.contact_id, limit=_OFFERED)
        choices = (
            *choices_of(offers, "show_listing", {}),
            _report({"seller": str(seller.id)}),
            *await self._reviews(seller),
        )
        name = seller_named(seller.name)
        return await _of_seller(desk, seller.contact_id, name, seller.place, choices)

    async def _reviews(self, seller: KnownSeller) -> tuple[Choice, ...]:
        """Return the way to what others said, where anybody said anything."""
        if not await self._desk.ratings.told(seller.contact_id, limit=1):
            return ()
        command = start("reviews", {"seller": str(seller.id)})
        return (Choice("reviews", Worded("marketplace.choice.all_reviews"), command=command),)

    async def _buyer(self, introduction: UUID) -> Prompt:
        meeting = await self._desk.introductions.find(IntroductionId(introduction))
        if meeting is None or meeting.introduction.seller_id != self._desk.me:
            return Prompt("marketplace.interest.gone")
        buyer_id = meeting.introduction.buyer_id
        told: Params = {
            "name": buyer_named(await self._desk.directory.name_of(buyer_id)),
            "reasons": await reasons(self._desk, buyer_id),
        }
        known: dict[str, object] = {"introduction": str(introduction)}
        choices: tuple[Choice, ...] = (_report(known),)
        if await self._desk.ratings.told(buyer_id, limit=1):
            label = Worded("marketplace.choice.all_reviews")
            choices += (Choice("reviews", label, command=start("reviews", known)),)
        return Prompt("marketplace.profile.buyer", told, choices)

    async def _mine(self) -> Prompt:
        desk = self._desk
        name, move = start("name"), start("move")
        choices: tuple[Choice, ...] = (
            Choice("name", Worded("marketplace.choice.name"), command=name),
            Choice("move", Worded("marketplace.choice.move"), command=move),
        )
        if await desk.ratings.told(desk.me, limit=1):
            label = Worded("marketplace.choice.reviews")
            choices += (Choice("reviews", label, command=start("my_reviews")),)
        home = await desk.my_home()
        if home is None:
            me = buyer_named(desk.my_name)
            told: Params = {"name": me, "reasons": await reasons(desk, desk.me)}
            return Prompt("marketplace.profile.buyer", told, choices[:1])
        return await _of_seller(desk, desk.me, seller_named(desk.my_name), home.name, choices)


class ChangeProfileForm(Form):
    """Change one's name or place."""


class ChangeProfileFlow(AtOnceFlow):
    """Asks what is to be changed."""

    name: ClassVar[str] = "marketplace.change_profile"
    form: ClassVar[type[ChangeProfileForm]] = ChangeProfileForm

    async def complete(self, form: ChangeProfileForm) -> Outcome:  # noqa: ARG002
        choices = (
            Choice("name", Worded("marketplace.choice.name"), command=start("name")),
            Choice("move", Worded("marketplace.choice.move"), command=start("move")),
        )
        return Outcome(Prompt("marketplace.change_profile.which", {}, choices))


def _choice(seller: KnownSeller) -> Choice:
    command = start("profile", {"seller": str(seller.id)})
    return Choice(seller.id.hex, seller_named(seller.name), seller.place, command)


def _report(known: dict[str, object]) -> Choice:
    command = start("report_one", known)
    return Choice("report", Worded("marketplace.choice.report"), command=command)


async def reasons(desk: Desk, contact_id: ContactId) -> Lines:
    """Return what speaks for a contact, a line each."""
    standing = await desk.ratings.standing(contact_id)
    pace = await desk.introductions.pace(contact_id)
    return Lines((*_standing(standing, pace), *await _quotes(desk, contact_id)))


async def _of_seller(
    desk: Desk,
    contact_id: ContactId,
    name: str | Worded,
    place: str,
    choices: tuple[Choice, ...],
) -> Prompt:
    told: Params = {"name": name, "place": place, "reasons": await reasons(desk, contact_id)}
    return Prompt("marketplace.profile.seller", told, choices)


def _standing(standing: Standing, pace: timedelta | None) -> Iterator[Worded]:
    deals = Worded("marketplace.profile.deals", {"count": standing.deals})
    known = Worded("marketplace.profile.no_deals") if not standing.deals else deals
    if pace is None:
        yield known
    else:
        reply = next((word for most, word in _PACES if pace <= most), _SLOW)
        told: Params = {"deals": known, "replies": Worded(reply)}
        yield Worded("marketplace.profile.both", told)
    if standing.raters:
        told = {"content": standing.content, "count": standing.raters}
        yield Worded(_share(standing), told)


def _share(standing: Standing) -> str:
    """Say in a word how many of those who rated somebody were content."""
    if standing.content == standing.raters:
        return "marketplace.profile.content.all"
    share = standing.content / standing.raters
    if share >= 0.6:
        return "marketplace.profile.content.most"
    return (
        "marketplace.profile.content.half" if share >= 0.4 else "marketplace.profile.content.few"
    )


async def _quotes(desk: Desk, contact_id: ContactId) -> list[Worded]:
    told = await desk.ratings.told(contact_id, limit=_QUOTED)
    names = await desk.directory.names_of(one.rater_id for one in told)
    return [
        Worded(
            "marketplace.profile.quote",
            {
                "text": one.text,
                "who": buyer_named(names.get(one.rater_id, "")),
                "stars": one.stars,
            },
        )
        for one in told
    ]
