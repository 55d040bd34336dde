"""Reads YAML and remembers on which line everything stands.

Every scalar is text: the models decide what is a number. So a phone number keeps its plus, an
id its leading zeros, and the language `no` does not turn into a false.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands: keys and list positions from the top of the document."""

SAFE_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one written in C reads ten times as fast, where it is installed."""

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_OR: Final = ":-"
"""Between a variable's name and what stands there where it is not set, or empty: as in a shell."""
_NULL: Final = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong with the file, and where."""

    line: int
    what: str


@dataclass(slots=True)
class Document:
    """A file's content with its `${VARIABLES}` filled in, and the line of every part of it."""

    content: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unfilled: set[Path] = field(default_factory=set)
    """Where a variable is missing: what is said of the value there would be noise."""

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of the deepest part of `path` that the file has."""
        steps = tuple(path)
        while steps not in self.lines and steps:
            steps = steps[:-1]
        return self.lines.get(steps, 1)

    def complain(self, path: Sequence[str | int], what: str) -> None:
        self.problems.append(Problem(self.line(path), what))


def read_document(text: str, variables: Mapping[str, str]) -> Document:
    """Parse; what is wrong with the YAML itself or its variables stands in `problems`."""
    document = Document()
    try:
        top = yaml.compose(text, Loader=SAFE_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        document.problems.append(Problem(line, f"not readable as YAML: {error.problem}"))
        return document
    except yaml.YAMLError as error:
        document.problems.append(Problem(1, f"not readable as YAML: {error}"))
        return document
    if top is not None:
        document.content = _Filling(document, variables).value(top, ())
    return document


class _Filling:
    """Turns nodes into values, noting lines and problems in the document."""

    def __init__(self, document: Document, variables: Mapping[str, str]) -> None:
        self._document = document
        self._variables = variables
        self._open: list[yaml.Node] = []

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if node in self._open:
            self._document.complain(path, "an alias may not contain itself")
            return None
        self._open.append(node)
        try:
            return self._inside(node, path)
        finally:
            self._open.pop()

    def _inside(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
            case _:
                return None if node.tag == _NULL else self._filled(node.value, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            self._document.lines[(*path, name)] = key.start_mark.line + 1
            if name in values:
                self._document.complain((*path, name), f"{name} stands here a second time")
            values[name] = self.value(value, (*path, name))
        return values

    def _filled(self, text: str, path: Path) -> str:
        return _VARIABLE.sub(lambda found: self._variable(found[1], path), text)

    def _variable(self, said: str, path: Path) -> str:
        name, otherwise, default = said.partition(_OR)
        if otherwise:
            return self._variables.get(name) or default
        if name not in self._variables:
            self._document.unfilled.add(path)
            self._document.complain(path, f"the variable {name} is not set")
        return self._variables.get(name, "")
