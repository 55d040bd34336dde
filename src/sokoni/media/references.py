"""How others name a file: the value of a slot, a column of a capability's row."""

from dataclasses import dataclass

from sokoni.media.models import MediaId


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that was fetched and stored.

    It comes from outside where the API or a model names it: `Shelf.keep` tells whose it is.
    """

    id: MediaId
    mime_type: str = "image/jpeg"
