"""`sokoni category …`: the shelves of a store, a tree by paths."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from sokoni.capabilities.store.models.catalogue import Category
from sokoni.capabilities.store.service.categories import (
    LONGEST_PATH,
    Categories,
    CategoryUsedError,
    path_of,
)
from sokoni.capabilities.store.service.naming import said_in
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.cli.tills import merchant_of
from sokoni.errors import AppError
from sokoni.merchants.profile import MerchantProfile

commands = typer.Typer(help="Categories of a store.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Where = Annotated[str, typer.Argument(metavar="PATH", help="Such as drinks/coffee.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What contacts read.")]
Language = Annotated[str, typer.Option("--language", help="Of the name; the merchant's first.")]


class CategoryRefusedError(AppError):
    """Why a category cannot be so, in words for whoever typed the command."""

    code = "category_refused_here"


@commands.command("list")
def show_all(merchant: Slug) -> None:
    """List the whole tree."""
    say("\n".join(asyncio.run(_lines(merchant))) or "There is no category.")


@commands.command("set")
def put(merchant: Slug, path: Where, name: Name, language: Language = "") -> None:
    """Call a category so; it is made, with those above it, where it is missing."""
    say(asyncio.run(_put(merchant, path, name, language)))


@commands.command("drop")
def drop(merchant: Slug, path: Where) -> None:
    """Take away a category that has none below it; its products stay."""
    asyncio.run(_dropped(merchant, path))
    say("Taken away.")


@dataclass(frozen=True, slots=True)
class _Tree:
    """One merchant's categories, in a transaction."""

    merchant: MerchantProfile
    categories: Categories

    def line(self, one: Category) -> str:
        return f"{one.path}: {said_in(one.names, self.merchant.languages)}"


@asynccontextmanager
async def _tree(slug: str) -> AsyncIterator[_Tree]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            yield _Tree(merchant, Categories(session, merchant.id, parts.clock()))


async def _lines(slug: str) -> Sequence[str]:
    async with _tree(slug) as tree:
        return [tree.line(one) for one in await tree.categories.all()]


async def _put(slug: str, path: str, name: str, language: str) -> str:
    parts = [path_of(part) for part in path.split("/")]
    if not all(parts) or path != "/".join(parts) or len(path) > LONGEST_PATH:
        raise CategoryRefusedError(f"{path} is no path, such as drinks/coffee.")
    async with _tree(slug) as tree:
        names = {language or tree.merchant.language: name}
        there = await tree.categories.find(path)
        if there is None:
            ids = await tree.categories.ensure({path: names})
            there = await tree.categories.get(ids[path])
        await tree.categories.rename(there, {**there.names, **names})
        return tree.line(there)


async def _dropped(slug: str, path: str) -> None:
    async with _tree(slug) as tree:
        there = await tree.categories.find(path)
        if there is None:
            raise CategoryRefusedError(f"There is no category {path}.")
        with _in_words():
            await tree.categories.remove(there)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except CategoryUsedError as error:
        raise CategoryRefusedError(f"Categories stand below {error}: drop those first.") from error
