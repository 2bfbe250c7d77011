"""Summaries: what a ticket's page says of them."""

from bot.web.summaries import summaries
from desk.ports import Query, TicketView
from tests.web.scene import TICKET, summed_view, ticket_view


def view() -> TicketView:
    found = summed_view(Query("ticket", TICKET))
    assert isinstance(found, TicketView)
    return found


def test_the_handover_comes_first_and_one_without_words_is_left_out() -> None:
    assert [(shown.title, shown.made) for shown in summaries(view())] == [
        ("For whoever takes it over", "by claude-small, checked against the conversation"),
        ("Note for the customer record", "quoted from the conversation"),
    ]


def test_each_point_has_the_messages_it_rests_on() -> None:
    told = summaries(view())[0].points
    assert [([message.id for message in each.messages], each.point.supported) for each in told] == [(["m-1"], True), ([], False)]


def test_a_ticket_that_nobody_summed_up_has_none() -> None:
    found = ticket_view(Query("ticket", TICKET))
    assert isinstance(found, TicketView)
    assert summaries(found) == []
