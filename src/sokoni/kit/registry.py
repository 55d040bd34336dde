"""Adapters by name: ours, and those that installed packages offer."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel


class Configured(Protocol):
    """What has settings of its own."""

    @property
    def config(self) -> type[BaseModel]: ...


A = TypeVar("A", bound=Configured)


def offered(group: str) -> Iterator[tuple[str, Any]]:
    """Yield what installed packages offer by entry points of the group, each with its name."""
    for point in _points(group, tuple(sys.path)):
        yield point.name, point.load()


@cache
def _points(group: str, path: tuple[str, ...]) -> EntryPoints:  # noqa: ARG001 -- where they are looked for
    """Look once: all that is installed is read for it."""
    return entry_points(group=group)


class Adapters(Generic[A]):
    """The adapters of one kind by name. A subclass says of which."""

    kind: ClassVar[str]
    """As the message of `unknown` calls one."""
    group: ClassVar[str]
    """The entry points of installed packages."""
    ours: ClassVar[Mapping[str, Any]]
    unknown: ClassVar[type[Exception]]

    def __init__(self, brought: Iterable[tuple[str, A]] = ()) -> None:
        self._adapters: dict[str, A] = {**dict(brought), **self.ours}

    @classmethod
    def installed(cls) -> Self:
        """Return ours and those of installed packages; ours keep their names."""
        return cls(offered(cls.group))

    def __iter__(self) -> Iterator[str]:
        return iter(self._adapters)

    def get(self, name: str) -> A:
        """Return the adapter, or raise `unknown`."""
        try:
            return self._adapters[name]
        except KeyError:
            known = ", ".join(sorted(self._adapters))
            raise self.unknown(f"no {self.kind} {name!r}; there are {known}") from None

    def configs(self) -> Mapping[str, type[BaseModel]]:
        """Return the config model of each adapter, to check merchant files by."""
        return {name: adapter.config for name, adapter in self._adapters.items()}
