"""The machine of orders as data."""

from itertools import product

from sokoni.capabilities.store.machine import (
    LIVE,
    OWED,
    STEPS,
    By,
    Charge,
    Move,
    Status,
    step_for,
)


def test_every_move_of_the_machine_says_who_makes_it() -> None:
    assert {step.move for step in STEPS} | {Move.PLACE} == set(Move)
    assert all(step.by and step.sources for step in STEPS)


def test_what_is_over_moves_no_more_but_for_its_money() -> None:
    for status, charge, move, by in product({Status.CANCELLED}, Charge, Move, By):
        if step_for(move, status, charge, by) is not None:
            assert move in {Move.REFUND, Move.RESTORE, Move.NOTE}


def test_money_is_wanted_once_and_only_for_what_is_live() -> None:
    for status, charge in product(Status, Charge):
        wanted = step_for(Move.PAY, status, charge, By.PAYMENT) is not None
        assert wanted == (status in LIVE and charge in OWED)
