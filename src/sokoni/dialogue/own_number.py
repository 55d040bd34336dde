"""The number that somebody writes from, given in words: "same number", "yahi number"."""

from typing import Final

from sokoni.contacts.directory import ContactDirectory
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import PhoneNumber
from sokoni.language.agreement import says_only
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words

_SECTION: Final = "own_number"
_NOTHING_MORE: Final[Phrases[str]] = Phrases(())


async def own_number(context: TurnContext, words: Words) -> PhoneNumber | None:
    """Return the contact's number where they mean it and we know it: WhatsApp may hide it."""
    if not says_only(words, _SECTION, _NOTHING_MORE):
        return None
    directory = ContactDirectory(context.session, context.vault, context.merchant.id)
    return await directory.phone_of(context.person.id)
