"""Reporting a listing, a person or a review, and appealing when one was reported oneself."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.models import IntroductionId, SellerId
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Others, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.kit.ids import ContactId
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.readers.text import TextReader
from sokoni.messaging.prompts import Choice, Prompt, Worded
from sokoni.reviews.models import ReportKind, ReviewId
from sokoni.reviews.reports import NewReport

_LONGEST: Final = 500
_GONE: Final = Prompt("marketplace.report.gone")
_SAME: Final = ("marketplace.report",)
"""Who reports somebody may well write "scam"."""
_IN_WORDS: Final = Others("other", note="text", same=_SAME)
_REASONS: Final = {
    "fraud": "marketplace.choice.fraud",
    "forbidden": "marketplace.choice.forbidden",
    "wrong": "marketplace.choice.wrong",
    "rude": "marketplace.choice.rude",
    "other": "marketplace.choice.other",
}


class ReportForm(Form):
    """Report a listing or a person to the staff."""

    listing: Annotated[str, ReferenceReader()] = ""


class ReportFlow(AtOnceFlow):
    """Finds out what is reported: a listing by its reference, or somebody whom one met."""

    name: ClassVar[str] = "marketplace.report"
    form: ClassVar[type[ReportForm]] = ReportForm

    @override
    async def results(self, form: ReportForm, window: Window) -> Results | None:
        if form.listing:
            return None
        desk = self._desk
        met = await desk.introductions.with_me(desk.me, limit=window.limit, offset=window.offset)
        people = (_other(desk, one) for one in met)
        names = await desk.directory.names_of(people)
        shown = tuple(_choice(desk, one, names.get(_other(desk, one), "")) for one in met)
        return Results(Prompt("marketplace.report.which"), shown)

    async def complete(self, form: ReportForm) -> Outcome:
        if not form.listing:
            return Outcome(Prompt("marketplace.report.nobody"))
        return Outcome(then=start("report_one", {"listing": form.listing}))


class ReportOneForm(Form):
    """Say what is wrong with a listing, a person or a review."""

    reason: Annotated[str, Slot(others=_IN_WORDS)]
    text: Annotated[
        str, TextReader(longest=_LONGEST), Slot(asked=True, early=False, freely=_SAME)
    ] = ""
    listing: Annotated[str, Slot(early=False, editable=False)] = ""
    person: Annotated[bool, Slot(early=False, editable=False)] = False
    """Not the listing is meant, but its seller."""
    seller: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """Somebody is meant who sells, whatever they list."""
    introduction: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """The other side of it is meant."""
    review: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """What somebody said of another is meant."""


class ReportOneFlow(AtOnceFlow):
    """Keeps the report for the staff; nothing else happens until they decide."""

    name: ClassVar[str] = "marketplace.report_one"
    form: ClassVar[type[ReportOneForm]] = ReportOneForm

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        if slot != "reason":
            return ()
        return tuple(Choice(reason, Worded(label)) for reason, label in _REASONS.items())

    async def complete(self, form: ReportOneForm) -> Outcome:
        new = await self._report(form)
        if new is None or new.about_id == self._desk.me:
            return Outcome(_GONE)
        report = await self._desk.reports.file(new)
        reason = Worded(_REASONS.get(form.reason, _REASONS["other"]))
        await tell_staff_of(self._desk.context, self._desk.reports, report, reason)
        return Outcome(Prompt("marketplace.report.done", {"reference": report.reference}))

    async def _report(self, form: ReportOneForm) -> NewReport | None:
        if form.introduction is not None:
            return await self._of_person(form, form.introduction)
        if form.review is not None:
            return await self._of_review(form, form.review)
        if form.seller is not None:
            return await self._of_seller(form, form.seller)
        offer = await self._desk.listings.find_for(self._desk.me, form.listing)
        if offer is None:
            return None
        if form.person:
            return _new(self._desk, form, ReportKind.PERSON, offer.contact_id, offer.thing)
        what = f"{offer.reference} {offer.thing}"
        return _new(self._desk, form, ReportKind.LISTING, offer.contact_id, what, subject=offer.id)

    async def _of_person(self, form: ReportOneForm, introduction: UUID) -> NewReport | None:
        meeting = await self._desk.introductions.find(IntroductionId(introduction))
        if meeting is None or not _is_mine(self._desk, meeting):
            return None
        about = _other(self._desk, meeting)
        return _new(self._desk, form, ReportKind.PERSON, about, meeting.thing)

    async def _of_seller(self, form: ReportOneForm, seller: UUID) -> NewReport | None:
        found = await self._desk.known_sellers.find(SellerId(seller))
        if found is None:
            return None
        return _new(self._desk, form, ReportKind.PERSON, found.contact_id, "")

    async def _of_review(self, form: ReportOneForm, review: UUID) -> NewReport | None:
        """Report what everybody may read, whoever was rated."""
        found = await self._desk.ratings.find(ReviewId(review))
        if found is None:
            return None
        return _new(
            self._desk,
            form,
            ReportKind.REVIEW,
            found.rater_id,
            f"{found.stars}/5",
            subject=found.id,
        )


class MyReviewsForm(Form):
    """See what others said of one, to report it."""


class MyReviewsFlow(AtOnceFlow):
    """Shows what others said of the contact; picking one reports it."""

    name: ClassVar[str] = "marketplace.my_reviews"
    form: ClassVar[type[MyReviewsForm]] = MyReviewsForm

    @override
    async def results(self, form: MyReviewsForm, window: Window) -> Results:
        prompt = Prompt("marketplace.my_reviews.shown")
        return Results(prompt, await _said_of(self._desk, self._desk.me, window))

    async def complete(self, form: MyReviewsForm) -> Outcome:  # noqa: ARG002
        return Outcome(Prompt("marketplace.my_reviews.none"))


class ReviewsForm(Form):
    """See what others said of a seller, or of a buyer who asks, to report it."""

    seller: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    introduction: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """The buyer in it is meant, and its seller asks."""


class ReviewsFlow(AtOnceFlow):
    """Shows what others said of somebody; picking one reports it."""

    name: ClassVar[str] = "marketplace.reviews"
    form: ClassVar[type[ReviewsForm]] = ReviewsForm

    @override
    async def results(self, form: ReviewsForm, window: Window) -> Results | None:
        desk, about = self._desk, await self._about(form)
        if about is None:
            return None
        told = {"name": seller_named(await desk.directory.name_of(about))}
        prompt = Prompt("marketplace.reviews.shown", told)
        return Results(prompt, await _said_of(desk, about, window))

    async def complete(self, form: ReviewsForm) -> Outcome:  # noqa: ARG002
        return Outcome(Prompt("marketplace.reviews.none"))

    async def _about(self, form: ReviewsForm) -> ContactId | None:
        if form.introduction is not None:
            meeting = await self._desk.introductions.find(IntroductionId(form.introduction))
            return (
                _other(self._desk, meeting) if meeting and _is_mine(self._desk, meeting) else None
            )
        if form.seller is None:
            return None
        found = await self._desk.known_sellers.find(SellerId(form.seller))
        return None if found is None else found.contact_id


class AppealForm(Form):
    """Ask the staff to put back what they took down."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    text: Annotated[str, TextReader(longest=_LONGEST), Slot(early=False, freely=_SAME)]


