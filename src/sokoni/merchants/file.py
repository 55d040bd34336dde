"""Reads a merchant file: everything wrong with it is named with its line, or nothing is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self, TypeVar, runtime_checkable

from pydantic import BaseModel, ValidationError

from sokoni.errors import AppError
from sokoni.kit.phones import find_phone
from sokoni.merchants.declared import DeclaredMerchant, DeclaredTemplate
from sokoni.merchants.lines import Document, Path, Problem, read_document

M = TypeVar("M", bound=BaseModel)

_PLAIN: Final[Mapping[str, str]] = {
    "tuple_type": "this should be a list",
    "dict_type": "this should have keys of its own",
    "model_type": "this should have keys of its own",
}
"""What YAML calls the things for which pydantic has Python's words."""


class MerchantFileError(AppError):
    """The file cannot be applied. Its message has a line per problem: file, line, what."""

    code = "merchant_file_invalid"
    http_status = 422

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"{source}:{one.line}: {one.what}" for one in self.problems))


@runtime_checkable
class NamesItself(Protocol):
    """What a channel's config model must offer: how webhooks name the account."""

    def key(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What merchants may fill in: each channel's config model, each capability's settings."""

    channels: Mapping[str, type[BaseModel]]
    capabilities: Mapping[str, type[BaseModel]]
    gateways: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    ways: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """To send codes."""
    languages: Collection[str]
    """What there is wording in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredChannel:
    """One entry of `channels`, valid for its channel."""

    channel: str
    key: str
    account: str
    """Empty: keep the one it has, or make one."""
    config: Mapping[str, Any]
    """As written in the file: defaults stay those of the code."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredGateway:
    """One entry of `payments`, valid for its gateway."""

    gateway: str
    account: str
    """Empty: keep the one it has, or make one."""
    config: Mapping[str, Any]
    """As written in the file: defaults stay those of the code."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredWay:
    """One entry of `verification`, valid for its way."""

    way: str
    config: Mapping[str, Any]
    """As written in the file: defaults stay those of the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantFile:
    """A file in which everything is in order."""

    source: str
    said: DeclaredMerchant
    capabilities: Mapping[str, Mapping[str, Any]]
    channels: tuple[DeclaredChannel, ...]
    gateways: tuple[DeclaredGateway, ...]
    ways: tuple[DeclaredWay, ...]
    document: Document

    def refuse(self, line: int, what: str) -> MerchantFileError:
        """Return the error that what stands on this line cannot be had."""
        return MerchantFileError(self.source, [Problem(line, what)])


def read_merchant_file(
    text: str, kinds: Kinds, variables: Mapping[str, str], *, source: str = "merchant file"
) -> MerchantFile:
    """Parse and check the whole file, or raise `MerchantFileError` with all that is wrong."""
    document = read_document(text, variables)
    if not document.problems and not isinstance(document.content, dict):
        document.complain((), "a merchant file begins with `merchant:` and its id")
    content = document.content if isinstance(document.content, dict) else {}
    said = _valid(document, DeclaredMerchant, content, ()) if content else None
    check = _Check.of(document, content, kinds)
    if said is not None:
        check.names(said)
    if document.problems or said is None:
        raise MerchantFileError(source, document.problems)
    return MerchantFile(
        source=source,
        said=said,
        capabilities=check.capabilities,
        channels=tuple(check.channels),
        gateways=tuple(check.gateways),
        ways=tuple(check.ways),
        document=document,
    )


@dataclass(slots=True)
class _Check:
    """What the models of channels and capabilities make of the file."""

    document: Document
    kinds: Kinds
    capabilities: dict[str, Mapping[str, Any]]
    channels: list[DeclaredChannel]
    gateways: list[DeclaredGateway]
    ways: list[DeclaredWay] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document, content: Mapping[str, Any], kinds: Kinds) -> Self:
        check = cls(document, kinds, {}, [], [])
        capabilities, channels = content.get("capabilities"), content.get("channels")
        payments = content.get("payments")
        for name, settings in (capabilities if isinstance(capabilities, dict) else {}).items():
            check.capability(name, settings or {})
        for place, entry in enumerate(channels if isinstance(channels, list) else []):
            if isinstance(entry, dict):
                check.channel(place, entry, str(content.get("merchant", "")))
        for place, entry in enumerate(payments if isinstance(payments, list) else []):
            if isinstance(entry, dict):
                check.gateway(place, entry)
        ways = content.get("verification")
        for place, entry in enumerate(ways if isinstance(ways, list) else []):
            if isinstance(entry, dict):
                check.way(place, entry)
        return check

    def capability(self, name: str, settings: Mapping[str, Any]) -> None:
        path = ("capabilities", name)
        model = self._known(self.kinds.capabilities, name, path, "capability")
        valid = _valid(self.document, model, settings, path) if model else None
        if valid is not None:
            self.capabilities[name] = valid.model_dump(mode="json", exclude_unset=True)

    def channel(self, place: int, entry: Mapping[str, Any], merchant: str) -> None:
        path = ("channels", place)
        name = str(entry.get("channel") or "")
        model = self._known(self.kinds.channels, name, (*path, "channel"), "channel")
        if model is None:
            return
        written = {key: value for key, value in entry.items() if key not in {"channel", "account"}}
        if "merchant" in model.model_fields:  # a channel of ours, which the merchant's id names
            written["merchant"] = merchant
        config = _valid(self.document, model, written, path)
        if config is not None:
            account = str(entry.get("account") or "")
            self._add(name, _key(config), account, written, path)

    def gateway(self, place: int, entry: Mapping[str, Any]) -> None:
        path = ("payments", place)
        name = str(entry.get("gateway") or "")
        model = self._known(self.kinds.gateways, name, (*path, "gateway"), "gateway")
        if model is None:
            return
        written = {key: value for key, value in entry.items() if key not in {"gateway", "account"}}
        if _valid(self.document, model, written, path) is None:
            return
        if any(one.gateway == name for one in self.gateways):
            self.document.complain(path, f"{name} stands here a second time")
        account, line = str(entry.get("account") or ""), self.document.line(path)
        self.gateways.append(
            DeclaredGateway(gateway=name, account=account, config=written, line=line)
        )

    def way(self, place: int, entry: Mapping[str, Any]) -> None:
        path = ("verification", place)
        name = str(entry.get("way") or "")
        model = self._known(self.kinds.ways, name, (*path, "way"), "way to send codes")
        written = {key: value for key, value in entry.items() if key != "way"}
        if model is None or _valid(self.document, model, written, path) is None:
            return
        if any(one.way == name for one in self.ways):
            self.document.complain(path, f"{name} stands here a second time")
        self.ways.append(DeclaredWay(way=name, config=written))

    def _add(
        self, name: str, key: str, account: str, written: Mapping[str, Any], path: Path
    ) -> None:
        if any((one.channel, one.key) == (name, key) for one in self.channels):
            self.document.complain(path, f"this {name} account stands here a second time")
        self.channels.append(
            DeclaredChannel(
                channel=name,
                key=key,
                account=account,
                config=written,
                line=self.document.line(path),
            )
        )

    def names(self, said: DeclaredMerchant) -> None:
        """Check what one part of the file says of another, and of what there is."""
        for place, language in enumerate(said.languages):
            if language not in self.kinds.languages:
                known = ", ".join(sorted(self.kinds.languages))
                what = f"nothing is worded in {language!r} here; there is: {known}"
                self.document.complain(("languages", place), what)
        for place, person in enumerate(said.staff):
            if find_phone(person.phone, said.country) is None:
                path = ("staff", place, "phone")
                self.document.complain(path, f"{person.phone!r} is no phone number")
        seen: set[tuple[str, str, str]] = set()
        for place, one in enumerate(said.templates):
            self._template(("templates", place), one, said.languages)
            here = {(channel, one.purpose, one.language) for channel in one.channel}
            if here & seen:
                what = "a second template for this channel, purpose and language"
                self.document.complain(("templates", place), what)
            seen |= here

    def _template(self, path: Path, one: DeclaredTemplate, languages: tuple[str, ...]) -> None:
        for channel in one.channel:
            self._known(self.kinds.channels, channel, (*path, "channel"), "channel")
        if one.language not in languages:
            self.document.complain((*path, "language"), "not one of the merchant's languages")

    def _known(
        self, kinds: Mapping[str, type[BaseModel]], name: str, path: Path, noun: str
    ) -> type[BaseModel] | None:
        if name not in kinds:
            known = ", ".join(sorted(kinds)) or "none"
            self.document.complain(path, f"no {noun} is called {name!r}; there is: {known}")
        return kinds.get(name)


def _key(config: object) -> str:
    if not isinstance(config, NamesItself):
        raise TypeError(f"{type(config).__name__} names no key")
    return config.key()


def _valid(document: Document, model: type[M], value: object, path: Path) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            where = (*path, *one["loc"])
            if where not in document.unfilled:
                document.complain(where, _plain(one["type"], where, one["msg"]))
        return None


def _plain(kind: str, where: Path, message: str) -> str:
    """Say in plain words what a model has against a value, never the value: it may be secret."""
    name = ".".join(str(step) for step in where if isinstance(step, str)) or "file"
    if kind == "extra_forbidden":
        return f"{where[-1]} is no key of this part"
    if kind == "missing":
        return f"{name} is missing"
    return f"{name}: {_PLAIN.get(kind) or message.removeprefix('Value error, ')}"
