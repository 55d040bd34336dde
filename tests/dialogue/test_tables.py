"""Files as people send them become rows with their lines."""

from contextlib import suppress
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sokoni.dialogue.sheets import SheetWriter
from sokoni.dialogue.tables import TableError, TableRow, rows_of


def read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in rows_of(BytesIO(data))]


@pytest.mark.parametrize(
    "data",
    [
        b"Phone,Full Name\n0771,Moyo\n",
        b"\xef\xbb\xbfphone;full name\r\n0771;Moyo\r\n",
        b"sep=;\r\nPHONE ;Full-Name\r\n0771; Moyo \r\n",
        b"phone\tfull_name\n0771\tMoyo\n",
        b"phone|full_name|\n0771|Moyo|\n",
        "phone,full name\n0771,Moyo\n".encode("utf-16"),
        b'[{"phone": "0771", "full name": "Moyo", "age": null}]',
        b'{"Phone": "0771", "Full Name": "Moyo"}\n',
    ],
)
def test_whatever_it_was_saved_as(data: bytes) -> None:
    assert [cells for _, cells in read(data)] == [{"phone": "0771", "full_name": "Moyo"}]


def test_windows_wrote_it() -> None:
    assert read(b"name\nCaf\xe9\n") == [(2, {"name": "Café"})]
    assert read(b"\xef\xbb\xbfname\nCaf\xe9\n") == [(2, {"name": "Café"})]


def test_windows_wrote_it_in_arabic() -> None:
    data = "name,note\nشمس,من\nTea,من\nCafé,\n".encode("cp1256")

    assert [cells for _, cells in read(data)] == [
        {"name": "شمس", "note": "من"},
        {"name": "Tea", "note": "من"},
        {"name": "Café"},
    ]


def test_who_knows_what_it_was_written_in_says_so() -> None:
    (row,) = rows_of(BytesIO("name\nمن\n".encode("cp1256")), encoding="cp1256")

    assert row.cells == {"name": "من"}


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Corner Shop price list\n\n",
        "Prices of 1 March;;\nAll in USD;;\n",
        "Item;;Money\n",
    ],
)
def test_titles_stand_above_the_names_of_columns(above: str) -> None:
    data = f"{above}Code;Item;Retail price\nS1;Soap, green;1,50\n".encode()

    (row,) = rows_of(BytesIO(data), {"code", "item", "retail_price"})

    assert row.cells == {"code": "S1", "item": "Soap, green", "retail_price": "1,50"}
    assert row.line == len(data.decode().splitlines())


def test_a_group_names_the_columns_that_nobody_knows() -> None:
    data = b"Item,,Price,\nCode,Name,Retail,Was\nS1,Soap,1.50,2\n"

    (row,) = rows_of(BytesIO(data), {"item", "code", "name", "price", "was"})

    assert row.cells == {"code": "S1", "name": "Soap", "price": "1.50", "was": "2"}


def test_a_quotation_mark_that_nobody_closed_costs_its_own_row_alone() -> None:
    rows = list(rows_of(BytesIO(b'name,price\nA,1\n"B,2\nC,"3"\n6" nails,4\n"D,5\nE,6\n')))

    assert [(row.line, row.cells.get("name"), bool(row.problem)) for row in rows] == [
        (2, "A", False),
        (3, None, True),
        (4, "C", False),
        (5, '6" nails', False),
        (6, None, True),
        (7, "E", False),
    ]


def test_a_formula_that_came_to_nothing_is_no_cell() -> None:
    (row,) = rows_of(BytesIO(b"name,price\nSoap,#N/A\n"))

    assert row.problem == "a formula went wrong: price is #N/A"


def test_blank_lines_count_and_are_left_out() -> None:
    data = b'\n\nname,street\n\nMoyo,"6 Weale Road\nHarare"\n , \nSibanda,\n'

    assert read(data) == [
        (5, {"name": "Moyo", "street": "6 Weale Road\nHarare"}),
        (8, {"name": "Sibanda"}),
    ]


def test_a_comma_that_nobody_quoted_is_told() -> None:
    rows = list(rows_of(BytesIO(b"name,areas\nMoyo,Harare, Ruwa\nSibanda,Harare,\n")))

    assert ["more cells" in row.problem for row in rows] == [True, False]


