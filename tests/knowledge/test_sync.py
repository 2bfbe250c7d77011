"""Syncs: a diff and then an apply, whatever happens in between."""

import asyncio
import zipfile
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import INTERNAL, PUBLIC, parse
from desk.errors import Unavailable
from desk.source import AT_ONCE, RETRIES, STALE, Holding, Missed, Source, SourceKind, SyncState, next_due
from knowledge.article import Failure
from knowledge.syncing.sync import HOLD, Busy, preview, sync
from store.database import open_database
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.fakes import START, WordEmbedder
from tests.knowledge.kit import write
from tests.knowledge.syncing import HELP, Bench, Fate, Site, article, counts, many

REFUNDS, PLANS, TAXES = article("refunds"), article("plans", "Three of them."), article("taxes", "Nineteen percent.")
OTHER = replace(HELP, name="other")


@pytest.fixture
def bench():
    return Bench()


async def test_a_first_sync_adds_everything_behind_the_name_of_the_source(bench):
    state = await bench.sync(REFUNDS, PLANS, TAXES)
    assert counts(state) == (3, 0, 0, 0)
    assert (state.documents, state.chunks, state.failed, state.error) == (3, 3, (), "")
    assert await bench.held() == {"help/refunds": "Five days.", "help/plans": "Three of them.", "help/taxes": "Nineteen percent."}
    assert {document.source for document in await bench.library.documents()} == {"source:help"}


async def test_a_second_sync_embeds_nothing(bench):
    await bench.sync(REFUNDS, PLANS)
    bench.embedder.texts.clear()
    position = await bench.library.position()
    assert counts(await bench.sync()) == (0, 0, 2, 0)
    assert (bench.embedder.texts, await bench.library.position()) == ([], position)


async def test_changes_removals_and_additions_are_told_apart(bench):
    await bench.sync(REFUNDS, PLANS)
    assert counts(await bench.sync(article("refunds", "Six days."), TAXES)) == (1, 1, 0, 1)
    assert await bench.held() == {"help/refunds": "Six days.", "help/taxes": "Nineteen percent."}


async def test_when_it_began_and_ended_is_kept_and_nothing_stays_staged(bench):
    await bench.sync(REFUNDS)
    state = await bench.state()
    assert (state.started, state.tried, state.finished, state.cursor, state.is_under_way) == (START, START, START, "", False)
    assert list(await bench.kept.staged("help")) == []
    assert await bench.kept.held(START) == frozenset()


async def test_two_sources_with_equal_ids_and_titles_keep_apart(bench):
    await bench.sync(REFUNDS)
    await bench.sync(article("refunds", "Other words."), source=OTHER)
    assert await bench.held() == {"help/refunds": "Five days.", "other/refunds": "Other words."}
    assert counts(await bench.sync(PLANS)) == (1, 0, 0, 1)
    assert set(await bench.held()) == {"help/plans", "other/refunds"}


async def test_two_articles_of_one_title_are_two_documents(bench):
    await bench.sync(article("one", title="Refunds"), article("two", "Six days.", title="Refunds"))
    assert set(await bench.held()) == {"help/one", "help/two"}


async def test_what_was_ingested_under_such_an_id_is_not_taken(bench, tmp_path):
    from knowledge.ingestion import ingest

    folder = write(tmp_path, {"help/refunds": "", "help/refunds.md": "---\nid: help/refunds\n---\nMine."})
    await ingest([folder], library=bench.library, embedder=bench.embedder, folders={})
    state = await bench.sync(REFUNDS, PLANS)
    assert counts(state) == (1, 0, 0, 0)
    assert "is taken by a document of" in state.failed[0].reason
    assert (await bench.held())["help/refunds"] == "Mine."


async def test_an_ingested_path_does_not_take_what_a_source_gave(bench, tmp_path):
    from knowledge.ingestion import ingest

    await bench.sync(REFUNDS)
    report = await ingest(
        [write(tmp_path, {"a.md": "---\nid: help/refunds\n---\nMine."})], library=bench.library, embedder=bench.embedder, folders={}
    )
    assert (report.added, len(report.failed), (await bench.held())["help/refunds"]) == (0, 1, "Five days.")


