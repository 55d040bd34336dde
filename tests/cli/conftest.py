"""Runs commands the way a person does, on an installation of the test's own."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sokoni.__main__ import main
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models


@dataclass(frozen=True)
class Printed:
    """What a command said, and its exit code."""

    out: str
    err: str
    code: int


Run = Callable[..., Printed]
Demo = Callable[[str], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an installation that nobody has used yet."""
    for name in ("ENV", "REDIS_URL", "SECRET_KEYS", "PUBLIC_URL", "LOG_LEVEL"):
        monkeypatch.delenv(f"SOKONI_{name}", raising=False)
    monkeypatch.setenv("SOKONI_DATABASE_URL", f"sqlite:///{tmp_path}/sokoni.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that every revision was applied to, once for all tests."""
    path = tmp_path_factory.mktemp("migrated") / "sokoni.db"
    asyncio.run(upgrade(f"sqlite:///{path}", load_models()))
    return path


@pytest.fixture
def upgraded(home: Path, migrated: Path) -> Path:
    """Return the folder of an installation whose database is at the newest schema, and empty."""
    shutil.copy(migrated, home / "sokoni.db")
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `sokoni …` in this process, so that its exit code and words can be looked at."""
    assert home.is_dir()

    def sokoni(*arguments: object) -> Printed:
        monkeypatch.setattr("sys.argv", ["sokoni", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Printed(said.out, said.err, int(ended.value.code or 0))

    return sokoni


@pytest.fixture(scope="session")
def demos() -> dict[str, Path]:
    """Return the folders of installations with one demo merchant each, by its name."""
    return {}


@pytest.fixture
def demo(
    run: Run, upgraded: Path, demos: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Demo:
    """Load a demo merchant where there is none yet: `demo("hustlr")`. Later ones are copies."""

    def load(name: str) -> None:
        if name in demos:
            shutil.copytree(demos[name], upgraded, dirs_exist_ok=True)
            return
        run("demo", "load", name)
        demos[name] = shutil.copytree(upgraded, tmp_path_factory.mktemp("demo") / name)

    return load
