"""A fourth capability of the tests' own: repairs at a time, by trades that the merchant names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import msgspec
from typing_extensions import override

from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import AnswerVague, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Others, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.language.phrases import Phrases
from sokoni.language.readers.offer import OfferReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.term import TermReader, ToldTextReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import KnownPlace, Moment
from sokoni.messaging.prompts import Choice, Consent, Instant, Params, Prompt, Start, Worded
from tests.dialogue.talking import PROFILE, TwoPlaces, catalogues
from tests.dialogue.toy import Settings

_HERE: Final = Path(__file__).parent
_HOURS: Final = {
    "morning": range(9, 12),
    "afternoon": range(12, 17),
    "evening": range(17, 20),
    "day": range(9, 17),
}
TRADE: Final = "workshop.trade"
TROUBLE: Final = "workshop.trouble"
MERCHANT: Final = replace(
    PROFILE,
    capabilities={
        "workshop": {
            "trades": {
                "plumber": {
                    "names": ["plumber", "plumbing"],
                    "troubles": ["geyser burst", "sink is blocked", "leaks"],
                },
                "electrician": {
                    "names": ["electrician"],
                    "troubles": ["lights keep tripping", "no power"],
                },
            }
        }
    },
)


class JobForm(Form):
    """Have something repaired."""

    trade: Annotated[str, TermReader(TRADE, hinted_by=TROUBLE), Slot(calls=True)]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True)]
    issue: Annotated[str, ToldTextReader(TROUBLE, longest=200)]
    when: Annotated[Moment, TimeReader()]


class JobFlow(SimpleFlow):
    """Books repairs. `taken` and `jobs` outlive the turn, as tables would."""

    name: ClassVar[str] = "workshop.job"
    form: ClassVar[type[JobForm]] = JobForm
    taken: ClassVar[set[datetime]] = set()
    jobs: ClassVar[list[JobForm]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot != "when":
            return
        when = known["when"]
        if when.is_vague or when.at in self.taken:
            key = f"workshop.job.when.{'free' if when.is_vague else 'taken'}"
            day = Instant(when.at.isoformat(), "day" if when.is_vague else "full")
            raise AnswerVague("when", Prompt(key, {"day": day}, tuple(self._free(when))))

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        return tuple(self._free(known["when"])) if slot == "when" and "when" in known else ()

    def _free(self, near: Moment) -> Iterator[Choice]:
        midnight = near.at.replace(hour=0, minute=0)
        for hour in _HOURS[near.part_of_day or "day"]:
            at = midnight + timedelta(hours=hour)
            if at not in self.taken:
                picked = JobForm.setting("when", Moment(at, near.words))
                yield Choice(f"at.{hour}", f"{hour}:00", command=picked)

    async def summary(self, form: JobForm) -> Prompt:
        told: Params = {
            "trade": form.trade,
            "place": form.place.name,
            "when": Instant(form.when.at.isoformat()),
            "issue": form.issue,
        }
        privacy = Worded("workshop.job.privacy", {"merchant": self._context.merchant.name})
        return Prompt("workshop.job.summary", told, consent=Consent("privacy", privacy))

    async def complete(self, form: JobForm) -> Outcome:
        self.jobs.append(form)
        return Outcome(Prompt("workshop.job.done"))


class LeaveForm(Form):
    """Call a repair off."""

    reason: Annotated[str, Slot(others=Others("other", note="note"))]
    note: Annotated[str, TextReader(longest=40), Slot(asked=True, early=False)] = ""


class LeaveFlow(SimpleFlow):
    name: ClassVar[str] = "workshop.leave"
    form: ClassVar[type[LeaveForm]] = LeaveForm
    left: ClassVar[list[tuple[str, str]]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        reasons = ("dear", "late", "other") if slot == "reason" else ()
        return tuple(Choice(reason) for reason in reasons)

    async def summary(self, form: LeaveForm) -> Prompt | None:
        return None

    async def complete(self, form: LeaveForm) -> Outcome:
        self.left.append((form.reason, form.note))
        return Outcome(Prompt("workshop.leave.done"))


class HoursForm(Form):
    """Ask who comes."""


class HoursFlow(SimpleFlow):
    name: ClassVar[str] = "workshop.hours"
    form: ClassVar[type[HoursForm]] = HoursForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: HoursForm) -> Prompt | None:
        return None

    async def complete(self, form: HoursForm) -> Outcome:
        return Outcome(Prompt("workshop.hours.told"))


class QuoteForm(Form):
    """Offer a time or a price for a job."""

    job: Annotated[str, Slot(early=False)] = ""
    offer: Annotated[str, OfferReader(longest=40), Slot(replies=True)]


class QuoteFlow(SimpleFlow):
    name: ClassVar[str] = "workshop.quote"
    form: ClassVar[type[QuoteForm]] = QuoteForm
    quotes: ClassVar[list[tuple[str, str]]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: QuoteForm) -> Prompt | None:
        return None

    async def complete(self, form: QuoteForm) -> Outcome:
        self.quotes.append((form.job, form.offer))
        return Outcome(Prompt("workshop.quote.done"))


def wanted(job: str) -> Prompt:
    """Return what somebody is asked who may say yes, or something else."""
    known = {"job": msgspec.Raw(msgspec.json.encode(job))}
    come = Choice("yes", command=Start("workshop.hours"))
    quote = Choice("quote", "Quote it", command=Start("workshop.quote", known))
    return Prompt("workshop.wanted", {"job": job}, (come, quote))


def terms(settings: Mapping[str, Any]) -> Mapping[str, Phrases[str]]:
    trades: Mapping[str, Mapping[str, Sequence[str]]] = settings.get("trades", {})
    return {
        TRADE: Phrases((name, id_) for id_, one in trades.items() for name in one["names"]),
        TROUBLE: Phrases((said, id_) for id_, one in trades.items() for said in one["troubles"]),
    }


def _task(flow: Any, *, query: bool = False) -> Task:  # noqa: ANN401
    return Task(name=flow.name, form=flow.form, make=flow, in_menu=True, query=query)


WORKSHOP: Final = Capability(
    name="workshop",
    tasks=(_task(JobFlow), _task(LeaveFlow), _task(QuoteFlow), _task(HoursFlow, query=True)),
    settings=Settings,
    phrases=_HERE / "workshop_phrases",
    terms=terms,
)


def workshop() -> MerchantDialogue:
    JobFlow.taken.clear()
    JobFlow.jobs.clear()
    LeaveFlow.left.clear()
    QuoteFlow.quotes.clear()
    return MerchantDialogue(MERCHANT, [WORKSHOP], catalogues("workshop.po"), places=TwoPlaces())
