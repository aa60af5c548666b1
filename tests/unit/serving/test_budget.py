"""Memory that requests share: waited for, given back, and never waited for in a circle."""

import threading
import time
from contextlib import ExitStack

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_sim_serving.inference.patience import FOR_EVER, Patience
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.limits.budget import Budget, Budgets

MIB = 1 << 20


def test_what_could_never_be_had_is_refused_by_name() -> None:
    """At once, with what takes so much, what there is, and the flag that gives more."""
    budget = Budget(100 * MIB, "to decode it")
    with budget.hold() as hold, pytest.raises(Refusal) as caught:
        hold.take(101 * MIB, FOR_EVER, "a picture of 9 x 9 pixels")
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.text == (
        "the request needs 101 MiB (a picture of 9 x 9 pixels) to decode it; "
        "all requests together may have 100 MiB for that (--request_memory_mb)"
    )


def test_who_comes_later_waits_until_there_is_room() -> None:
    """And is served then; nothing is lost of the budget afterwards."""
    budget = Budget(10, "")
    served = threading.Event()

    def come() -> None:
        with budget.hold() as hold:
            hold.take(8, FOR_EVER)
            served.set()

    with budget.hold() as first:
        first.take(8, FOR_EVER)
        later = threading.Thread(target=come)
        later.start()
        assert not served.wait(0.2)
    later.join(10)
    assert served.is_set()
    with budget.hold() as all_of_it:
        all_of_it.take(10, FOR_EVER)


def test_waiting_ends_with_the_callers_patience() -> None:
    """Then there is nothing to wait for any more."""
    budget = Budget(10, "")
    with budget.hold() as first, budget.hold() as second:
        first.take(8, FOR_EVER)
        with pytest.raises(Refusal) as caught:
            second.take(8, Patience.of(0.1))
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_two_that_would_wait_for_each_other_do_not() -> None:
    """The second to ask is refused, so that the first can go on."""
    budget = Budget(10, "")
    got = threading.Event()

    def want(stack: ExitStack) -> None:
        with stack:
            hold = stack.enter_context(budget.hold())
            hold.take(5, FOR_EVER)
            ready.wait()
            hold.take(3, FOR_EVER)
            got.set()

    ready = threading.Barrier(2)
    other = threading.Thread(target=want, args=(ExitStack(),))
    other.start()
    with budget.hold() as hold:
        hold.take(5, FOR_EVER)
        ready.wait()
        time.sleep(0.3)
        with pytest.raises(Refusal) as caught:
            hold.take(3, FOR_EVER)
        assert caught.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    other.join(10)
    assert got.is_set()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(0, 40), max_size=4), min_size=2, max_size=6))
def test_all_that_fit_are_served_or_refused_and_all_is_free_again(wanted: list[list[int]]) -> None:
    """Whatever each of several threads asks for, one piece after the other."""
    budget = Budget(100, "")
    codes: list[grpc.StatusCode] = []

    def ask(sizes: list[int]) -> None:
        try:
            with budget.hold() as hold:
                for size in sizes:
                    hold.take(size, Patience.of(10))
        except Refusal as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=ask, args=(sizes,)) for sizes in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert grpc.StatusCode.DEADLINE_EXCEEDED not in codes
    with budget.hold() as all_of_it:
        all_of_it.take(100, FOR_EVER)


def test_a_quarter_is_for_messages() -> None:
    """And the rest for what is decoded and computed."""
    budgets = Budgets.of(1000)
    assert (budgets.messages.most, budgets.tensors.most) == (250, 750)
