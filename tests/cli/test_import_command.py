"""Staff bring the providers that they have in a file."""

from pathlib import Path

import pytest

from tests.cli.conftest import Demo, Printed, Run

SEED = "whatsapp_number,name,service_type,location,status\n"


@pytest.fixture
def desk(demo: Demo) -> None:
    demo("hustlr")


def bring(run: Run, home: Path, content: str, *options: str, kind: str = "providers") -> Printed:
    path = home / "file.csv"
    path.write_text(content, "utf-8")
    return run("import", kind, path, "--merchant", "hustlr", *options)


@pytest.mark.usefixtures("desk")
def test_a_file_is_taken_once(run: Run, home: Path) -> None:
    content = SEED + "263772000111,Moyo & Sons,plumbing,Mkoba,active\n"

    first, second = bring(run, home, content), bring(run, home, content)

    assert (first.code, second.code) == (0, 0)
    assert first.out == "1 taken: 1 new, 0 changed, 0 as they were.\n"
    assert second.out == "1 taken: 0 new, 0 changed, 1 as they were.\n"


@pytest.mark.usefixtures("desk")
def test_bad_rows_are_named_and_good_ones_kept(run: Run, home: Path) -> None:
    content = (
        SEED
        + "263772000111,Moyo,plumber,Harare,active\n"
        + "\n"
        + "12,Sibanda,plumber,Harare,active\n"
        + "0772000112,Dube,astronaut,Harare,active\n"
        + "0772000113,Ncube,plumber,Atlantis,active\n"
        + "0772000114,,plumber,Harare,active\n"
        + "0772 000 111,Moyo again,plumber,Harare,active\n"
        + "0772000115,Phiri,plumber,Harare,sleepy\n"
    )

    said = bring(run, home, content)

    assert said.code == 1
    assert said.out == "1 taken: 1 new, 0 changed, 0 as they were; 6 not taken.\n"
    assert [line.partition(";")[0] for line in said.err.splitlines()] == [
        "line 4: 12 is no phone number",
        "line 5: astronaut is no service",
        "line 6: Atlantis is no place that is known",
        "line 7: it tells no name",
        "line 8: 0772 000 111 stands on line 2 already",
        "line 9: sleepy is no status",
    ]


@pytest.mark.usefixtures("desk")
def test_a_place_that_staff_registered_is_known(run: Run, home: Path) -> None:
    content = SEED + "263772000111,Moyo,plumber,Nyamazizi,active\n"
    unknown = bring(run, home, content)
    run("places", "add", "hustlr", "Nyamazizi", "--at=-18.45, 29.05")

    known = bring(run, home, content)

    assert "Nyamazizi is no place that is known" in unknown.err
    assert known.out.startswith("1 taken: 1 new")


@pytest.mark.usefixtures("desk")
def test_who_waits_is_listed_for_staff(run: Run, home: Path) -> None:
    bring(run, home, SEED + "263772000111,Moyo,plumber,Harare,\n", "--status", "pending")

    assert "Moyo" in run("review", "list", "hustlr").out


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("kind", "content", "complaint"),
    [
        (
            "goats",
            SEED + "263772000111,Moyo,plumber,Harare,\n",
            "can import consents, providers",
        ),
        ("providers", "", "The file is empty"),
        ("providers", "goats,price\n10,20\n", "no column phone"),
    ],
)
def test_what_is_no_such_file_is_refused(
    run: Run, home: Path, kind: str, content: str, complaint: str
) -> None:
    said = bring(run, home, content, kind=kind)

    assert said.code == 1
    assert complaint in said.err


@pytest.fixture
def shop(run: Run, home: Path) -> Path:
    run("db", "upgrade")
    run("demo", "load", "corner-shop")
    return home / "goods.csv"


def test_products_come_in_whatever_a_file_is_like(run: Run, shop: Path) -> None:
    shop.write_bytes(
        "Prices\nRef;Item;Retail\nZ1;Café crème;US$ 1,20\nZ1;Tea;2\n".encode("cp1252")
    )
    said = run("import", "products", shop, "--merchant", "corner-shop", "--column", "sku=Ref")

    assert said.out == "1 taken: 1 new, 0 changed, 0 as they were; 1 not taken.\n"
    assert said.err == "line 4: Z1 stands on line 3 already\n"
    for wrong in ("--column=ref", "--column=colour=Ref", "--encoding=klingon"):
        assert run("import", "products", shop, "--merchant", "corner-shop", wrong).code != 0


def test_what_a_file_does_not_name_stays_unless_it_is_to_go(run: Run, shop: Path) -> None:
    run("export", "products", shop, "--merchant", "corner-shop")
    whole = shop.read_text("utf-8-sig")
    shop.write_text("".join(one for one in whole.splitlines(True) if "COF-101" not in one))
    stays = run("import", "products", shop, "--merchant", "corner-shop")
    goes = run("import", "products", shop, "--merchant", "corner-shop", "--withdraw-missing")

    assert "withdrawn" not in stays.out
    assert goes.out.splitlines()[0] == "withdrawn: COF-101"
    assert goes.out.endswith("; 1 withdrawn.\n")


@pytest.mark.usefixtures("desk")
def test_providers_are_not_withdrawn_by_a_file(run: Run, home: Path) -> None:
    content = SEED + "263772000111,Moyo,plumber,Harare,active\n"
    said = bring(run, home, content, "--withdraw-missing")

    assert said.code == 1
    assert "can be withdrawn by a file" in said.err