@pytest.mark.parametrize(
    ("own", "widest", "gets"),
    [
        pytest.param(PUBLIC, INTERNAL, INTERNAL, id="a source for the team makes articles internal"),
        pytest.param(INTERNAL, PUBLIC, INTERNAL, id="a public source opens no internal article"),
        pytest.param(parse("account:acme"), parse("account:globex"), INTERNAL, id="two accounts leave the team"),
        pytest.param(PUBLIC, parse("account:acme"), parse("account:acme"), id="a source of one account narrows to it"),
    ],
)
async def test_an_audience_is_never_wider_than_the_source_s(bench, own, widest, gets):
    await bench.sync(article("refunds", audience=own), source=replace(HELP, audience=widest))
    assert [document.audience for document in await bench.library.documents()] == [gets]


async def test_a_narrower_source_changes_its_documents(bench):
    await bench.sync(REFUNDS)
    assert counts(await bench.sync(REFUNDS, source=replace(HELP, audience=INTERNAL))) == (0, 1, 0, 0)


async def test_a_narrower_source_hides_its_documents_also_while_it_is_down(bench):
    await bench.sync(REFUNDS, article("plans", "Three.", audience=parse("account:acme")))
    bench.embedder.texts.clear()
    bench.site.down_after = 0
    state = await bench.sync(source=replace(HELP, audience=parse("account:globex")))
    assert state.error == "the site does not answer"
    assert {document.id: document.audience for document in await bench.library.documents()} == {
        "help/refunds": parse("account:globex"),
        "help/plans": INTERNAL,
    }
    chunks = [chunk for id in await bench.held() for chunk in await bench.library.chunks_of(id)]
    assert {str(chunk.audience) for chunk in chunks} == {"account:globex", "internal"}
    assert len(await bench.library.vectors([chunk.id for chunk in chunks], embedder=bench.embedder.id)) == 2
    assert bench.embedder.texts == []


async def test_a_wider_source_shows_nothing_before_it_was_read(bench):
    await bench.sync(REFUNDS, source=replace(HELP, audience=INTERNAL))
    bench.site.down_after = 0
    await bench.sync()
    assert [document.audience for document in await bench.library.documents()] == [INTERNAL]
    bench.site.down_after = None
    await bench.sync()
    assert [document.audience for document in await bench.library.documents()] == [PUBLIC]


async def test_a_sync_that_kills_its_process_is_not_tried_again_at_once(bench):
    await bench.sync(REFUNDS)
    bench.site.items = [article("refunds", "Six days.")]
    assert await bench.die(Fate(8, late=False))
    assert next_due(HELP, await bench.state(), now=bench.clock.at) == AT_ONCE, "it came further: a batch was read"
    for wait in RETRIES[:2]:
        bench.clock.at += HOLD
        assert await bench.die(Fate(8, late=False))
        assert next_due(HELP, await bench.state(), now=bench.clock.at) == bench.clock.at + wait


async def test_a_title_that_says_internal_is_internal_from_any_source(bench):
    await bench.sync(article("refunds", title="Internal: refunds"))
    assert [document.audience for document in await bench.library.documents()] == [INTERNAL]


async def test_the_language_is_the_source_s_where_the_article_says_none(bench):
    await bench.sync(REFUNDS, article("plans", language="fr"), source=replace(HELP, language="de"))
    assert {document.id: document.language for document in await bench.library.documents()} == {"help/refunds": "de", "help/plans": "fr"}


async def test_one_bad_document_is_reported_and_the_rest_is_done(bench):
    bad = article("plans", url="javascript:alert(1)")
    state = await bench.sync(REFUNDS, bad, Failure("/kb/broken.pdf", "the file is encrypted"), TAXES)
    assert counts(state) == (2, 0, 0, 0)
    assert {missed.path for missed in state.failed} == {"/kb/plans", "/kb/broken.pdf"}
    assert state.error == ""


async def test_an_id_without_end_is_reported(bench):
    state = await bench.sync(article("x" * 2000), REFUNDS)
    assert (counts(state), [missed.reason for missed in state.failed]) == ((1, 0, 0, 0), ["its id has more than 1000 bytes"])


async def test_a_document_that_cannot_be_read_now_stays_as_it_was(bench):
    await bench.sync(REFUNDS, PLANS, TAXES)
    state = await bench.sync(Failure("/kb/refunds", "time-out", frozenset({"refunds"})), article("plans", url="file:///etc/passwd"))
    assert counts(state) == (0, 0, 0, 1)
    assert set(await bench.held()) == {"help/refunds", "help/plans"}


