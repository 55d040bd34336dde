"""Files as people send them become rows with their lines."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("end", [8, 400, -200])
def test_a_damaged_workbook_is_refused(end: int) -> None:
    file = BytesIO()
    writer = SheetWriter(file, "things")
    writer.write(["name"])
    writer.close()

    with pytest.raises(TableError):
        read(file.getvalue()[:end])