def test_objects_know_their_lines() -> None:
    data = b'{"providers": [\n {"name": "A", "areas": ["Harare", "Ruwa"]},\n\n 7,\n {"n": 1}]}'

    assert list(rows_of(BytesIO(data))) == [
        TableRow(2, {"name": "A", "areas": "Harare; Ruwa"}),
        TableRow(4, {}, "it is no object with names and values"),
        TableRow(5, {"n": "1"}),
    ]


def test_an_object_on_each_line() -> None:
    assert read(b'{"n": 1}\n{"n": {"$oid": "x"}}\n') == [
        (1, {"n": "1"}),
        (2, {"n": '{"$oid": "x"}'}),
    ]


@pytest.mark.parametrize("data", [b"", b" \n", b"[{]", b'[{"a": 1}, oh]', b'{"a": 1} {'])
def test_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(TableError):
        list(rows_of(BytesIO(data)))


@given(st.binary(max_size=200))
def test_whatever_it_is_rows_know_their_lines_or_it_is_refused(data: bytes) -> None:
    rows = []
    with suppress(TableError):
        rows = list(rows_of(BytesIO(data)))

    assert [row.line for row in rows] == sorted(row.line for row in rows)
    assert all(row.line >= 1 for row in rows)


def test_a_workbook_is_read_as_it_was_typed() -> None:
    file = BytesIO()
    writer = SheetWriter(file, "things")
    for row in (["", ""], ["Phone", "Full Name"], ["0771", "Moyo"], ["", ""], ["", "Café"]):
        writer.write(row)
    writer.close()

    assert read(file.getvalue()) == [
        (3, {"phone": "0771", "full_name": "Moyo"}),
        (5, {"full_name": "Café"}),
    ]


def test_the_sheet_that_has_the_columns_is_read() -> None:
    book, file = Workbook(), BytesIO()
    book.create_sheet("Welcome", 0).append(["Welcome"])
    book.create_sheet("Nothing")
    prices, hidden = book.create_sheet("Prices"), book.create_sheet("Old")
    day = date(2026, 3, 2)
    for row in (["Prices 2026"], [], ["Name", "Price"], ["Soap", 1.5], ["Tea", day]):
        prices.append(row)
    for row in (["Name", "Price", "Stock"], ["Gone", 1, 1]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    book.save(file)
    file.seek(0)

    rows = list(rows_of(file, {"name", "price", "stock"}))

    assert [(row.line, dict(row.cells)) for row in rows] == [
        (4, {"name": "Soap", "price": "1.5"}),
        (5, {"name": "Tea", "price": "2026-03-02"}),
    ]


def a_book_of(**sheets: list[list[str]]) -> BytesIO:
    book, file = Workbook(), BytesIO()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    file.seek(0)
    return file


def test_of_several_sheets_one_is_named() -> None:
    file = a_book_of(
        Now=[["Name", "Price"], ["Soap", "2"]], Before=[["Name", "Price"], ["Soap", "1"]]
    )

    with pytest.raises(TableError, match="say which: Now, Before"):
        list(rows_of(file, {"name", "price"}))
    (row,) = rows_of(file, {"name", "price"}, sheet="before ")

    assert row.cells == {"name": "Soap", "price": "1"}


def test_a_sheet_that_is_not_there_is_told_with_those_that_are() -> None:
    file = a_book_of(Now=[["Name", "Price"], ["Soap", "2"]])

    with pytest.raises(TableError, match="no sheet Old: there are Sheet, Now"):
        list(rows_of(file, sheet="Old"))
    with pytest.raises(TableError, match="Only a workbook has sheets"):
        list(rows_of(BytesIO(b"name\nSoap\n"), sheet="Old"))


@pytest.mark.parametrize("end", [8, 400, -200])
def test_a_damaged_workbook_is_refused(end: int) -> None:
    file = BytesIO()
    writer = SheetWriter(file, "things")
    writer.write(["name"])
    writer.close()

    with pytest.raises(TableError):
        read(file.getvalue()[:end])
