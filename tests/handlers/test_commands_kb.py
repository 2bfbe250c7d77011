"""Articles by command: looked at by the team, read in the background, added and removed by admins."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from desk import audience
from desk.cards import plain
from desk.customer import Role
from desk.events import ChoreAsked
from desk.ids import EventId
from desk.ports import Query
from desk.space import Place
from desk.tending import SyncSource
from desk.timeline import Purpose
from handlers.commands import table
from knowledge.article import Failure
from knowledge.librarian import SourceLibrarian
from knowledge.syncing.sync import Busy, Means
from store.sources import SqlSources
from tests.fakes import WordEmbedder
from tests.knowledge.syncing import Site, article
from tests.world import channel, user

HELP = {"name": "help", "kind": "web", "at": "https://me:hunter2@help.example/?key=hunter2", "every": "6h", "owner": "Noor"}
WIKI = {"name": "wiki", "kind": "folder", "at": "wiki", "audience": "internal"}


@pytest.fixture
def k(w):
    """A world that reads two sources."""
    w.policy.change(knowledge={"sources": [HELP, WIKI]})
    w.sites = {"help": Site([article("refunds", updated="2026-10-01"), article("keys")]), "wiki": Site([article("rota", "Lea leads.")])}

    @asynccontextmanager
    async def opened(source):
        async with w.sites.setdefault(source.name, Site([article("new")])).open(source) as connector:
            yield connector

    means = Means(w.library, SqlSources(w.library.database), WordEmbedder(), w.clock, "test")
    w.services = replace(w.services, librarian=SourceLibrarian(w.policy, opened, means))
    w.rows = means.rows
    return w


async def answer(w, words, *, by="ada", **form):
    """Give a command and return what was whispered."""
    before = len(w.chat.sent)
    await w.commands(by, words, **form)
    return [plain(post.card) for post in w.chat.sent[before:] if post.op == "whisper"][-1]


def told(w, by="ada"):
    """Return what was told to somebody alone, after the fact."""
    return [plain(post.card) for post in w.chat.sent if str(post.target) == f"direct:{user(by)}"]


def announced(w):
    """Return what the team was told in the agents channel."""
    return [plain(post.card) for post in w.posts(Purpose.NOTICE, where="agents") if post.op != "whisper"]


async def ids(w):
    """Return the ids of the articles that are there."""
    return sorted(document.id for document in await w.library.documents())


async def ask(w, words, *, role=Role.ADMIN):
    """Return the form that a command opens."""
    return await table.form_of(Query("command", words, user("ada"), role, place=Place(channel("agents"))), w.services)


async def test_a_sync_is_done_after_the_command_and_its_end_is_told_to_who_asked(k):
    assert await answer(k, "kb sync help", by="noor") == "help is read now. I will tell you how it went."
    assert told(k, "noor") == ["help was read: 2 added, 0 changed, 0 unchanged, 0 removed   2 articles"]
    assert await ids(k) == ["help/keys", "help/refunds", "refunds"]
    assert announced(k) == []


async def test_without_a_name_all_sources_are_read(k):
    await answer(k, "kb sync")
    assert [line.split(":")[0] for line in told(k)] == ["help was read", "wiki was read"]


async def test_a_sync_that_fails_is_told_in_the_agents_channel_with_the_sentence_of_the_command_line(k):
    k.sites["help"].down_after = 0
    await answer(k, "kb sync help", by="noor")
    assert announced(k) == ["help was not read\nWhat went wrong:\nthe site does not answer"]
    assert [post.to for post in k.posts(Purpose.NOTICE, where="agents") if post.op != "whisper"] == [(user("noor"),)]
    assert told(k, "noor") == []


async def test_what_could_not_be_read_is_named(k):
    k.sites["help"].items += [Failure(f"{n}.pdf", "it is empty") for n in range(12)]
    await answer(k, "kb sync help")
    (report,) = told(k)
    assert "0.pdf: it is empty" in report
    assert report.splitlines()[-1] == "and 2 more"


async def test_a_sync_waits_while_another_process_reads_the_source(k):
    await k.rows.hold("help", "elsewhere", now=k.clock.now(), until=k.clock.now() + timedelta(minutes=1))
    with pytest.raises(Busy):
        await answer(k, "kb sync help")
    assert told(k) == []


async def test_a_source_that_left_the_policy_before_it_was_read_is_said(k):
    event = ChoreAsked(id=EventId("e"), chore=SyncSource("gone"), cause=EventId("c"), by=user("ada"), by_name="Ada", at=k.clock.now())
    await k.emit(event)
    assert announced(k) == ["The source 'gone' was taken out of the policy before it could be read."]


async def test_a_chore_that_is_done_twice_is_told_once(k):
    event = ChoreAsked(id=EventId("e"), chore=SyncSource("help"), cause=EventId("c"), by=user("ada"), by_name="Ada", at=k.clock.now())
    await k.emit(event)
    await k.emit(event)
    assert len(told(k)) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("kb sync hlp", "you wrote 'hlp': did you mean help?", id="a source that is not there"),
        pytest.param("kb snyc", "did you mean sync?", id="a word that is none"),
        pytest.param("kb list nowhere", "`kb list` expects help", id="a place that is not there"),
        pytest.param("kb search", "Write what to search for", id="nothing to search for"),
        pytest.param("kb remove nothing", "`kb remove` expects help", id="nothing to remove"),
        pytest.param("kb add web", "", id="a kind alone, which opens a form"),
        pytest.param("kb add web https://a.example tier gold", "`kb add` expects name, every, audience", id="what no source has"),
        pytest.param("kb add wep https://a.example", "did you mean 'web'?", id="a kind that is none"),
        pytest.param("kb add web https://a.example every soon", "write a number and s, m, h or d", id="no duration"),
        pytest.param("kb add web https://a.example name help", "two sources have this name", id="a name that is taken"),
        pytest.param("kb add folder /etc", "Only policy.toml may name '/etc'", id="a folder anywhere on the machine"),
        pytest.param("kb add article", "", id="an article alone, which opens a form"),
        pytest.param('kb add article "Refunds"', "Write a title in quotes", id="an article without words"),
    ],
)
async def test_what_is_wrong_is_answered_with_what_was_expected(k, words, sentence):
    assert sentence in await answer(k, words)
    assert (announced(k), told(k)) == ([], [])


@pytest.mark.parametrize("words", ["kb add web https://a.example", "kb remove help confirm", "kb add", "kb remove help"])
@pytest.mark.parametrize("who", ["noor", "lea"])
async def test_only_admins_add_and_remove(k, words, who):
    assert await answer(k, words, by=who) == f"`{' '.join(words.split()[:2])}` is for admins only."


async def test_status_says_of_each_source_how_it_went_and_shows_no_key(k):
    await answer(k, "kb sync help")
    shown = await answer(k, "kb status", by="noor")
    assert "help: web https://...@help.example/?..., for public; 2 articles; last read 10:00, next 16:00" in shown
    assert "wiki: folder wiki, for internal; 0 articles; never read whole, read by command only" in shown
    assert "hunter2" not in shown


async def test_status_names_what_went_wrong_and_what_is_due_for_review(k):
    await answer(k, "kb sync help")
    k.clock.advance(days=200)
    k.sites["help"].down_after = 0
    await answer(k, "kb sync help")
    shown = await answer(k, "kb", by="noor")
    assert "2 articles, 1 due for review" in shown
    assert "  the site does not answer" in shown


async def test_list_shows_the_articles_of_all_places_or_of_one(k):
    await answer(k, "kb sync")
    assert "wiki/rota  Rota  [internal]" in await answer(k, "kb list", by="noor")
    shown = await answer(k, "kb list help", by="noor")
    assert "help/refunds  Refunds  [public]  changed 2026-10-01" in shown
    assert "rota" not in shown


async def test_search_shows_passages_with_their_audience_also_internal_ones(k):
    await k.learns(
        replace(
            next(iter((await k.library.chunks(["c-refund"])).values())),
            id="c-secret",
            document="secret",
            title="Refund secrets",
            audience=audience.INTERNAL,
        )
    )
    await k.commands("noor", "kb search refund")
    (whisper,) = [post for post in k.chat.sent if post.op == "whisper"]
    assert {str(item.audience) for item in whisper.card.evidence} == {"public", "internal"}


async def test_while_search_is_down_that_is_said(k):
    k.knowledge.down = True
    assert "cannot be reached right now" in await answer(k, "kb search refund")


async def test_add_names_a_source_in_the_policy_announces_it_and_reads_it(k):
    await answer(k, "kb add web https://docs.example/start name docs every 1d audience internal")
    source = (await k.policy.current()).knowledge.sources[-1]
    assert (source.name, source.kind, source.at, source.every, str(source.audience)) == (
        "docs",
        "web",
        "https://docs.example/start",
        timedelta(days=1),
        "internal",
    )
    assert [override.path for override in await k.policy.overrides.current()] == ["knowledge.sources"]
    assert announced(k) == [
        "Ada changed the policy:\na new source docs: web https://docs.example/start (every 1d, audience internal)\nReason: kb add docs"
    ]
    assert "docs/new" in await ids(k)
    assert told(k)[0].startswith("docs was read: 1 added")


async def test_a_source_without_a_name_is_called_after_its_host(k):
    await answer(k, "kb add web https://www.docs.example/start")
    assert (await k.policy.current()).knowledge.sources[-1].name == "docs-example"


async def test_add_without_more_opens_a_form_with_what_there_is(k):
    form = await ask(k, "kb add")
    assert [field.name for field in form.fields] == ["kind", "at", "name", "every", "audience"]
    assert form.intro.startswith("Sources now: help, wiki.")
    await answer(k, "kb add", kind="web", at="https://docs.example", name="", every="", audience="public")
    assert (await k.policy.current()).knowledge.sources[-1].every is None


async def test_a_form_is_checked_before_it_is_sent(k):
    query = Query("command", "kb add", user("ada"), Role.ADMIN)
    wrong = await table.checked(query, {"kind": "web", "at": "https://a.example", "every": "soon"}, k.services)
    assert "write a number and s, m, h or d" in wrong["at"]
    assert await table.checked(query, {"kind": "web", "at": "https://a.example"}, k.services) == {}


async def test_a_pasted_article_is_put_and_one_of_the_same_title_is_replaced(k):
    await answer(k, 'kb add article "Refunds by cheque" # Cheques\n\nWe pay by "cheque" within 9 days.')
    await answer(k, "kb add article", title="Refunds by cheque", text="We pay no cheques any more.", audience="internal")
    assert told(k)[-1] == "The article 'Refunds by cheque' is in the knowledge base, for internal: 1 piece."
    (chunk,) = await k.library.chunks_of("pasted/refunds-by-cheque")
    assert (chunk.text, str(chunk.audience)) == ("We pay no cheques any more.", "internal")


async def test_an_article_keeps_its_lines_and_quotes(k):
    await answer(k, 'kb add article "Cheques" We pay by "cheque".\n\n- within 9 days')
    (chunk,) = await k.library.chunks_of("pasted/cheques")
    assert chunk.text == 'We pay by "cheque".\n\n- within 9 days'


async def test_an_article_that_cannot_be_used_is_told_in_the_agents_channel(k):
    await answer(k, 'kb add article "Only a heading" # Only a heading')
    assert announced(k) == ["The article 'Only a heading' was not added: the article has headings and no text"]


async def test_removing_a_source_says_what_goes_and_asks_for_its_name(k):
    await answer(k, "kb sync help")
    form = await ask(k, "kb remove help")
    assert form.intro == "This goes: help: 2 articles, 2 pieces, and the policy names it no more."
    query = Query("command", "kb remove help", user("ada"), Role.ADMIN)
    assert await table.checked(query, {"confirm": "helpp"}, k.services) == {"confirm": "Write help to remove it."}
    assert "help/refunds" in await ids(k)


@pytest.mark.parametrize(("words", "form"), [("kb remove help", {"confirm": "help"}), ("kb remove help confirm", {})], ids=["by form", "written out"])
async def test_a_source_goes_with_its_articles_and_out_of_the_policy(k, words, form):
    await answer(k, "kb sync")
    await answer(k, words, **form)
    assert [source.name for source in (await k.policy.current()).knowledge.sources] == ["wiki"]
    assert await ids(k) == ["refunds", "wiki/rota"]
    assert told(k)[-1] == "2 articles were removed from the knowledge base."
    assert "the source help was taken out" in announced(k)[-1]
    assert "help" not in await k.rows.states()


async def test_without_its_name_nothing_is_removed(k):
    await answer(k, "kb sync help")
    assert "Write help to remove it." in await answer(k, "kb remove help", confirm="no")
    assert "help/refunds" in await ids(k)


async def test_a_pasted_article_is_removed_by_its_id(k):
    await answer(k, 'kb add article "Cheques" We pay by cheque.')
    assert (await ask(k, "kb remove pasted/cheques")).intro == "This goes: The article 'Cheques' (pasted/cheques)."
    await answer(k, "kb remove pasted/cheques confirm")
    assert told(k)[-1] == "1 article was removed from the knowledge base."
    assert "pasted/cheques" not in await ids(k)


async def test_an_article_that_its_source_would_bring_back_is_not_removed(k):
    await answer(k, "kb sync help")
    assert "The source 'help' would bring 'Refunds' back" in await answer(k, "kb remove help/refunds confirm")


async def test_articles_of_a_source_wait_to_be_removed_while_it_is_read(k):
    await answer(k, "kb sync help")
    await k.rows.hold("help", "elsewhere", now=k.clock.now(), until=k.clock.now() + timedelta(minutes=1))
    with pytest.raises(Busy):
        await answer(k, "kb remove help confirm")
    assert "help/refunds" in await ids(k)


async def test_where_nobody_tends_the_articles_that_is_said(w):
    assert "run `./frontdesk kb` beside the server" in await answer(w, "kb status")