class AppealFlow(AtOnceFlow):
    """Keeps the appeal for the staff."""

    name: ClassVar[str] = "marketplace.appeal"
    form: ClassVar[type[AppealForm]] = AppealForm

    async def complete(self, form: AppealForm) -> Outcome:
        desk = self._desk
        hidden = await desk.listings.hidden(desk.me, form.listing)
        if hidden is None:
            return Outcome(_GONE)
        new = NewReport(
            kind=ReportKind.APPEAL,
            capability=NAME,
            subject=hidden.hex,
            what=form.listing,
            about_id=desk.me,
            reporter_id=desk.me,
            text=form.text,
        )
        await tell_staff_of(desk.context, desk.reports, await desk.reports.file(new))
        return Outcome(Prompt("marketplace.appeal.done"))


def _new(
    desk: Desk,
    form: ReportOneForm,
    kind: ReportKind,
    about: ContactId,
    what: str,
    *,
    subject: UUID | None = None,
) -> NewReport:
    return NewReport(
        kind=kind,
        capability=NAME,
        subject="" if subject is None else subject.hex,
        what=what,
        about_id=about,
        reporter_id=desk.me,
        reason=form.reason,
        text=form.text,
    )


async def _said_of(desk: Desk, about: ContactId, window: Window) -> tuple[Choice, ...]:
    """Return what others said of somebody; whoever takes one reports it."""
    told = await desk.ratings.told(about, limit=window.limit, offset=window.offset)
    names = await desk.directory.names_of(one.rater_id for one in told)
    return tuple(
        Choice(
            one.id.hex,
            buyer_named(names.get(one.rater_id, "")),
            one.text[:_LONGEST],
            start("report_one", {"review": str(one.id)}),
        )
        for one in told
    )


def _choice(desk: Desk, meeting: Meeting, name: str) -> Choice:
    bought = meeting.introduction.buyer_id == desk.me
    label = seller_named(name) if bought else buyer_named(name)
    command = start("report_one", {"introduction": str(meeting.introduction.id)})
    return Choice(meeting.introduction.id.hex, label, meeting.thing, command)


def _is_mine(desk: Desk, meeting: Meeting) -> bool:
    return desk.me in {meeting.introduction.buyer_id, meeting.introduction.seller_id}


def _other(desk: Desk, meeting: Meeting) -> ContactId:
    introduction = meeting.introduction
    return introduction.seller_id if introduction.buyer_id == desk.me else introduction.buyer_id
