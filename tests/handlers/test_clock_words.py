"""The clock in words: a ticket's promises interval by interval."""

from escalation.clock import courses
from handlers.clock_words import explained, lines
from tests.escalation.test_clock import ACME, ANSWERED, ASKED, CUSTOMER, OURS, OVER, THIRD, on, policy, ticket


def clock(*marks, at, rules=None, **more):
    held, rules = ticket(*marks, **more), rules or policy()
    return explained(held, courses(held, ACME, rules, now=at), rules, now=at)


def test_every_interval_says_whose_move_it_was_and_what_was_counted():
    found = clock(ASKED, (on("mon", "10:20"), THIRD), (on("mon", "15:00"), OURS), at=on("mon", "15:10"), third_party="")
    (first, *_) = found["promises"]
    assert [(item["side"], item["counts"], item["minutes"]) for item in first["intervals"]] == [
        ("ours", True, 20.0),
        ("third_party", False, 0.0),
        ("ours", True, 10.0),
    ]
    assert (first["used_minutes"], first["standing"], first["due"]) == (30.0, "running", on("mon", "15:40").isoformat())
    assert first["intervals"][-1]["ends"] is None


def test_it_says_which_rule_promised_what():
    rules = policy(sla={"rules": [{"contract": "gold", "next_response": "30m", "hours": "always"}]})
    found = clock(ASKED, ANSWERED, (on("mon", "20:00"), OURS), at=on("mon", "20:10"), rules=rules)
    promise = next(item for item in found["promises"] if item["target"] == "next_response")
    assert (promise["source"], promise["contractual"], promise["hours"], promise["promised_minutes"]) == ("sla.rules.0", True, "always", 30.0)


def test_people_read_it_by_the_clock_of_those_who_work():
    rules = policy(hours={"zone": "Europe/Berlin"})
    text = "\n".join(lines(clock(ASKED, (on("mon", "10:10"), CUSTOMER), at=on("mon", "12:00"), rules=rules)))
    assert text.startswith("t-1  open: our move")
    assert "first response: 1 h promised by sla.tiers.enterprise, counted by [hours] (Europe/Berlin)" in text
    assert "Mon 2026-11-02 11:00  to  Mon 2026-11-02 11:10  10 min counted" in text
    assert "not counted        the customer owes an answer" in text


def test_what_has_paused_for_too_long_says_that_it_runs_again():
    text = "\n".join(lines(clock(ASKED, (on("mon", "10:10"), CUSTOMER), at=on("next mon", "10:40"))))
    assert "it has paused for long enough, so it runs again" in text


def test_what_was_late_says_so_after_its_end():
    found = clock(ASKED, (on("mon", "12:00"), CUSTOMER, "answered"), (on("mon", "13:00"), OVER), at=on("tue"))
    first = found["promises"][0]
    assert (first["standing"], first["late"], first["used_minutes"]) == ("met", True, 120.0)
    assert "met, 2 h used, late" in "\n".join(lines(found))
