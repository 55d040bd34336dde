"""What must be known before a task can be done. A form's fields are its slots, asked in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from sokoni.language.readers.phone import PhoneReader
from sokoni.language.reading import LEFTOVER, Reader
from sokoni.media.kinds import FileKind
from sokoni.messaging.prompts import SetSlots

F = TypeVar("F", bound="Form")
F_contra = TypeVar("F_contra", bound="Form", contravariant=True)

Known: TypeAlias = Mapping[str, Any]
"""Slot name to value, in the slot's own Python type."""


@dataclass(frozen=True, slots=True)
class Others:
    """What an answer in other words than those of the choices means."""

    choice: str
    """The choice that it takes: "something else"."""
    note: str
    """The slot that keeps the words."""
    same: tuple[str, ...] = ()
    """Tasks whose phrases are an answer here: who reports somebody may well write "scam"."""


@dataclass(frozen=True, slots=True)
class Slot:
    """How the chat treats a field. Stands in `Annotated` beside the field's reader.

    `asked`: an optional slot is asked for too, and may be skipped. `early`: the value may be
    taken from any message, not only from the answer to its question. `editable`: offered when
    the contact wants to change something.
    """

    asked: bool = False
    early: bool = True
    editable: bool = True
    pin: bool = False
    """A location pin answers it."""
    spot: bool = False
    """Its type is a `language.reading.Spot`: words, or a location pin with what it is near to."""
    exact: bool = False
    """The pin itself is kept with the place that it lies in: somebody has to go there."""
    needed: bool = False
    """It has a default for when it is moot (`Flow.moot`); else it is asked for, and cannot be
    skipped."""
    part_of: str = ""
    """The slot that it says more of: forgotten when that one comes to mean something else."""
    file: FileKind | None = None
    """A file answers it, and nothing that is written; its type is `media.references.FileRef`."""
    item: bool = False
    """What the task is about. One message may name several: each becomes a task of its own."""
    common: bool = False
    """Said once, it holds for everything that the message names."""
    opens: bool = False
    """Told where nothing is asked, and nothing else is told, it starts the task."""
    calls: bool = False
    """Told anywhere in a message, while no task is open, it starts the task as a trigger does."""
    nth: bool = False
    """Which of a list on the screen: "I'll take the second one" begins the task with it, and does
    not only pick the second."""
    replies: bool = False
    """Told while a choice that leads to the task stands on the screen, it takes that choice."""
    freely: Sequence[str] | None = None
    """Whatever is written is the answer, also where it begins like another task: "I need my money
    back". Only what names a task and nothing else is none, but for the tasks that are named here.
    None: words that begin a task begin it."""
    unless_done: bool = False
    """Any words are the answer, but for those that a capability has something done at once by:
    "a dozen eggs" is no address."""
    numbered: bool = False
    """Its choices are a fixed list that does not fit buttons: one text with all their numbers."""
    others: Others | None = None
    """The question for it, which has choices, may be answered in other words."""


_PLAIN: Final = Slot()


class Form(BaseModel, frozen=True, arbitrary_types_allowed=True):
    """One schema for three doors: the chat asks for it, a model calls it, the API accepts it.

    A subclass's docstring tells a language model what the task does. Values are immutable: a
    slot for several things holds a tuple, never a list. A slot with a default is
    optional and not asked for, unless its `Slot` says so.
    """

    @classmethod
    def slots(cls) -> tuple[str, ...]:
        return _traits(cls).names

    @classmethod
    def has(cls, name: str) -> bool:
        return name in _traits(cls).slots

    @classmethod
    def slots_to_ask(cls) -> tuple[str, ...]:
        """Return the slots that the chat asks for, in order; optional ones may be skipped."""
        return _traits(cls).to_ask

    @classmethod
    def slot(cls, name: str) -> Slot:
        return _traits(cls).slots[name]

    @classmethod
    def optional(cls, name: str) -> bool:
        return name not in _traits(cls).required

    @classmethod
    def wants_phone(cls, name: str) -> bool:
        """Tell whether the slot's value is a phone number: a shared contact answers it."""
        return isinstance(cls.reader(name), PhoneReader)

    @classmethod
    def reader(cls, name: str) -> Reader | None:
        """Return what finds the slot's value in words; None: the words themselves are it."""
        return _traits(cls).readers[name]

    @classmethod
    def any_words_do(cls, name: str) -> bool:
        """Tell whether the slot takes whatever words nobody else wants."""
        reader = cls.reader(name)
        return reader is None or reader.order >= LEFTOVER

    @classmethod
    def item(cls) -> str:
        """Return the slot that says what the task is about, "" where none does."""
        return _traits(cls).item

    @classmethod
    def setting(cls, name: str, value: object) -> SetSlots:
        """Return the command of a choice that stands for a value of the slot."""
        return SetSlots({name: msgspec.Raw(cls.adapter(name).dump_json(value))})

    @classmethod
    def adapter(cls, name: str) -> TypeAdapter[Any]:
        """Return what validates, dumps and loads the slot's value, constraints included."""
        return _adapter(cls, name)


@dataclass(frozen=True, slots=True)
class _Traits:
    """What never changes of a form, looked at once."""

    names: tuple[str, ...]
    to_ask: tuple[str, ...]
    required: frozenset[str]
    slots: Mapping[str, Slot]
    readers: Mapping[str, Reader | None]
    item: str


@cache
def _traits(form: type[Form]) -> _Traits:
    fields = form.model_fields
    slots = {name: slot_of(field) for name, field in fields.items()}
    required = frozenset(
        name for name, field in fields.items() if field.is_required() or slots[name].needed
    )
    return _Traits(
        names=tuple(fields),
        to_ask=tuple(name for name in fields if name in required or slots[name].asked),
        required=required,
        slots=slots,
        readers={name: _reader(field) for name, field in fields.items()},
        item=next((name for name, slot in slots.items() if slot.item), ""),
    )


def slot_of(field: FieldInfo) -> Slot:
    return next((meta for meta in field.metadata if isinstance(meta, Slot)), _PLAIN)


def _reader(field: FieldInfo) -> Reader | None:
    return next((meta for meta in field.metadata if hasattr(meta, "find")), None)


@cache
def _adapter(form: type[Form], name: str) -> TypeAdapter[Any]:
    field = form.model_fields[name]
    kind: Any = field.annotation
    for constraint in field.metadata:
        if not isinstance(constraint, Slot) and not hasattr(constraint, "find"):
            kind = Annotated[kind, constraint]
    return TypeAdapter(kind)
