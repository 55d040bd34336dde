"""The page on adding a flow is true: its blocks make a capability, and its chat happens."""

import re
from pathlib import Path
from typing import Any, Final

from sokoni import locales
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.language.catalogues import Catalogues
from tests.dialogue.talking import PROFILE, Talk, TwoPlaces

PAGE: Final = Path(__file__).parents[2] / "docs" / "adding-a-flow.md"


def blocks(language: str) -> list[str]:
    fenced = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return fenced.findall(PAGE.read_text("utf-8"))


async def test_chat_on_the_page_happens(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "en.yaml").write_text("\n".join(blocks("yaml")), "utf-8")
    english = (Path(locales.__path__[0]) / "en.po").read_text("utf-8")
    (tmp_path / "en.po").write_text("\n".join((english, *blocks("po"))), "utf-8")
    names: dict[str, Any] = {"__name__": "adding_a_flow"}
    exec("\n".join(blocks("python")), names)  # noqa: S102 - the page's own code
    farm = names["farm"](tmp_path / "phrases")
    dialogue = MerchantDialogue(PROFILE, [farm], Catalogues(tmp_path), places=TwoPlaces())
    talk = Talk(dialogue)

    for turn in re.findall(r"^> (.*)\n< (.*)$", blocks("text")[0], re.MULTILINE):
        said = await talk.say(turn[0])

        assert " ".join(said.split()) == turn[1]
