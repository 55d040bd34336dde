"""Staff see the places that were registered, and look after them."""

import pytest

from tests.cli.conftest import Demo, Run


@pytest.fixture
def market(demo: Demo) -> None:
    demo("gokwe-market")


@pytest.mark.usefixtures("market")
def test_a_place_is_added_checked_and_removed(run: Run) -> None:
    assert "No such place" in run("places", "list", "gokwe-market").out

    added = run("places", "add", "gokwe-market", "Nyamazizi", "--at=-18.45, 29.05")
    listed = run("places", "list", "gokwe-market", "--unverified").out
    run("places", "verify", "gokwe-market", "nyamazizi")
    checked = run("places", "list", "gokwe-market").out
    run("places", "remove", "gokwe-market", "Nyamazizi")

    assert added.code == 0
    assert "Nyamazizi near Gokwe (-18.45, 29.05): by staff," in listed
    assert "not checked" in listed
    assert "not checked" not in checked
    assert "No such place" in run("places", "list", "gokwe-market").out


@pytest.mark.usefixtures("market")
def test_another_name_of_a_known_place_is_added(run: Run) -> None:
    run("places", "add", "gokwe-market", "Kwa Njelele", "--means", "gokwe", "--verified")

    assert "Kwa Njelele near Gokwe (means zw-gokwe)" in run("places", "list", "gokwe-market").out


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("add", "gokwe-market", "Harare", "--at=-18.45,29.05"), "Harare is known already"),
        (("add", "gokwe-market", "Nyamazizi"), "Say where it is"),
        (("add", "gokwe-market", "Nyamazizi", "--at=-1,2", "--means", "Gokwe"), "Say where"),
        (("add", "gokwe-market", "Nyamazizi", "--at=there"), "no latitude and longitude"),
        (("add", "gokwe-market", "Nyamazizi", "--at=0,0"), "outside the country"),
        (("add", "gokwe-market", "Nyamazizi", "--means", "Atlantis"), "Atlantis is no place"),
        (("verify", "gokwe-market", "Nyamazizi"), "No place called Nyamazizi"),
        (("remove", "nobody", "Nyamazizi"), "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    run: Run, arguments: tuple[str, ...], complaint: str
) -> None:
    said = run("places", *arguments)

    assert said.code == 1
    assert complaint in said.err
    assert "No such place" in run("places", "list", "gokwe-market").out
