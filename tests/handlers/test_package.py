"""The package: whoever steps in finds on one card why, who, what was tried, what solved it before and what to do next."""

import pytest

from desk.cards import Notes, Style, plain
from desk.customer import Invoice
from desk.ids import AccountId
from desk.timeline import Purpose
from handlers import package

QUESTION = "When does the refund arrive on my card?"
SECRET = ("420.00", "Acme", "INV-204", "looked after", "Solved before", "Because")


async def called(w, who="mara", where="shared"):
    """Let an answer not help twice, so that a person comes."""
    await w.asks(who, QUESTION, where=where)
    for _ in range(2):
        await w.clicks(who, "Not solved")


def notes(w):
    """Return the parts of the card, by their titles."""
    return {block.title: block.lines for block in w.card(Purpose.ESCALATION_CARD).blocks if isinstance(block, Notes)}


def said(w):
    return plain(w.card(Purpose.ESCALATION_CARD))


async def test_the_first_lines_say_why_who_and_what_they_wrote(w):
    await called(w)
    first, why, words, *_ = said(w).splitlines()
    assert first.startswith("Needs a human: not solved  for Mara, Acme (enterprise, health 62 falling)")
    assert why == 'Because the customer said "not solved" 2 times.'
    assert words == f'Mara: "{QUESTION}"'


async def test_it_has_the_record_with_what_is_not_paid(w):
    await called(w)
    assert notes(w)["Customer"] == ("Acme, enterprise, looked after by Lea", "Mara: billing, Europe/Berlin", "Open: INV-204, EUR 420.00, refunding")


async def test_of_many_open_invoices_three_are_shown_and_the_rest_is_counted(w):
    many = [Invoice(AccountId("acme"), f"INV-3{n:02}", 10, "EUR", "open") for n in range(9)]
    await w.customers.save(invoices=many)
    await called(w)
    assert notes(w)["Customer"][-1] == "and 7 more open invoices"
    assert len(notes(w)["Customer"]) == 6


async def test_an_unknown_customer_and_a_record_that_is_down_are_told_as_such(w):
    await called(w, "zoe", "community")
    assert notes(w)["Customer"] == ("Nobody the customer record knows.",)
    await w.asks("mara", QUESTION, where="shared")
    w.crm.down = True
    for _ in range(2):
        await w.clicks("mara", "Not solved")
    assert notes(w)["Customer"] == ("(!) The customer record cannot be reached right now.",)


async def test_it_tells_what_was_tried_and_from_which_article(w):
    await called(w)
    assert [line.split(" ", 2)[2] for line in notes(w)["Tried"]] == ["answered automatically: Refund times"]


async def test_it_tells_what_solved_the_like_before_and_not_whose_it_was(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    solved = (await w.ticket()).id
    await called(w)
    (line,) = notes(w)["Solved before"]
    assert line.startswith(f"• {solved}, billing, ")
    assert line.endswith(": Refund times")
    assert "Ina" not in line
    assert "Globex" not in line


async def test_what_was_about_something_else_or_not_solved_is_not_told(w):
    await w.asks("ina", QUESTION)
    await w.asks("zoe", "The login refuses me, within days")
    await w.clicks("zoe", "Solved")
    await called(w)
    assert "Solved before" not in notes(w)


async def test_the_timeline_is_short_and_the_rest_is_a_press_away(w):
    await called(w)
    ref = (await w.ticket()).anchor
    for n in range(6):
        await w.says("mara", f"And number {n}: {'very long ' * 30}", under=ref, where="shared")
        await w.wait(seconds=9)
    lines = notes(w)["Timeline"]
    assert len(lines) == package.TURNS + 1
    assert lines[0].endswith("before)")
    assert max(map(len, lines)) < 100
    await w.clicks("noor", "Show all")
    assert "Said" in w.texts(Purpose.NOTICE)[-1]


async def test_it_is_short_enough_for_a_phone_whatever_happened(w):
    await w.customers.save(invoices=[Invoice(AccountId("acme"), f"INV-3{n:02}", 10, "EUR", "open") for n in range(50)])
    await called(w)
    ref = (await w.ticket()).anchor
    for n in range(12):
        await w.says("mara", f"{n}: {'words without an end ' * 80}", under=ref, where="shared")
        await w.wait(seconds=9)
    assert len(said(w)) < 3000
    assert len(said(w).splitlines()) < 45


async def test_nothing_of_it_reaches_a_customer(w):
    await called(w)
    outside = [plain(post.card) for post in w.chat.sent if post.card and "agents" not in str(post.target) and post.audience.scope != "internal"]
    assert outside
    assert not [text for text in outside for secret in SECRET if secret in text]
    for post in w.posts(Purpose.ESCALATION_CARD):
        assert str(post.audience) == "internal"
        assert str(post.target) == "local/main/agents"


@pytest.mark.parametrize(
    ("text", "sentence", "button"),
    [
        pytest.param("#human #export", "they asked for a person", "Take over", id="who asked for a person gets one"),
        pytest.param("#security #export", "out of public", "Take over", id="a security matter is kept out of public"),
        pytest.param("zzz export", "ask for what is missing", "Take over", id="what nothing answers is asked about"),
        pytest.param("#human When does the refund arrive?", "Approve the draft below", "Approve", id="a draft that waits is approved"),
    ],
)
async def test_it_says_what_to_do_next_and_the_first_button_does_it(w, text, sentence, button):
    await w.asks("mara", text, where="shared")
    assert sentence in next(line for line in said(w).splitlines() if line.startswith("**Next:** "))
    first = w.card(Purpose.ESCALATION_CARD).buttons[0]
    assert (first.name, first.style) == (button, Style.PRIMARY)


async def test_what_the_first_button_promises_it_does(w):
    await w.asks("mara", "#human When does the refund arrive?", where="shared")
    await w.clicks("noor", "Approve")
    assert [text for text in w.texts(Purpose.ANSWER) if "Refunds reach the card" in text]
    assert "answered by Noor" in "".join(notes(w).get("Tried", ()))


async def test_once_somebody_holds_it_it_says_to_reply(w):
    await called(w)
    await w.clicks("noor", "Take over")
    assert "Noor holds it: reply to them." in said(w)


async def test_what_touches_the_relation_goes_to_whoever_looks_after_the_account(w):
    w.policy.change(escalation={"does": {"vip": "hand_over"}}, vip={"tiers": ["enterprise"]})
    await w.asks("mara", "zzz export", where="shared")
    assert "Give it to Lea, who looks after Acme." in said(w)
    await w.clicks("noor", "Assign", teammate="local/main/lea")
    assert (await w.ticket()).owner_name == "Lea"


async def test_in_an_incident_it_names_it_and_sends_to_its_card(w):
    w.policy.change(incidents={"categories": ["billing"]}, escalation={"does": {"incident": "hand_over"}})
    for who in ("ina", "zoe", "pia"):
        await w.asks(who, "The export fails")
    assert "Answer all of its customers at once, on the incident's card." in said(w)
    assert "Incident: billing in #community, 3 tickets, suspected" in said(w)
