"""`sokoni classifier …`: what the server learns from example phrases, and how well."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.table import Table

from sokoni.cli.console import OUT, say
from sokoni.cli.parts import opened
from sokoni.dialogue.dialogues import switched_on
from sokoni.dialogue.held_out import Score, held_out
from sokoni.dialogue.learning import examples_of, trained, weights_file
from sokoni.dialogue.manifest import Capability
from sokoni.errors import AppError
from sokoni.merchants.directory import MerchantDirectory

commands = typer.Typer(help="What is learnt from example phrases.", no_args_is_help=True)


class WeightsNotWrittenError(AppError):
    code = "weights_not_written"
    http_status = 500


@commands.command("check")
def check() -> None:
    """Show how many phrases are understood by a classifier that was not shown them."""
    _report(write=False)


@commands.command("train")
def train() -> None:
    """Learn the phrases of every set of capabilities in use, and write the weights files."""
    _report(write=True)


def _report(*, write: bool) -> None:
    in_use = asyncio.run(_in_use())
    for path, capabilities in in_use.items():
        say(f"{', '.join(one.name for one in capabilities) or 'no capability'}:")
        OUT.print(_table(held_out(examples_of(capabilities))))
        if write:
            _write(path, capabilities)
    if not in_use:
        say("There is no merchant yet: `sokoni merchant apply FILE.yaml`.")


def _write(path: Path, capabilities: Sequence[Capability]) -> None:
    try:
        trained(capabilities, path)
    except OSError as error:
        raise WeightsNotWrittenError(f"{path} cannot be written: {error.strerror}.") from error
    say(f"Wrote {path}: the next start uses it.")


async def _in_use() -> Mapping[Path, Sequence[Capability]]:
    """Return the sets of capabilities that merchants have switched on, by their weights file."""
    async with opened() as parts:
        merchants = MerchantDirectory(parts.engine, parts.clock)
        sets = [switched_on(one, parts.capabilities) for one in await merchants.all()]
    return {weights_file(parts.settings.key_file, one): one for one in sets}


def _table(scores: Mapping[str, Score]) -> Table:
    table = Table("language", "phrases", "right", "mistaken for another task")
    for language, score in scores.items():
        table.add_row(
            language,
            str(score.phrases),
            f"{score.right / score.phrases:.0%}",
            f"{score.mistaken / score.phrases:.0%}",
        )
    return table