async def test_nothing_is_removed_while_nobody_can_tell_what_is_missing(bench):
    await bench.sync(REFUNDS, PLANS)
    state = await bench.sync(PLANS, Failure("/kb/all", "the folder cannot be read", None))
    assert (state.removed, state.finished) == (0, START)
    assert set(await bench.held()) == {"help/refunds", "help/plans"}


async def test_of_many_failures_the_number_is_kept(bench):
    state = await bench.sync(REFUNDS, *(Failure(f"/kb/{n}", "broken") for n in range(230)))
    assert (len(state.failed), state.failed[-1]) == (201, Missed("", "and 30 more"))


async def test_more_documents_than_the_source_may_have_are_not_read_and_none_is_removed(bench):
    await bench.sync(TAXES)
    state = await bench.sync(*many(8), source=replace(HELP, most=4))
    assert (state.added, state.removed, len(bench.site.read)) == (6, 0, 7)
    assert "more than 4 documents" in state.failed[0].reason


async def test_more_than_half_of_a_source_goes_only_when_somebody_says_so(bench):
    await bench.sync(*many(20))
    state = await bench.sync(*many(9))
    assert (state.removed, state.documents, state.is_under_way) == (0, 20, False)
    assert "11 of 20 documents" in state.error
    assert "kb sync help --remove" in state.error
    state = await bench.sync(remove=True)
    assert (state.removed, state.documents, state.error) == (11, 9, "")


async def test_half_of_a_source_and_all_of_a_small_one_may_go(bench):
    await bench.sync(*many(20))
    assert (await bench.sync(*many(10))).removed == 10
    assert (await bench.sync(article("new"))).removed == 10


async def test_a_site_that_is_down_half_way_keeps_what_came_and_nothing_is_fetched_twice(bench):
    bench.site.down_after = 1
    state = await bench.sync(REFUNDS, PLANS, TAXES)
    assert (state.error, state.cursor, state.failures, state.finished) == ("the site does not answer", "2", 1, None)
    assert await bench.held() == {}
    bench.site.down_after = None
    assert counts(await bench.sync()) == (3, 0, 0, 0)
    assert (bench.site.asked, bench.site.read) == (["", "2"], ["refunds", "plans", "taxes"])


async def test_a_source_that_is_down_removes_nothing(bench):
    await bench.sync(REFUNDS, PLANS, TAXES)
    bench.site.down_after = 1
    state = await bench.sync()
    assert (state.error, state.finished, set(await bench.held())) == (
        "the site does not answer",
        START,
        {"help/refunds", "help/plans", "help/taxes"},
    )


@pytest.mark.parametrize("bug", [KeyError("body"), zipfile.BadZipFile("no zip"), zlib.error("bent"), RecursionError("too deep")], ids=repr)
async def test_an_answer_nobody_foresaw_is_told_like_a_failure(bench, bug):
    bench.site = Site(down_after=0, raises=bug)
    state = await bench.sync(REFUNDS)
    assert "something unforeseen" in state.error
    assert type(bug).__name__ in state.error


async def test_a_source_that_hangs_is_given_up(bench, monkeypatch):
    class Hanging(Site):
        async def batches(self, cursor):
            async for batch in Site.batches(self, cursor):
                yield batch
            await asyncio.Event().wait()

    monkeypatch.setattr("knowledge.syncing.sync.PATIENCE", timedelta(seconds=0.01))
    bench.site = Hanging()
    state = await bench.sync(REFUNDS)
    assert (state.error, state.cursor, await bench.held()) == ("it gave nothing for 0 minutes", "2", {})


async def test_what_was_collected_a_day_ago_is_collected_anew(bench):
    bench.site.down_after = 1
    await bench.sync(REFUNDS, PLANS, TAXES)
    bench.site.down_after = None
    bench.clock.at += STALE
    assert counts(await bench.sync(PLANS, TAXES)) == (2, 0, 0, 0)
    assert bench.site.asked == ["", ""]
    assert set(await bench.held()) == {"help/plans", "help/taxes"}


async def test_a_source_that_was_changed_meanwhile_begins_anew(bench):
    bench.site.down_after = 1
    await bench.sync(REFUNDS, PLANS, TAXES)
    bench.site.down_after = None
    await bench.sync(source=replace(HELP, at="/elsewhere"))
    assert bench.site.asked == ["", ""]


async def test_a_cursor_that_does_not_lead_on_is_given_up(bench):
    bench.site.down_after = 1
    await bench.sync(*many(6))
    bench.site.down_after = 0
    for _ in RETRIES[1:]:
        await bench.sync()
    assert (bench.site.asked, (await bench.state()).failures) == (["", "2", "2", "2"], len(RETRIES))
    await bench.sync()
    assert bench.site.asked[-1] == ""


