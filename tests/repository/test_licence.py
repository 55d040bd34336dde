"""One licence for all that is ours, and the licence of what is not beside it."""

import tomllib

from tests.repository.pages import ROOT


def test_everything_is_under_one_licence_but_the_fonts() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    fonts = {path.parent for path in (ROOT / "src").rglob("*.ttf")}

    assert declared["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert fonts
    assert all("SIL Open Font License" in (one / "OFL.txt").read_text("utf-8") for one in fonts)
