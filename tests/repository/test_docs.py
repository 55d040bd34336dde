"""What the pages say is there is there: commands, options, files, settings, figures, examples."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from typer.main import get_command

from sokoni.bootstrap import capabilities, kinds
from sokoni.cli.app import app
from sokoni.config import Settings
from sokoni.gateway.metrics import GatewayMetrics, NumberFigures, QueueFigures
from sokoni.merchants.declared import DeclaredMerchant
from sokoni.merchants.file import read_merchant_file
from sokoni.testing.stage import ChannelName, Theatre
from sokoni.testing.transcripts.parsing import parse_script
from sokoni.testing.transcripts.playing import Performance
from sokoni.workers.figures import SENDS
from tests.repository import settings_page
from tests.repository.pages import PAGES, ROOT, blocks, link_targets, shell_lines, spans

README: Final = ROOT / "README.md"
OPERATIONS: Final = ROOT / "docs" / "operations.md"
_IDS: Final = [str(page.relative_to(ROOT)) for page in PAGES]
_FILE_ENDINGS: Final = {"py", "md", "yaml", "po", "toml", "chat", "png", "csv", "json", "lock"}
_WHERE: Final = (ROOT, ROOT / "src" / "sokoni", ROOT / "docs", ROOT / "docs" / "decisions")
_VARIABLES: Final = {
    *(f"SOKONI_{name.upper()}" for name in Settings.model_fields),
    "SOKONI_TEST_POSTGRESQL",
    "SOKONI_TEST_MARIADB",
}
every_page = pytest.mark.parametrize("page", PAGES, ids=_IDS)


def commands_of(page: Path) -> Iterator[Sequence[str]]:
    for line in shell_lines(page):
        words = re.split(r"\s(?:[|>&]|&&)\s", line)[0]
        if words.startswith("sokoni "):
            yield shlex.split(words.replace("…", "").replace("[", "").replace("]", ""))[1:]


def problem_with(words: Sequence[str]) -> str:
    """Say what the command line does not know of these words."""
    command: Any = get_command(app)
    rest = list(words)
    while rest and not rest[0].startswith("-") and hasattr(command, "list_commands"):
        context, names = command.context_class(command), rest.pop(0).split("|")
        if missing := set(names) - set(command.list_commands(context)):
            return f"no command {missing.pop()}"
        command = command.get_command(context, names[0])
    known = {one for option in command.params for one in (*option.opts, *option.secondary_opts)}
    options = [one.partition("=")[0] for one in rest if one.startswith("--")]
    unknown = [one for one in options if one not in {"--help", *known}]
    return f"no option {unknown[0]}" if unknown else ""


@every_page
def test_every_command_named_exists(page: Path) -> None:
    wrong = {" ".join(words): problem_with(words) for words in commands_of(page)}

    assert {line: why for line, why in wrong.items() if why} == {}


def test_a_command_that_does_not_exist_is_found() -> None:
    assert problem_with(["merchant", "sell"]) == "no command sell"
    assert problem_with(["staff", "add", "--nam"]) == "no option --nam"
    assert problem_with(["events", "list|replay"]) == ""


@every_page
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {line.split()[1] for line in shell_lines(page) if re.match(r"make [\w-]+", line)}

    assert named - targets == set()


def path_named(span: str) -> str:
    """Return the span where it reads like a path of the repository, else nothing."""
    path = span.partition("::")[0].rstrip("/")
    if not re.fullmatch(r"\.?[\w*-]+(?:[./][\w*-]+)*", path) or "/" not in span:
        return ""
    first = path.split("/")[0]
    begins = any((place / first).exists() for place in (*_WHERE[:2],))
    return path if begins or path.rpartition(".")[2] in _FILE_ENDINGS else ""


@every_page
def test_every_path_named_exists(page: Path) -> None:
    named = {path for span in spans(page) if (path := path_named(span))}
    missing = {path for path in named if not any(any(place.glob(path)) for place in _WHERE)}

    assert missing == set()


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [one for one in link_targets(page) if not (page.parent / one).exists()] == []


@every_page
def test_every_variable_named_is_read(page: Path) -> None:
    named = set(re.findall(r"SOKONI_[A-Z_]+[A-Z]", page.read_text("utf-8")))

    assert named - _VARIABLES == set()


def test_the_settings_page_is_what_the_models_say() -> None:
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page()


def test_every_setting_that_says_how_long_something_is_kept_is_explained() -> None:
    page = (ROOT / "docs" / "retention.md").read_text()
    server = {f"SOKONI_{name.upper()}" for name in Settings.model_fields if name.endswith("_days")}
    merchants = {name for name in DeclaredMerchant.model_fields if name.startswith("keep_")}
    parts = {
        f"{name}.{field}"
        for name, one in capabilities().items()
        for field in one.settings.model_fields
        if field.startswith("keep_")
    }

    wanted = server | merchants | parts

    assert {one for one in wanted if f"| `{one}` |" not in page} == set()


def test_every_figure_is_explained_and_none_that_is_not_there() -> None:
    gateway = CollectorRegistry()
    GatewayMetrics(gateway)
    QueueFigures(gateway)
    NumberFigures(gateway)
    assert SENDS in REGISTRY._collector_to_names
    there = {
        metric.name
        for registry in (gateway, REGISTRY)
        for metric in registry.collect()
        if metric.name.startswith("sokoni_")
    }

    named = re.findall(
        r"^\| `(sokoni_\w+?)(?:_total)?`", OPERATIONS.read_text("utf-8"), re.MULTILINE
    )

    assert set(named) == there


@pytest.mark.parametrize("text", [one.text for one in blocks(README, "yaml")])
def test_the_documented_merchant_file_can_be_applied(text: str) -> None:
    variables = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "12345678")

    file = read_merchant_file(text, kinds(production=True), variables)

    assert [one.channel for one in file.channels] == ["whatsapp_cloud"]


def test_the_documented_number_of_twilios_can_be_added() -> None:
    (text,) = [one.text for one in blocks(OPERATIONS, "yaml") if "twilio_whatsapp" in one.text]
    merchant = blocks(README, "yaml")[0].text.partition("channels:")[0]
    variables = {
        "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
    }

    file = read_merchant_file(merchant + text, kinds(production=True), variables)

    assert [one.channel for one in file.channels] == ["twilio_whatsapp"]


@pytest.mark.parametrize("text", [one.text for one in blocks(README, "chat")])
async def test_the_documented_conversation_goes_as_written(text: str, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    theatre = Theatre(settings, ChannelName.SIMULATOR)

    try:
        await Performance(theatre, parse_script(text, README.name)).play()
    finally:
        await theatre.close()
