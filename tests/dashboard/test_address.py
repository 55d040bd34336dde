"""The page's address names phones, whoever wrote it."""

import pytest

from sokoni.dashboard.simulator.address import Owner, read_name, read_owners, renaming_script
from sokoni.kit.ids import PhoneNumber

TENDAI = Owner(PhoneNumber("+263771000001"), "Tendai Moyo")
RUDO = Owner(PhoneNumber("+263772000002"))


@pytest.mark.parametrize(
    ("phones", "owners"),
    [
        ("263771000001~Tendai Moyo,263772000002", [TENDAI, RUDO]),
        ("+263771000001~Tendai Moyo, 263772000002 ", [TENDAI, RUDO]),
        ("0772000002", [RUDO]),
        ("263772000002,+263772000002", [RUDO]),
        ("none", []),
        ("12,,~,hello", []),
    ],
)
def test_phones_are_read_from_the_address(phones: str, owners: list[Owner]) -> None:
    assert read_owners(phones, "ZW") == owners


def test_what_is_written_into_the_address_bar_reads_back() -> None:
    script = renaming_script([TENDAI, RUDO])

    assert script.endswith('"?phones=263771000001~Tendai%20Moyo,263772000002")')
    assert renaming_script([]).endswith('"?phones=none")')


@pytest.mark.parametrize(
    ("typed", "name"),
    [("  Rudo \n N. ", "Rudo N."), ("a~b,c", "a b c"), ("x" * 200, "x" * 60), ("\0", "")],
)
def test_a_name_is_one_short_line(typed: str, name: str) -> None:
    assert read_name(typed) == name


def test_a_name_cannot_leave_the_script() -> None:
    evil = Owner(RUDO.number, "');alert(1)//</script>\"")

    assert "alert(1)//" not in renaming_script([evil])
    assert "</script>" not in renaming_script([evil])
