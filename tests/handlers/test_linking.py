"""Linking: a customer proves who they are by a code that goes to the address of record, and nothing tells them more than that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import PUBLIC
from desk.customer import Identity, Person, Role, Trust
from desk.draft import Part, Proposal
from desk.errors import Misconfigured, Rejected, Unavailable
from desk.events import ButtonClicked
from desk.ids import AccountId, PersonId, TicketId
from desk.post import Op
from desk.space import ChannelKind
from desk.timeline import Purpose
from handlers import sealing
from handlers.dispatch import dispatch
from tests.fakes import START
from tests.world import PEOPLE, user, world

MAIL = "mara@acme.example"


@pytest.fixture
async def w(tmp_path):
    """A world in which Mara has an address, and Max, whom nobody knows, has asked for an invoice."""
    async with world(tmp_path) as made:
        await made.customers.save(people=[replace(PEOPLE["mara"], email=MAIL), replace(PEOPLE["noor"], email="noor@ours.example")])
        await made.asks("max", "Where is my invoice for the refund?")
        yield made


async def connects(w, address=MAIL, who="max"):
    await w.clicks(who, "Connect my account", address=address)


def whispers(w, who="max"):
    """Return what somebody was told alone, in order."""
    return [text for post, text in zip(w.posts(), w.texts(), strict=True) if post.op is Op.WHISPER and post.to == (user(who),)]


async def linked(w, who="max"):
    identity = await w.customers.identity(user(who))
    return (identity.person, identity.trust, identity.how) if identity else None


def announced(w):
    return w.texts(Purpose.NOTICE, where="agents")


# The way there


async def test_a_code_from_the_mailbox_of_record_links_whoever_gives_it(w):
    await connects(w)
    ((to, subject, text),) = w.mailer.mails
    assert (to, subject, w.mailer.code in text) == (MAIL, "Your code for our company", True)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert await linked(w) == ("mara", Trust.PERSON, "code to m***@acme.example")
    assert whispers(w)[-1].startswith("Your account is connected: you are Mara to us.")
    assert "A customer connected their account" in announced(w)[-1]
    assert "local/main/max is Mara (mara): code to m***@acme.example." in announced(w)[-1]


async def test_before_that_they_are_told_what_is_public_and_after_it_what_is_theirs(w):
    assert w.posts(Purpose.PART) == []
    await connects(w)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    # From here on the audit, too, takes Max for Mara.
    w.chat.people = {**w.chat.people, "max": PEOPLE["mara"]}
    await w.asks("max", "And my invoice for the refund now?")
    (part,) = w.posts(Purpose.PART)
    assert (str(part.target), str(part.audience)) == ("direct:local/main/max", "person:mara")


@pytest.mark.parametrize(
    "typed",
    [pytest.param("{0} ", id="with a blank behind it"), pytest.param("{1} {2}", id="in two halves"), pytest.param("{1}-{2}", id="with a hyphen")],
)
async def test_a_code_may_be_typed(w, typed):
    await connects(w)
    code = w.mailer.code
    await w.clicks("max", "Enter the code", code=typed.format(code, code[:3], code[3:]))
    assert await linked(w)


async def test_an_address_may_be_written_in_any_case(w):
    await connects(w, " Mara@ACME.example ")
    assert len(w.mailer.mails) == 1


async def test_the_button_stands_where_somebody_unknown_asks_for_what_is_private(w):
    assert [button.name for button in w.card(Purpose.ANSWER).buttons] == ["Solved", "Not solved", "Get a human", "Connect my account"]


async def test_the_button_stands_there_too_where_a_model_says_it_in_words_of_its_own(w):
    w.answerer.instead = Proposal((Part(PUBLIC, "Refunds reach the card within 5 to 7 working days."),), confidence=1.0, fixed=True, lacks="verify")
    await w.asks("ben", "Where is my money?", where="mentions", mentions_bot=True)
    assert w.card(Purpose.ANSWER).buttons[-1].name == "Connect my account"


async def test_an_answer_to_somebody_unknown_has_it_where_they_write_to_us_alone(w):
    await w.asks("zoe", "How long does a refund take?", where="dm-zoe", kind=ChannelKind.DIRECT)
    assert w.card(Purpose.ANSWER).buttons[-1].name == "Connect my account"


async def test_the_button_stands_nowhere_else_in_public(w):
    await w.asks("ben", "How long does a refund take?", where="mentions", mentions_bot=True)
    assert [button.name for button in w.card(Purpose.ANSWER).buttons] == ["Solved", "Not solved", "Get a human"]


async def test_who_is_known_is_offered_nothing(w):
    await w.asks("mara", "Where is my invoice for the refund?")
    assert "Connect my account" not in [button.name for button in w.card(Purpose.ANSWER).buttons]


async def test_the_card_says_how_we_know_who_it_is_and_for_how_long(tmp_path):
    async with world(tmp_path, mode="draft") as w:
        await w.customers.save(people=[replace(PEOPLE["mara"], email=MAIL)])
        await w.asks("max", "How long does a refund take?")
        assert "Known by: nothing: nobody says who this is" in w.texts(Purpose.DRAFT_CARD)[-1]
        click = ButtonClicked(
            id="x",
            action="connect",
            ticket=TicketId(""),
            subject="",
            by=user("max"),
            by_name="Max",
            role=Role.CUSTOMER,
            at=START,
            place=w.posts()[0].target,
            form={"address": MAIL},
        )
        await w.emit(click)
        await w.clicks("max", "Enter the code", code=w.mailer.code)
        assert "Known by: code to m***@acme.example, today" in w.standing(where="agents")[0]
        await w.wait(days=3)
        await w.asks("max", "And how long does a refund take by wire?")
        assert "Known by: code to m***@acme.example, for 3 days" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_the_card_says_so_where_only_the_company_is_known(tmp_path):
    async with world(tmp_path, mode="draft") as w:
        await w.asks("max", "How long does a refund take?", where="shared")
        assert "Known by: their company only: nobody says which of its people this is" in w.texts(Purpose.DRAFT_CARD)[-1]


# What is not told


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("nobody@acme.example", id="that nobody has"),
        pytest.param("noor@ours.example", id="of a teammate"),
        pytest.param("Mara", id="that is a name"),
        pytest.param("mara", id="that is a person's id"),
    ],
)
async def test_whoever_gives_an_address_without_a_code_for_it_is_answered_as_with_one(w, address):
    await connects(w)
    await connects(w, address)
    first, second = whispers(w)
    assert first == second
    assert len(w.mailer.mails) == 1
    for left in (4, 3, 2, 1):
        await w.clicks("max", "Enter the code", code="123456")
        assert whispers(w)[-1] == f"That is not the code. Tries left: {left}."
    await w.clicks("max", "Enter the code", code="123456")
    assert "does not hold any more" in whispers(w)[-1]
    assert await linked(w) is None


async def test_what_is_written_for_an_address_is_the_same_whether_it_is_known_or_not(w):
    await connects(w)
    await connects(w, "nobody@acme.example")
    clicked = [changes for event, changes in w.store.committed if any(type(write).__name__ == "ExpectChallenges" for write in changes.writes)]
    known, unknown = ([type(write).__name__ for write in changes.writes] for changes in clicked)
    # The second closes the first one's challenge besides.
    assert [name for name in unknown if name != "SaveChallenge"] == [name for name in known if name != "SaveChallenge"]


async def test_neither_the_address_nor_the_code_is_in_any_event(w):
    seen = []

    async def submit(event):
        seen.append(event)

    click = await w.click("max", *w.button("Connect my account"), address=MAIL)
    safe = await sealing.safe(click, w.services)
    assert safe.form == {"people": "mara"}
    await dispatch(safe, w.services, submit)
    await w.settle()
    given = await sealing.safe(await w.click("max", *w.button("Enter the code"), code=w.mailer.code), w.services)
    assert given.form.keys() == {"hash"}
    assert w.mailer.code not in repr((safe, given, seen, w.store.committed))
    assert MAIL not in repr((safe, given, seen))


async def test_an_event_that_holds_no_secret_is_left_as_it_is(w):
    click = await w.click("max", *w.button("Solved"))
    assert await sealing.safe(click, w.services) is click


async def test_a_sealed_form_cannot_be_sent_in_by_hand(w):
    await w.clicks("max", "Connect my account", people="mara")
    assert w.mailer.mails == []


async def test_a_code_is_stored_as_its_hash_only(w):
    await connects(w)
    (challenge,) = await w.store.challenges(user("max"), since=START)
    assert (len(challenge.code), w.mailer.code in repr(challenge)) == (64, False)


# Tries, time and limits


async def test_after_five_wrong_codes_the_right_one_is_worth_nothing(w):
    await connects(w)
    for _ in range(5):
        await w.clicks("max", "Enter the code", code="wrong")
    ref, button = w.button("Enter the code")
    await w.press("max", button, ref, code=w.mailer.code)
    assert (await linked(w), "does not hold any more" in whispers(w)[-1]) == (None, True)


async def test_two_wrong_codes_at_once_both_count(w):
    await connects(w)
    at, button = w.button("Enter the code")
    clicks = [await sealing.safe(await w.click("max", at, button, code="wrong"), w.services) for _ in range(2)]

    async def other():
        await dispatch(clicks[1], w.services, w.submit)

    w.store.meanwhile.append(other)
    await dispatch(clicks[0], w.services, w.submit)
    (challenge,) = await w.store.challenges(user("max"), since=START)
    assert challenge.tries == 2


async def test_a_code_that_is_ten_minutes_old_is_worth_nothing(w):
    await connects(w)
    await w.wait(minutes=10)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert (await linked(w), "does not hold any more" in whispers(w)[-1]) == (None, True)


async def test_a_code_works_once(w):
    await connects(w)
    at, button = w.button("Enter the code")
    await w.press("max", button, at, code=w.mailer.code)
    await w.clicks("max", "Disconnect")
    await w.press("max", button, at, code=w.mailer.code)
    assert await linked(w) is None


async def test_only_the_last_code_holds(w):
    await connects(w)
    first = w.mailer.code
    await connects(w)
    await w.clicks("max", "Enter the code", code=first)
    assert await linked(w) is None
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert await linked(w)


async def test_somebody_elses_code_is_worth_nothing(w):
    await connects(w)
    at, button = w.button("Enter the code")
    await w.press("eve", button, at, code=w.mailer.code)
    assert (await linked(w, "eve"), await linked(w)) == (None, None)


async def test_one_person_gets_three_codes_an_hour(w):
    for _ in range(4):
        await connects(w)
    assert (len(w.mailer.mails), "several codes already" in whispers(w)[-1]) == (3, True)
    await w.wait(hours=1, seconds=1)
    await connects(w)
    assert len(w.mailer.mails) == 4


async def test_one_person_gets_six_codes_a_day(w):
    for _ in range(7):
        await connects(w)
        await w.wait(hours=2)
    assert (len(w.mailer.mails), "several codes already" in whispers(w)[-1]) == (6, True)
    await w.wait(hours=12)
    await connects(w)
    assert len(w.mailer.mails) == 7


async def test_an_address_gets_six_mails_a_day_whoever_asks_hour_by_hour(w):
    at, button = w.button("Connect my account")
    for who in ("max", "eve", "ben", "zoe", "ivo", "a", "b", "c"):
        await w.press(who, button, at, address=MAIL)
        await w.wait(hours=1)
    assert len(w.mailer.mails) == 6
    assert len({whispers(w, who)[-1] for who in ("max", "c")}) == 1


async def test_an_address_gets_three_mails_an_hour_whoever_asks(w):
    at, button = w.button("Connect my account")
    for who in ("max", "eve", "ben", "zoe", "ivo"):
        await w.press(who, button, at, address=MAIL)
    assert len(w.mailer.mails) == 3
    assert len({whispers(w, who)[-1] for who in ("max", "eve", "ben", "zoe", "ivo")}) == 1


async def test_of_several_who_ask_at_once_the_last_ones_are_counted_anew(w):
    at, button = w.button("Connect my account")
    clicks = [await sealing.safe(await w.click(who, at, button, address=MAIL), w.services) for who in ("a", "b", "c", "d")]

    def others(n):
        async def run():
            await dispatch(clicks[n], w.services, w.submit)

        return run

    w.store.meanwhile.extend([others(1), others(2), others(3)])
    await dispatch(clicks[0], w.services, w.submit)
    await w.settle()
    assert len(w.mailer.mails) == 3


# The mail


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_mail_that_nobody_took_is_tried_again_with_a_new_code(w, times):
    w.mailer.errors = [Unavailable("mail")] * times
    await connects(w)
    await w.wait(minutes=5)
    assert len(w.mailer.mails) == 1
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert await linked(w)


@pytest.mark.parametrize(
    "errors",
    [[Unavailable("mail")] * 4, [Rejected("no such mailbox")], [Misconfigured("the login")]],
    ids=["that stays down", "that refuses", "that needs us to mend it"],
)
async def test_the_team_and_not_who_asked_hears_of_a_mail_server(w, errors):
    w.mailer.errors = errors
    await connects(w)
    before = whispers(w)
    await w.wait(minutes=10)
    assert (whispers(w), w.mailer.mails) == (before, [])
    assert "could not be mailed to m***@acme.example" in announced(w)[-1]


async def test_how_long_a_code_holds_does_not_tell_whether_it_was_mailed(w):
    w.mailer.errors = [Unavailable("mail")] * 2
    at, button = w.button("Connect my account")
    await w.press("max", button, at, address=MAIL)
    await w.press("eve", button, at, address="nobody@acme.example")
    at, button = w.button("Enter the code")
    await w.wait(minutes=9)
    assert "holds for 9 minutes" in w.mailer.mails[0][2]
    for told in ("That is not the code.", "This code does not hold any more."):
        await w.press("max", button, at, code="wrong")
        await w.press("eve", button, at, code="wrong")
        assert whispers(w)[-1] == whispers(w, "eve")[-1]
        assert whispers(w)[-1].startswith(told)
        await w.wait(minutes=1)


async def test_a_code_that_would_be_over_is_not_mailed(w):
    w.policy.change(identity={"code": "30s"})
    w.mailer.errors = [Unavailable("mail")] * 2
    await connects(w)
    await w.wait(minutes=5)
    assert (w.mailer.mails, "could not be mailed to m***@acme.example" in announced(w)[-1]) == ([], True)


async def test_a_mail_of_which_nobody_knows_whether_it_left_does_not_leave_again(w):
    w.mailer.errors = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        await connects(w)
    w.mailer.errors = []
    await w.wait(minutes=5)
    assert w.mailer.mails == []
    await connects(w)
    assert len(w.mailer.mails) == 1


async def test_the_mail_is_in_the_language_of_the_person_it_goes_to(w):
    await w.customers.save(people=[replace(PEOPLE["mara"], email=MAIL, language="de")])
    await connects(w)
    assert "ist Ihr Code" in w.mailer.mails[0][2]


# Who may be linked to whom


async def test_an_address_that_two_share_links_nobody_and_the_team_hears_of_it(w):
    await w.customers.save(people=[Person(PersonId("jon"), "Jon", account=AccountId("acme"), email=MAIL)])
    await connects(w)
    assert (w.mailer.mails, whispers(w)[0].startswith("If we know this address")) == ([], True)
    assert "several people have it" in announced(w)[-1]


async def test_a_teammates_address_links_nobody_and_the_team_hears_of_it(w):
    await connects(w, "noor@ours.example")
    assert (w.mailer.mails, "only customers connect an account" in announced(w)[-1]) == ([], True)


@pytest.mark.parametrize("who", ["noor", "lea", "ada", "kim"])
async def test_one_of_ours_connects_no_account(w, who):
    await connects(w, who=who)
    assert (w.mailer.mails, whispers(w, who)) == ([], ["You are of our own company: only customers connect an account."])


async def test_somebody_may_be_connected_by_two_users_and_the_team_sees_both(w):
    await connects(w)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert "They are also local/main/mara." in announced(w)[-1]


async def test_whoever_is_connected_is_told_as_whom(w):
    await w.customers.save(identities=[Identity(user("max"), PersonId("mara"), Trust.PERSON, "linked by Noor", START)])
    await connects(w)
    assert (w.mailer.mails, whispers(w)) == ([], ["Your account is connected: you are Mara to us."])


async def test_whoever_is_known_by_their_account_only_may_prove_more(w):
    await w.customers.save(identities=[Identity(user("max"), PersonId("jon"), Trust.ACCOUNT, "domain", START)])
    await connects(w)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert await linked(w) == ("mara", Trust.PERSON, "code to m***@acme.example")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(PEOPLE["mara"], email="else@acme.example"), id="has another address"),
        pytest.param(replace(PEOPLE["mara"], email=MAIL, role=Role.TEAMMATE), id="is of the team"),
    ],
)
async def test_a_code_links_nobody_who_meanwhile(w, changed):
    await connects(w)
    await w.customers.save(people=[changed])
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    assert await linked(w) is None


async def test_what_stands_of_a_code_goes_with_the_person(w):
    await connects(w)
    await w.customers.forget([PersonId("mara")])
    assert await w.store.challenges(since=START) == []


async def test_what_stands_of_a_code_goes_with_the_user(w):
    await connects(w)
    await w.store.erase([user("max")])
    assert await w.store.challenges(since=START) == []


async def test_what_nobody_counts_any_more_is_dropped(w):
    await connects(w)
    await w.store.purge(w.clock.now() + timedelta(days=2))
    assert await w.store.challenges(since=START) == []


# The way back


async def test_a_customer_disconnects_and_is_told_what_is_public_again(w):
    await connects(w)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    await w.clicks("max", "Disconnect")
    assert (await linked(w), whispers(w)[-1].startswith("Your account is not connected any more.")) == (None, True)
    assert "A customer disconnected" in announced(w)[-1]
    await w.asks("max", "And my invoice for the refund now?")
    assert w.posts(Purpose.PART) == []


async def test_who_is_not_connected_may_disconnect_all_the_same(w):
    await connects(w)
    await w.clicks("max", "Enter the code", code=w.mailer.code)
    at, button = w.button("Disconnect")
    await w.press("max", button, at)
    told = len(announced(w))
    await w.press("max", button, at)
    assert len(announced(w)) == told


# Without a mail server, and in trouble


@pytest.fixture
async def mailless(tmp_path):
    """A world without a mail server."""
    async with world(tmp_path / "mailless") as made:
        made.services = replace(made.services, mailer=None)
        made.sender = type(made.sender)(made.services)
        await made.customers.save(people=[replace(PEOPLE["mara"], email=MAIL)])
        await made.asks("max", "Where is my invoice for the refund?")
        yield made


async def test_without_a_mail_server_the_team_links_them_with_one_press(mailless):
    w = mailless
    await connects(w)
    assert whispers(w) == ["Thank you. A person of our team looks at it and connects your account; you need not do anything."]
    assert "Says to be: Mara (mara), m***@acme.example" in announced(w)[-1]
    await w.clicks("noor", "Link")
    assert await linked(w) == ("mara", Trust.PERSON, "linked by Noor")


async def test_without_a_mail_server_nothing_tells_whether_an_address_is_known(mailless):
    w = mailless
    await connects(w)
    await connects(w, "nobody@acme.example")
    first, second = whispers(w)
    assert first == second
    assert "Says to be: nobody" in announced(w)[-1]


async def test_a_customer_who_presses_the_teams_button_links_nobody(mailless):
    w = mailless
    await connects(w)
    await w.clicks("max", "Link")
    assert await linked(w) is None


async def test_while_the_record_is_down_they_are_asked_to_press_again(w):
    at, button = w.button("Connect my account")
    click = await sealing.safe(await w.click("max", at, button, address=MAIL), w.services)

    async def down(_):
        raise Unavailable("crm")

    w.crm.identity = down
    await dispatch(click, w.services, w.submit)
    await w.settle()
    assert whispers(w)[-1].startswith("Nothing was done")


async def test_it_is_said_in_the_customers_language(w):
    await w.asks("ivo", "bitte, wo ist meine invoice zum refund?", where="mentions", mentions_bot=True)
    assert w.card(Purpose.ANSWER).buttons[-1].label == "Konto verbinden"
    await w.clicks("ivo", "Connect my account", address=MAIL)
    assert whispers(w, "ivo")[0].startswith("Wenn wir diese Adresse kennen")
