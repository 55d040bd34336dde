"""In which state a PIN code is."""

import pytest

from sokoni.capabilities.onboarding.regions import REGIONS, region_of
from tests.locales.test_catalogues import entries


@pytest.mark.parametrize(
    ("pincode", "region"),
    [
        ("110001", "delhi"),
        ("400001", "maharashtra"),
        ("403001", "goa"),
        ("600001", "tamil_nadu"),
        ("605001", "tamil_nadu_puducherry"),
        ("700001", "west_bengal"),
        ("560001", "karnataka"),
        ("500001", "telangana"),
        ("380001", "gujarat"),
        ("226001", "uttar_pradesh"),
        ("248001", "uttarakhand"),
        ("682001", "kerala"),
        ("682555", "lakshadweep"),
        ("781001", "assam"),
        ("193101", "jammu_kashmir"),
        ("194101", "ladakh"),
        ("744101", "andaman_nicobar"),
        ("834001", "jharkhand"),
        ("800001", "bihar"),
        ("160017", "chandigarh"),
        ("900001", "army"),
    ],
)
def test_a_pin_code_tells_its_state(pincode: str, region: str) -> None:
    assert region_of(pincode) == region


@pytest.mark.parametrize("pincode", ["100001", "290001", "540001", "860001"])
def test_digits_that_the_post_never_gave_tell_none(pincode: str) -> None:
    assert region_of(pincode) == ""


def test_every_region_has_a_name_and_no_other_is_named() -> None:
    start = "onboarding.pincode.region."

    assert {key.removeprefix(start) for key in entries("hi") if key.startswith(start)} == REGIONS
