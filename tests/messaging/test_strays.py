"""What is kept of bodies for accounts that are not there."""

from datetime import timedelta

from sokoni.messaging.inbox_rows import kept
from sokoni.messaging.strays import is_stray, stray
from sokoni.testing.clock import NOON


def test_one_a_day_is_kept_for_each_number_however_many_come() -> None:
    bodies = [
        stray("999", b"1", NOON),
        stray("999", b"2", NOON),
        stray("888", b"3", NOON),
        stray("999", b"4", NOON + timedelta(days=1)),
    ]

    keys = [kept(one).key for one in bodies]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert all(is_stray(key) for key in keys)


def test_a_name_of_any_length_fits() -> None:
    what = kept(stray("9" * 5000, b"1", NOON))

    assert len(what.key) <= 191
    assert len(what.error) <= 500
