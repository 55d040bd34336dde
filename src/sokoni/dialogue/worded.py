"""What one merchant says: the catalogues, and what its own file words."""

from collections.abc import Sequence

from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.wording import Wording
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.profile import MerchantProfile


def wording_of(
    profile: MerchantProfile, capabilities: Sequence[Capability], catalogues: Catalogues
) -> Wording:
    """Return the wording of a merchant with these capabilities, made of its file already."""
    own = {key: says for one in capabilities for key, says in one.made.wording.items()}
    return Wording(catalogues.with_own(own, profile.language), profile.zone, profile.country)
