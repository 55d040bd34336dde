"""What the code may say while nobody asks: found in its source, so that nothing is forgotten.

A prompt comes unasked where a capability's handlers of timers, answers and payments return it, and
where it is told to somebody else. From these functions the others of the package that they use are
followed, and every catalogue key is taken that may be a prompt's. That finds too many, never too
few, as long as keys stand in the source.
"""

import ast
import inspect
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from sokoni.dialogue.manifest import Capability

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_TELLS: Final = frozenset({"tell", "Tell", "TellStaff"})
_OURS: Final = re.compile(r"[a-z]+\\\.[a-z]")
"""A key that begins with the name of its owner, escaped."""


class Module:
    """One file: its functions and methods, its own values, and what it has from other files."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text("utf-8"))
        every = list(ast.walk(tree))
        self.functions = [one for one in every if isinstance(one, _Function)]
        self.classes = {one.name: one for one in every if isinstance(one, ast.ClassDef)}
        self.values = dict(_assigned(tree))
        self.imported = {
            alias.name: str(one.module)
            for one in every
            if isinstance(one, ast.ImportFrom)
            for alias in one.names
        }


class Reach:
    """The functions of one package, and what of the catalogue they may say."""

    def __init__(self, capability: Capability, keys: Collection[str]) -> None:
        self._keys = keys
        self._package = capability.settings.__module__.rpartition(".")[0]
        folder = Path(inspect.getfile(capability.settings)).parent
        self._modules = {
            ".".join((self._package, *path.relative_to(folder).with_suffix("").parts)): Module(
                path
            )
            for path in sorted(folder.rglob("*.py"))
        }
        self._seen = set[int]()
        self._endings = set[str]()
        self._telling = self._ways_to_tell()

    def unasked(self, capability: Capability) -> set[str]:
        """Return the keys of what its handlers say, and of all that is told to others."""
        found = set[str]()
        for one in _handlers(capability):
            found |= self._said_by(one.__module__, one.__name__)
        for name, module in self._modules.items():
            for function in module.functions:
                if _tells(function, self._telling):
                    found |= self._follow(name, function)
        longer = {key + ending for key in found for ending in self._endings}
        return found | longer.intersection(self._keys)

    def _ways_to_tell(self) -> frozenset[str]:
        """Return the names of functions that tell, with those that pass a prompt on to one."""
        every = [one for module in self._modules.values() for one in module.functions]
        passing = [one for one in every if any(map(_is_prompt, one.args.args))]
        known = _TELLS
        while more := {one.name for one in passing if _tells(one, known)} - known:
            known |= more
        return known

    def _said_by(self, module: str, name: str) -> set[str]:
        """Return what the functions of this name say, here or where it is imported from."""
        if module not in self._modules:
            return set()
        there = self._modules[module]
        if name in there.imported:
            return self._said_by(there.imported[name], name)
        named = [one for one in there.functions if one.name == name]
        if name in there.classes and not name.endswith("Flow"):
            # What a task answers is asked for; other classes are there to make prompts.
            named = [one for one in ast.walk(there.classes[name]) if isinstance(one, _Function)]
        own = [self._follow(module, one) for one in named]
        return set[str]().union(*own)

    def _follow(self, module: str, function: _Function) -> set[str]:
        if id(function) in self._seen:
            return set()
        self._seen.add(id(function))
        found = self._said(module, function)
        for name in _used(function):
            found |= self._said_by(module, name)
        return found

    def _said(self, module: str, node: ast.AST) -> set[str]:
        nested = {id(one.args[0]) for one in _calls(node, "Worded") if one.args}
        found = set[str]()
        for one in ast.walk(node):
            if id(one) in nested:
                continue
            if isinstance(one, ast.Constant) and one.value in self._keys:
                found.add(str(one.value))
            elif isinstance(one, ast.JoinedStr):
                found |= self._fitting(one)
            elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
                found |= self._value(module, one.id)
        return found

    def _value(self, module: str, name: str) -> set[str]:
        """Return the keys that stand in a value of this name."""
        there = self._modules.get(module)
        if there is None:
            return set()
        if name in there.imported:
            return self._value(there.imported[name], name)
        return self._said(module, there.values[name]) if name in there.values else set()

    def _fitting(self, said: ast.JoinedStr) -> set[str]:
        parts = [
            re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".*"
            for one in said.values
        ]
        last = said.values[-1]
        if parts[0] == ".*" and isinstance(last, ast.Constant):
            # A key with something behind it, such as ".told".
            self._endings.add(str(last.value))
        if not _OURS.match(parts[0]):
            return set()
        pattern = re.compile("".join(parts))
        return {key for key in self._keys if pattern.fullmatch(key)}


def said_in(source: str, keys: Collection[str]) -> set[str]:
    """Return the keys that stand in a source."""
    constants = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Constant))
    return {str(one.value) for one in constants if one.value in keys}


def _handlers(capability: Capability) -> Iterator[Callable[..., object]]:
    """Yield what is called while nobody writes."""
    yield from capability.timers.values()
    yield from capability.answers.values()
    for handler in capability.payments.values():
        yield handler.heard


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call) and _name(one.func) == name)


def _tells(function: _Function, ways: Collection[str]) -> bool:
    return any(any(_calls(function, name)) for name in ways)


def _is_prompt(said: ast.arg) -> bool:
    return said.annotation is not None and _name(said.annotation) == "Prompt"


def _used(function: _Function) -> Iterator[str]:
    for one in ast.walk(function):
        own = isinstance(one, ast.Attribute) and _name(one.value) == "self"
        if own or isinstance(one, ast.Name):
            yield _name(one)


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case _:
            return ""
