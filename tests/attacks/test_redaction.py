"""What is kept back from the model, in the whole desk: secrets always, addresses until they are back with their owner."""

import pytest

from desk.article import Chunk
from desk.audience import PUBLIC
from desk.timeline import Purpose
from tests.attacks.schemes import submits
from tests.attacks.stage import stage
from tests.attacks.victims import Victim

ADDRESS = "mara.q.voss@private.example"


@pytest.fixture
async def s(tmp_path):
    async with stage(tmp_path, 2) as made:
        yield made


async def told(s, question, reply, *, who="vic0", where="community", **more):
    """Ask, have the model reply, and return what it was shown."""
    s.model.bodies.clear()
    s.model.behave = lambda _: [reply]
    await s.world.asks(who, question, where=where, **more)
    shown = repr(s.model.bodies)
    s.model.bodies.clear()
    s.crm.authors.clear()
    return shown


async def test_cards_keys_and_passwords_never_leave(s):
    secrets = ["4111 1111 1111 1111", "hunter2secret", "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "DE89 3704 0044 0532 0130 00"]
    words = "refund: card {}, my password is {}, key {}, account {}".format(*secrets)
    shown = await told(s, words, submits("Refunds reach the card within 5 to 7 working days.", "[card-1] [password-1] [key-1]"))
    assert [secret for secret in secrets if secret in shown] == []
    assert "[card-1]" in shown
    assert [secret for secret in secrets if secret in "".join(s.world.texts(Purpose.ANSWER, Purpose.PART))] == []


async def test_an_address_comes_back_to_its_owner_alone(s):
    shown = await told(
        s, f"My refund? Write to {ADDRESS}", submits("Refunds reach the card within 5 to 7 working days. [email-1]", "We write to [email-1].")
    )
    assert ADDRESS not in shown
    posts = s.world.posts(Purpose.ANSWER, Purpose.PART) + s.world.posts(Purpose.DRAFT_CARD)
    assert posts
    assert not any(ADDRESS in text for text in s.world.texts(Purpose.ANSWER))


async def test_another_persons_address_comes_back_to_nobody(s):
    ref = await s.world.says("vic0", "When does my refund arrive?", where="shared-0")
    await s.world.says("col0", f"I am at {ADDRESS}", where="shared-0", under=ref)
    reply = submits("Refunds reach the card within 5 to 7 working days.", "Your colleague is at [email-1] [email-2] [email-3].")
    shown = await told(s, "And how long does the refund take?", reply, where="shared-0", under=ref)
    assert ADDRESS not in shown
    assert not any(ADDRESS in text for text in s.world.texts(Purpose.ANSWER, Purpose.PART))


async def test_an_address_that_an_article_names_stays_what_it_is(s):
    text = "For refunds of cards write to jane.doe@help.example."
    await s.world.learns(Chunk("c-team", "team", 0, "Refund team", "", "https://help.example/team", PUBLIC, text))
    shown = await told(s, "To whom do I write for refunds of cards?", submits(text), who="stranger")
    assert "jane.doe@help.example" in shown
    assert any("jane.doe@help.example" in said for said in s.world.texts(Purpose.ANSWER, Purpose.DRAFT_CARD))


async def test_the_record_of_the_author_reaches_the_model_without_their_address(s):
    victim = Victim(0)
    s.model.behave = lambda prompt: [("get_customer", {})] if prompt.n == 0 else [submits("Hello!", "Your address is [email-1].")]
    await s.world.asks("vic0", "refund: which address do you have of me?")
    assert victim.email not in repr(s.model.bodies)
    assert "[email-1]" in repr(s.model.bodies)
    assert any(victim.email in text for text in s.world.texts(Purpose.PART, Purpose.DRAFT_CARD))
