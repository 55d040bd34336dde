"""A mobile number of certain countries. Takes its tokens first, at 10."""

from collections.abc import Collection

from typing_extensions import override

from sokoni.kit.ids import PhoneNumber
from sokoni.kit.phones import find_mobile, find_phone
from sokoni.language.readers.phone import PhoneReader, runs_of_digits
from sokoni.language.reading import Found, Scene
from sokoni.language.words import Words


class MobileReader(PhoneReader):
    """Reads a number as E.164 where it can be had in one of the countries (ISO 3166)."""

    def __init__(self, countries: Collection[str] = (), *, mobile: bool = True) -> None:
        self._countries = frozenset(countries)
        self._mobile = mobile

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        countries = self._countries or {scene.country}
        for start, end in runs_of_digits(words):
            raw = words.original(start, end)
            for country in sorted(countries):
                number = self._number(raw, country)
                if number is not None:
                    return Found(number, start, end)
        return None

    def _number(self, raw: str, country: str) -> PhoneNumber | None:
        if self._mobile:
            return find_mobile(raw, country)
        return find_phone(raw, country)
