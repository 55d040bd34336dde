"""The merchants' dialogues: each with the capabilities that its merchant has switched on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.learning import classifier_of, weights_file
from sokoni.dialogue.manifest import Capability
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.book import PlaceBook, Places


def switched_on(profile: MerchantProfile, known: Mapping[str, Capability]) -> Sequence[Capability]:
    """Return what the merchant has switched on, each as its file makes it, and what all have."""
    always = [name for name, one in known.items() if one.always]
    named = [name for name in profile.capabilities if name in known and name not in always]
    return [known[name].of(profile) for name in (*named, *always)]


class _Made(NamedTuple):
    """A dialogue, and what it was made of."""

    profile: MerchantProfile
    places: Places
    dialogue: MerchantDialogue

    def still_fits(self, profile: MerchantProfile, places: Places) -> bool:
        same = self.profile is profile or self.profile == profile
        return same and self.places is places


class Dialogues:
    """Each merchant's dialogue, made when it first speaks and again when what it knows changes."""

    def __init__(
        self,
        known: Mapping[str, Capability],
        catalogues: Catalogues,
        places: PlaceBook,
        beside: Path,
    ) -> None:
        self._known = known
        self._catalogues = catalogues
        self._places = places
        self._beside = beside
        self._made: dict[str, _Made] = {}

    def of(self, profile: MerchantProfile) -> MerchantDialogue:
        made, places = self._made.get(profile.slug), self._places.of(profile.id)
        if made is not None and made.still_fits(profile, places):
            return made.dialogue
        enabled = switched_on(profile, self._known)
        dialogue = MerchantDialogue(
            profile,
            enabled,
            self._catalogues,
            classifier_of(enabled, weights_file(self._beside, enabled)),
            places=places,
        )
        self._made[profile.slug] = _Made(profile, places, dialogue)
        return dialogue
