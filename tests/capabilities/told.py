"""One capability's understanding of messages, with the shipped classifier."""

from sokoni.dialogue.corrections import Corrections
from sokoni.dialogue.learning import classifier_of
from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.triggers import Names, folders, triggers_of
from sokoni.dialogue.understanding import Understanding


def understanding_of(capability: Capability, names: Names = ()) -> Understanding:
    """Return what understands it; `names` are the merchant's own words in its phrases."""
    listed = [capability]
    no_labels = Corrections(lambda _task, _slot: ())
    return Understanding(
        Tasks(listed, "Shop"),
        triggers_of(folders(listed), names),
        no_labels,
        classifier_of(listed),
    )
