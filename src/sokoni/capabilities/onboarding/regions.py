"""In which state of India a PIN code is, by the first digits that the post gave it."""

from collections.abc import Iterator, Mapping
from typing import Final

_BY_DIGITS: Final[Mapping[str, str]] = {
    "delhi": "11",
    "haryana": "12 13",
    "punjab": "14 15",
    "chandigarh": "16",
    "himachal_pradesh": "17",
    "jammu_kashmir": "18 19",
    "ladakh": "194",
    "uttar_pradesh": "20 21 22 23 24 25 26 27 28",
    "uttarakhand": "248 249 263",
    "uttar_pradesh_uttarakhand": "244 246 247 262",
    "rajasthan": "30 31 32 33 34",
    "gujarat": "36 37 38 39",
    "gujarat_daman": "3962",
    "diu": "36252",
    "maharashtra": "40 41 42 43 44",
    "goa": "403",
    "madhya_pradesh": "45 46 47 48",
    "chhattisgarh": "49",
    "telangana": "50",
    "andhra_pradesh": "51 52 53",
    "karnataka": "56 57 58 59",
    "tamil_nadu": "60 61 62 63 64 65 66",
    "tamil_nadu_puducherry": "605 6096",
    "kerala": "67 68 69",
    "lakshadweep": "68255",
    "west_bengal": "70 71 72 73 74",
    "sikkim": "737",
    "andaman_nicobar": "744",
    "odisha": "75 76 77",
    "assam": "78",
    "arunachal_pradesh": "790 791 792",
    "meghalaya": "793 794",
    "manipur": "795",
    "mizoram": "796",
    "nagaland": "797 798",
    "tripura": "799",
    "bihar": "80 81 82 84 85",
    "jharkhand": "814 815 816 822 825 826 827 828 829 83",
    "army": "90 91 92 93 94 95 96 97 98 99",
}
"""The longest beginning counts: 403 is Goa, and the rest of 40 Maharashtra."""


def _beginnings() -> Iterator[tuple[str, str]]:
    for region, listed in _BY_DIGITS.items():
        yield from ((digits, region) for digits in listed.split())


_REGIONS: Final[Mapping[str, str]] = dict(_beginnings())
_LONGEST: Final = max(map(len, _REGIONS))

REGIONS: Final = frozenset(_BY_DIGITS)


def region_of(pincode: str) -> str:
    """Return the region's name in the catalogue, "" where the post has none with such codes."""
    beginnings = (pincode[:length] for length in range(_LONGEST, 1, -1))
    return next((_REGIONS[one] for one in beginnings if one in _REGIONS), "")
