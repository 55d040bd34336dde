"""What goes without saying: "6" of 5 bags are bags, and after "friday morning", 10 is friday."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from sokoni.dialogue.form import Form
from sokoni.dialogue.values import Json, dumped, loaded
from sokoni.language.reading import Moment, Price, Quantity, Scene, Vagueness

_HALVES: Final = {"morning": 0, "afternoon": 12, "evening": 12}
_DAY: Final = "day"
_WEEK: Final = "week"
_WEEKS_AHEAD: Final = 6
_NOON: Final = 12


def amended(form: type[Form], told: Mapping[str, Any], said: Json, scene: Scene) -> Json:
    """Return what was said anew, completed by what was told of the same slots before."""
    both = {slot: told[slot] for slot in said if slot in told}
    if not any(isinstance(value, Quantity | Price | Moment) for value in both.values()):
        return said
    fresh = loaded(form, said)
    if any(
        isinstance(value, str) and both.get(slot, value) != value for slot, value in fresh.items()
    ):
        # It is about another thing now: nothing goes without saying.
        return said
    kept = {
        slot: _completed(both[slot], value, scene) for slot, value in fresh.items() if slot in both
    }
    changed = {slot: dumped(form, slot, value) for slot, value in kept.items()}
    return {**said, **{slot: raw for slot, raw in changed.items() if raw is not None}}


def _completed(old: object, new: object, scene: Scene) -> object:
    match old, new:
        case Quantity(), Quantity() if new.unit in {"", old.unit} and new.size is None:
            return replace(new, unit=old.unit, size=old.size, size_unit=old.size_unit)
        case Price(), Price() if not new.basis:
            return replace(new, basis=old.basis, unit=new.unit or old.unit)
        case Moment(), Moment():
            return _at(old, new, scene)
        case _:
            return new


def _at(old: Moment, new: Moment, scene: Scene) -> Moment:
    """Take the day from what was told before, or, where only a day is said now, the hour."""
    zone = scene.now.tzinfo
    before, now = old.at.astimezone(zone), new.at.astimezone(zone)
    words = f"{old.words}, {new.words}"
    if _DAY in new.assumed and _DAY not in old.assumed:
        at = datetime.combine(before.date(), _clock(old, new, now), tzinfo=zone)
        if _is_several(old):
            # "Next week", and then "at 10": still on any day of it.
            return replace(old, at=at, words=words)
        return replace(new.on(before.date(), zone), at=at, words=words, assumed=())
    if _is_several(old):
        return _within(old, new, zone) if _WEEK in new.assumed else new
    if new.part_of_day == _DAY and old.part_of_day != _DAY and not _is_several(new):
        return replace(old.on(now.date(), zone), words=words, assumed=())
    return new


def _within(old: Moment, new: Moment, zone: tzinfo | None) -> Moment:
    """Return a weekday in the span that was told before: "friday", after "next week"."""
    day = new.at.astimezone(zone).date()
    later = (new.on(day + timedelta(weeks=n), zone) for n in range(_WEEKS_AHEAD))
    return next((one for one in later if old.window and one.at in old.window), new)


def _is_several(moment: Moment) -> bool:
    """Tell whether a window is of more than one day."""
    return moment.window is not None and moment.window.kind in {Vagueness.DAYS, Vagueness.SOON}


def _clock(old: Moment, new: Moment, now: datetime) -> time:
    """Return the time of day, in the half of it that was told before: "7" of an evening."""
    half = _HALVES.get(old.part_of_day)
    if half is None or "half" not in new.assumed or now.hour == _NOON:
        return now.time()
    return now.time().replace(hour=now.hour % _NOON + half)
