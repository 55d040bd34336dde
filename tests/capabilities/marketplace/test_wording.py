"""Every key that the marketplace says is worded in every language, with the same placeholders."""

import re
from pathlib import Path
from typing import Final

import pytest

import sokoni.capabilities.marketplace as room
from sokoni.capabilities.marketplace.manifest import MARKETPLACE
from sokoni.language.reading import DoubtingReader
from tests.capabilities.marketplace.market import CATALOGUES

SOURCE: Final = Path(room.__file__).parent
LITERAL: Final = re.compile(r'"((?:menu\.)?marketplace\.[a-z_]+\.[a-z_.]+[a-z])"')
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def keys_said() -> set[str]:
    """Return the keys in the source, and those that the engine makes of forms."""
    said = {
        key for path in SOURCE.rglob("*.py") for key in LITERAL.findall(path.read_text("utf-8"))
    }
    for task in MARKETPLACE.tasks:
        said.add(f"menu.{task.name}")
        for slot in task.form.slots():
            if task.form.slot(slot).editable:
                said.add(f"{task.name}.{slot}.label")
                # Where anything is asked, all that is known may be asked for again.
                if task.form.slots_to_ask():
                    said |= {f"{task.name}.{slot}.ask", f"{task.name}.{slot}.not_understood"}
        for slot in task.form.slots_to_ask():
            reader: object = task.form.reader(slot)
            if task.form.slot(slot).editable and isinstance(reader, DoubtingReader):
                said.add(f"{task.name}.{slot}.unclear")
    return said


@pytest.mark.parametrize("language", ["en", "sn", "nd"])
def test_every_key_is_worded(language: str) -> None:
    assert sorted(key for key in keys_said() if not CATALOGUES.has(key, language)) == []


def test_no_wording_is_left_over() -> None:
    told = {key for key in CATALOGUES.keys() if "marketplace." in key}  # noqa: SIM118 -- no mapping

    assert sorted(told - keys_said() - made_of_parts() - reasons()) == []


def reasons() -> set[str]:
    """Return the keys that say why something is asked for, where a general sentence won't do."""
    return {f"{task.name}.{slot}.why" for task in MARKETPLACE.tasks for slot in task.form.slots()}


def made_of_parts() -> set[str]:
    """Return the keys that are put together where they are said."""
    return {
        "marketplace.sell.thing.refused",
        "marketplace.sell.price.refused",
        "marketplace.set_price.price.refused",
        "marketplace.buy.thing.refused",
        "marketplace.buy.price.refused",
        "marketplace.buy.quantity.whole",
        "marketplace.sell.quantity.whole",
        "marketplace.sell.cancelled",
        "marketplace.rate.done",  # these three by the flow that all ratings share
        "marketplace.rate.changed",
        "marketplace.rate.gone",
        "marketplace.ask_amount.price.refused",
        "marketplace.ask_to_pay.price.unclear",
        "marketplace.pay.expired.told",
        "marketplace.pay.failed.told",
        "marketplace.try",  # by the simulator, of every capability
    }


@pytest.mark.parametrize("language", ["sn", "nd"])
def test_translations_use_the_same_placeholders(language: str) -> None:
    for key in keys_said():
        assert placeholders(language, key) == placeholders("en", key), key


def placeholders(language: str, key: str) -> set[str]:
    return {name for form in CATALOGUES.forms(language, key) for name in PLACEHOLDER.findall(form)}


@pytest.mark.parametrize("language", ["en", "sn", "nd"])
def test_labels_of_choices_fit_a_button(language: str) -> None:
    labels = [key for key in CATALOGUES.keys() if key.startswith("marketplace.choice.")]  # noqa: SIM118

    for key in labels:
        for form in CATALOGUES.forms(language, key):
            assert len(form) <= 20, (key, form)
