"""Writes the tables of keys in `docs/registrations.md` from the models: `make docs`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from sokoni.capabilities.onboarding.settings import (
    Link,
    OnboardingSettings,
    Option,
    Registration,
    Step,
    Verify,
)
from tests.repository.pages import blocks
from tests.repository.settings_page import table

PAGE: Final = Path(__file__).parents[2] / "docs" / "registrations.md"
_KEYS: Final = "\n## Keys\n"
_MODELS: Final[Mapping[str, type[BaseModel]]] = {
    "Of `onboarding`": OnboardingSettings,
    "Of a registration": Registration,
    "Of a step": Step,
    "Of an option": Option,
    "Of `verify`": Verify,
    "Of `link`": Link,
}
_KIND: Final = re.compile(r"^\| `(\w+)` \| \S.* \| \S.* \|$", re.MULTILINE)


def page() -> str:
    """Return the page as it should be: by hand up to the keys."""
    by_hand, _, _ = PAGE.read_text("utf-8").partition(_KEYS)
    keys = "\n".join(f"\n### {title}\n\n{table(model)}" for title, model in _MODELS.items())
    return f"{by_hand}{_KEYS}{keys}\n"


def example() -> str:
    """Return the merchant file on the page."""
    (block,) = blocks(PAGE, "yaml")
    return block.text


def kinds() -> list[str]:
    """Return the kinds that the page explains, in order."""
    text = PAGE.read_text("utf-8").partition("## Kinds of steps")[2].partition("\n## ")[0]
    return _KIND.findall(text)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