async def test_a_preview_tells_what_would_change_and_writes_nothing(bench):
    await bench.sync(REFUNDS, PLANS)
    before = (await bench.held(), await bench.library.position(), await bench.kept.states())
    diff = await bench.preview(article("refunds", "Six days."), TAXES, Failure("/kb/x", "broken"))
    assert (diff.added, diff.changed, diff.removed) == ({"help/taxes": "Taxes"}, {"help/refunds": "Refunds"}, {"help/plans": "Plans"})
    assert (diff.unchanged, [failure.reason for failure in diff.failed], diff.is_drastic) == (0, ["broken"], False)
    assert (await bench.held(), await bench.library.position(), await bench.kept.states()) == before
    assert list(await bench.kept.staged("help")) == []


async def test_a_preview_waits_for_no_sync_and_lets_go_of_the_source(bench):
    await bench.kept.hold("help", "another", now=START, until=START + HOLD)
    with pytest.raises(Busy):
        await bench.preview(REFUNDS)
    await bench.kept.release("help", "another")
    await bench.preview(REFUNDS)
    assert await bench.kept.held(START) == frozenset()


async def test_a_preview_does_not_disturb_a_sync_that_was_cut_short(bench):
    bench.site.down_after = 1
    await bench.sync(REFUNDS, PLANS, TAXES)
    bench.site.down_after = None
    assert set((await bench.preview(REFUNDS, PLANS, TAXES)).added) == {"help/refunds", "help/plans", "help/taxes"}
    assert len(await bench.kept.staged("help")) == 2


async def test_a_source_is_read_by_one_process_at_a_time(bench):
    await bench.kept.hold("help", "another", now=START, until=START + HOLD)
    with pytest.raises(Busy, match="another process"):
        await bench.sync(REFUNDS)
    assert bench.site.opened == 0
    bench.clock.at += HOLD
    assert (await bench.sync()).added == 1


async def test_of_two_at_once_one_reads_and_the_other_is_told(bench):
    bench.site.items = [REFUNDS, PLANS]
    both = [sync(HELP, bench.site.open, bench.means(holder)) for holder in ("one", "two")]
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [type(result) for result in results].count(Busy) == 1
    assert bench.site.read == ["refunds", "plans"]


async def test_whoever_slept_and_lost_the_source_stops(bench):
    class Sleepy(Site):
        async def batches(self, cursor):
            await bench.kept.hold("help", "two", now=START + HOLD, until=START + 2 * HOLD)
            async for batch in Site.batches(self, cursor):
                yield batch

    bench.site = Sleepy()
    with pytest.raises(Busy):
        await bench.sync(REFUNDS)
    assert await bench.held() == {}


async def test_an_embedder_that_fails_is_told_and_the_next_sync_does_not_read_again(bench):
    class Failing(WordEmbedder):
        async def embed(self, texts):
            raise Unavailable("model", "out of memory")

    bench.embedder = Failing()
    state = await bench.sync(REFUNDS, PLANS)
    assert ("out of memory" in state.error, state.collected) == (True, True)
    bench.embedder = WordEmbedder()
    assert counts(await bench.sync()) == (2, 0, 0, 0)
    assert bench.site.read == ["refunds", "plans"]


async def test_a_review_by_a_person_survives_syncs_until_the_words_change(bench):
    await bench.sync(article("refunds", title="Refunds", reviewed="2026-01-01"))
    await bench.library.mark_reviewed(["help/refunds"], on="2026-11-01")
    await bench.sync()
    await bench.sync(article("refunds", title="How long refunds take", reviewed="2026-01-01"))
    (document,) = await bench.library.documents()
    assert (document.title, document.reviewed) == ("How long refunds take", "2026-11-01")
    assert [chunk.reviewed for chunk in await bench.library.chunks_of(document.id)] == ["2026-11-01"]
    await bench.sync(article("refunds", "Six days.", reviewed="2026-01-01"))
    assert [document.reviewed for document in await bench.library.documents()] == ["2026-01-01"]


async def test_a_later_review_in_the_article_wins(bench):
    await bench.sync(REFUNDS)
    await bench.library.mark_reviewed(["help/refunds"], on="2026-10-01")
    await bench.sync(article("refunds", reviewed="2026-11-01"))
    assert [document.reviewed for document in await bench.library.documents()] == ["2026-11-01"]


