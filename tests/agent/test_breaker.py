"""The breaker: when a model is left alone, for how long, and who may try whether it is there again."""

from datetime import timedelta

import pytest

from agent.breaker import Breaker
from agent.model import Fault, ModelFault
from desk import writing
from tests.fakes import START

BOUNDS = writing.Breaker(failures=3, cool_down=timedelta(seconds=60), long=timedelta(minutes=15))


def seconds(number):
    return timedelta(seconds=number)


def failed(breaker, fault, times=1, *, after=None, at=START):
    for _ in range(times):
        breaker.note(ModelFault(fault, after=after), at, BOUNDS)
    return breaker


def enters(breaker, at=START):
    try:
        with breaker.entered("claude", at):
            return True
    except ModelFault:
        return False


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.DROPPED, Fault.SLOW, Fault.UNREACHABLE])
def test_it_opens_after_so_many_passing_faults_in_a_row(fault):
    assert enters(failed(Breaker(), fault, 2))
    assert not enters(failed(Breaker(), fault, 3))


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.TOO_LONG, Fault.REJECTED])
def test_an_answer_that_does_not_help_shows_all_the_same_that_the_model_is_there(fault):
    assert enters(failed(failed(failed(Breaker(), Fault.BUSY, 2), fault), Fault.BUSY, 2))


def test_a_reply_that_was_cut_off_neither_counts_nor_clears():
    assert enters(failed(Breaker(), Fault.CUT, 20))
    assert not enters(failed(failed(failed(Breaker(), Fault.BUSY, 2), Fault.CUT), Fault.BUSY))


def test_a_call_that_went_well_clears_what_was_counted():
    breaker = failed(Breaker(), Fault.BUSY, 2)
    breaker.note(None, START, BOUNDS)
    assert enters(failed(breaker, Fault.BUSY, 2))


@pytest.mark.parametrize("fault", [Fault.KEY, Fault.SPEND_LIMIT, Fault.UNKNOWN_MODEL])
def test_what_a_person_has_to_mend_opens_it_at_once_and_for_longer(fault):
    breaker = failed(Breaker(), fault)
    assert not enters(breaker, START + seconds(899))
    assert enters(breaker, START + seconds(900))


def test_what_passes_is_tried_again_after_the_cool_down():
    breaker = failed(Breaker(), Fault.SLOW, 3)
    assert (enters(breaker, START + seconds(59)), enters(breaker, START + seconds(60))) == (False, True)


def test_a_time_that_the_other_side_names_is_waited_at_once():
    breaker = failed(Breaker(), Fault.BUSY, after=seconds(20))
    assert (enters(breaker, START + seconds(19)), enters(breaker, START + seconds(20))) == (False, True)


def test_a_named_time_longer_than_the_cool_down_wins_over_it():
    assert not enters(failed(Breaker(), Fault.BUSY, 3, after=seconds(200)), START + seconds(199))


def test_no_named_time_is_waited_longer_than_the_longest_of_ours():
    assert enters(failed(Breaker(), Fault.BUSY, after=timedelta(days=30)), START + seconds(900))


def test_after_the_pause_exactly_one_call_is_let_through_until_it_ends():
    breaker, later = failed(Breaker(), Fault.BUSY, 3), START + seconds(61)
    with breaker.entered("claude", later):
        assert not enters(breaker, later)
    assert enters(breaker, later)


def test_the_one_call_decides_for_all():
    breaker, later = failed(Breaker(), Fault.BUSY, 3), START + seconds(61)
    with breaker.entered("claude", later):
        failed(breaker, Fault.BUSY, at=later)
    assert not enters(breaker, later + seconds(59))
    with breaker.entered("claude", later + seconds(60)):
        breaker.note(None, later + seconds(60), BOUNDS)
    with breaker.entered("claude", later + seconds(61)):
        assert enters(breaker, later + seconds(61))


def test_a_trial_that_is_called_off_lets_another_try():
    breaker, later = failed(Breaker(), Fault.BUSY, 3), START + seconds(61)
    with pytest.raises(KeyboardInterrupt), breaker.entered("claude", later):
        raise KeyboardInterrupt
    assert enters(breaker, later)


def test_a_call_from_before_does_not_end_the_trial_of_another():
    breaker, later = Breaker(), START + seconds(61)
    with breaker.entered("claude", START):
        failed(breaker, Fault.BUSY, 3)
        trial = breaker.entered("claude", later)
        trial.__enter__()
    assert not enters(breaker, later)


def test_who_is_turned_away_hears_after_which_fault():
    with pytest.raises(ModelFault, match="claude is left alone for a while after busy"), failed(Breaker(), Fault.BUSY, 3).entered("claude", START):
        pass
