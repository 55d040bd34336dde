"""Which adapters there are: ours, and those that installed packages bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel

from sokoni.kit.registry import Adapters

_GROUP = "sokoni.test.coops"


class Pen(BaseModel):
    """How one kind of bird is kept."""


@dataclass(frozen=True, slots=True)
class Coop:
    config: type[Pen]
    birds: str


OURS = Coop(Pen, "hens")
THEIRS = Coop(Pen, "pigeons")


class NoSuchCoopError(Exception):
    pass


class Coops(Adapters[Coop]):
    kind = "coop"
    group = _GROUP
    ours: ClassVar[Mapping[str, Coop]] = {"hen": OURS}
    unknown = NoSuchCoopError


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package that brings pigeons, and would replace our hens."""
    told = tmp_path / "birds-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Name: birds\nVersion: 1.0\n")
    points = f"pigeon = {__name__}:THEIRS\nhen = {__name__}:THEIRS\n"
    (told / "entry_points.txt").write_text(f"[{_GROUP}]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("installed")
def test_packages_bring_adapters_and_ours_keep_their_names() -> None:
    coops = Coops.installed()

    assert {name: coops.get(name) for name in coops} == {"hen": OURS, "pigeon": THEIRS}
    assert coops.configs() == {"hen": Pen, "pigeon": Pen}


def test_only_ours_are_there_where_none_are_asked_for() -> None:
    coops = Coops()

    assert list(coops) == ["hen"]
    with pytest.raises(NoSuchCoopError, match="no coop 'pigeon'; there are hen"):
        coops.get("pigeon")