async def changed_site(bench: Bench) -> None:
    """Have a source synced once, and hold other things by now."""
    await bench.sync(REFUNDS, PLANS, article("old"))
    bench.site.items = [article("refunds", "Six days."), PLANS, TAXES, article("new", "New words.")]
    bench.site.read.clear()


AFTER = {"help/refunds": "Six days.", "help/plans": "Three of them.", "help/taxes": "Nineteen percent.", "help/new": "New words."}


@pytest.mark.parametrize("late", [False, True], ids=["before a call is done", "after a call was done"])
async def test_a_process_that_dies_at_any_step_is_finished_by_the_next(late):
    at, died = 0, True
    while died:
        at += 1
        bench = Bench()
        await changed_site(bench)
        died = await bench.die(Fate(at, late))
        bench.clock.at += HOLD
        state = await bench.sync(holder="next")
        assert await bench.held() == AFTER
        assert (state.documents, state.error, list(await bench.kept.staged("help"))) == (4, "", [])
        assert not died or counts(state) in ((2, 1, 1, 1), (0, 0, 4, 0))
        # A batch that was read but not saved is the most that is read twice; one that died after its last save began a new sync.
        assert len(bench.site.read) <= 8
    assert at > 12


async def test_the_store_that_goes_away_at_any_step_leaves_a_sync_that_can_be_finished(bench):
    await changed_site(bench)
    for at in range(1, 30):
        await bench.die(Fate(at, late=False))
        bench.clock.at += HOLD
    await bench.sync(holder="next")
    assert await bench.held() == AFTER


@pytest.fixture(params=["sqlite_url", "emptied_postgres_url"])
def url(request):
    return request.getfixturevalue(request.param)


async def test_in_a_database_a_sync_goes_on_where_another_process_died(url):
    first, second = await open_database(url), await open_database(url)
    bench = Bench(SqlLibrary(first), SqlSources(first))
    await changed_site(bench)
    assert await bench.die(Fate(8, late=True))
    next_one = Bench(SqlLibrary(second), SqlSources(second), clock=bench.clock, site=bench.site)
    with pytest.raises(Busy):
        await next_one.sync(holder="next")
    bench.clock.at += HOLD
    assert counts(await next_one.sync(holder="next")) == (2, 1, 1, 1)
    assert await next_one.held() == AFTER
    assert await next_one.kept.holdings() == {"source:help": Holding(4, 4)}
    await asyncio.gather(first.close(), second.close())


async def test_two_processes_on_one_database_do_not_read_at_once(url):
    first, second = await open_database(url), await open_database(url)
    benches = [Bench(SqlLibrary(each), SqlSources(each), site=Site([REFUNDS, PLANS])) for each in (first, second)]
    results = await asyncio.gather(
        *(sync(HELP, bench.site.open, bench.means(holder)) for bench, holder in zip(benches, "ab", strict=True)), return_exceptions=True
    )
    assert any(not isinstance(result, BaseException) for result in results)
    assert all(isinstance(result, Busy) for result in results if isinstance(result, BaseException))
    assert len(await benches[0].library.documents()) == 2
    await asyncio.gather(first.close(), second.close())


def test_every_word_of_a_source_that_matters_is_in_its_basis():
    varied = [
        {"at": "/other"},
        {"kind": SourceKind.WEB},
        {"audience": INTERNAL},
        {"language": "de"},
        {"branch": "main"},
        {"include": ("a",)},
        {"exclude": ("a",)},
        {"most": 1},
        {"private_network": True},
    ]
    bases = {replace(HELP, **change).basis for change in varied} | {HELP.basis}
    assert len(bases) == len(varied) + 1
    assert replace(HELP, every=timedelta(days=1), owner="Noor", review=timedelta(days=1)).basis == HELP.basis


async def test_a_preview_of_a_source_that_is_down_says_so(bench):
    bench.site.down_after = 0
    bench.site.items = [REFUNDS]
    with pytest.raises(Unavailable, match="does not answer"):
        await preview(Source("help", SourceKind.WEB), bench.site.open, bench.means())


def test_a_sync_without_a_cursor_begins_anew_instead_of_applying_what_was_staged_before():
    begun = SyncState("help", started=START, is_under_way=True, basis=HELP.basis)
    assert not begun.goes_on(HELP, START)
    assert replace(begun, cursor="3").goes_on(HELP, START)
    assert replace(begun, collected=True).goes_on(HELP, START)
