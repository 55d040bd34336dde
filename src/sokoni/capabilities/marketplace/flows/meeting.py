"""What a buyer and a seller are told of each other once both want to be in touch.

WhatsApp may hide a number: then whoever has the other's writes first, and where neither has one
each may still give theirs.
"""

from dataclasses import dataclass

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.models import Introduction
from sokoni.capabilities.marketplace.service.introductions import Meeting, question
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.kit.ids import PhoneNumber
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Two people who may have each other's numbers, as far as these are known."""

    introduction: Introduction
    thing: str
    seller: str | Worded
    buyer: str | Worded
    seller_phone: PhoneNumber | None
    buyer_phone: PhoneNumber | None

    def for_seller(self) -> Prompt:
        """Say how the seller reaches the buyer, or the other way round."""
        words: Params = {"thing": self.thing, "buyer": self.buyer}
        if self.buyer_phone is not None:
            told: Params = {**words, "phone": self.buyer_phone}
            if self.seller_phone is None:
                return Prompt("marketplace.accept.done.call", told)
            return Prompt("marketplace.accept.done", told)
        if self.seller_phone is not None:
            return Prompt("marketplace.accept.done.wait", words)
        return Prompt("marketplace.accept.done.numberless", words, (self._give(),))

    def for_buyer(self) -> Prompt:
        """Say that the seller agrees, and how the two reach each other."""
        words: Params = {"thing": self.thing, "seller": self.seller}
        if self.seller_phone is not None:
            told: Params = {**words, "phone": self.seller_phone}
            return Prompt("marketplace.interest.accepted", told)
        if self.buyer_phone is not None:
            return Prompt("marketplace.interest.accepted.wait", words)
        return Prompt("marketplace.interest.accepted.numberless", words, (self._give(),))

    def _give(self) -> Choice:
        command = start("number", {"introduction": str(self.introduction.id)})
        return Choice("give", Worded("marketplace.choice.give"), command=command, means="yes")


async def met(desk: Desk, meeting: Meeting) -> Met:
    """Look up who the two are and how they are reached."""
    introduction, directory = meeting.introduction, desk.directory
    names = await directory.names_of([introduction.seller_id, introduction.buyer_id])
    return Met(
        introduction=introduction,
        thing=meeting.thing,
        seller=seller_named(names.get(introduction.seller_id, "")),
        buyer=buyer_named(names.get(introduction.buyer_id, "")),
        seller_phone=await directory.reached_on(introduction.seller_id),
        buyer_phone=await directory.reached_on(introduction.buyer_id),
    )


def interest(introduction: Introduction, buyer: str | Worded, what: str | Worded) -> Prompt:
    """Ask the seller whether they want to be in touch with the buyer."""
    known = {"introduction": str(introduction.id)}
    accept, decline = start("accept", known), start("decline", known)
    about = start("profile", known)
    return Prompt(
        "marketplace.interest.told",
        {"buyer": buyer, "what": what},
        choices=(
            Choice("accept", Worded("marketplace.choice.accept"), command=accept),
            Choice("decline", Worded("marketplace.choice.decline"), command=decline),
            Choice("about_buyer", Worded("marketplace.choice.about_buyer"), command=about),
        ),
    )


def tell_buyer(desk: Desk, introduction: Introduction, prompt: Prompt) -> None:
    """Tell the buyer what came of their question, once."""
    once = f"answer:{question(introduction.id, introduction.created_at)}"
    desk.tell(introduction.buyer_id, prompt, once=once, purpose=Purpose.NOTICE)


async def let_go(desk: Desk, offer: Offer) -> None:
    """Tell buyers who wait for an answer that the listing is gone.

    Those beyond the cap hear it when the answer would come.
    """
    cap = desk.settings.match_cap
    gone = listing_gone(offer.thing, seller_named(desk.my_name))
    for asked in await desk.introductions.waiting_for(offer.id, limit=cap):
        if await desk.introductions.let_go(asked.id):
            tell_buyer(desk, asked, gone)


def listing_gone(thing: str, seller: str | Worded) -> Prompt:
    """Say that what the buyer asked about was taken down, and what they can do."""
    told: Params = {"thing": thing, "seller": seller}
    return Prompt("marketplace.interest.listing_gone", told, (look_for(thing),))


def look_for(thing: str, *, without: str = "") -> Choice:
    """Offer to search for the thing where a listing came to nothing."""
    search = start("buy", {"thing": thing, "without": without})
    return Choice("look", Worded("marketplace.choice.look"), command=search, means="yes")
