"""Reviews: when the owner of a source is reminded."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from desk.article import Document
from desk.audience import PUBLIC
from desk.errors import Unavailable
from desk.events import ReviewDue
from desk.policy import Knowledge
from desk.source import Source, SourceKind
from knowledge.syncing.reviews import Reviews
from store.database import open_database
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.fakes import START, FakeClock

HELP = Source("help", SourceKind.FOLDER, owner="Lea")


@dataclass
class OnePolicy:
    knowledge: Knowledge

    async def current(self):
        return self


@dataclass
class Scene:
    """Reviews over a library, with what was submitted."""

    library: SqlLibrary
    rows: SqlSources
    policy: OnePolicy
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[ReviewDue] = field(default_factory=list)
    down: bool = False

    async def submit(self, event: ReviewDue) -> None:
        if self.down:
            raise Unavailable("store")
        self.told.append(event)

    def reviews(self) -> Reviews:
        return Reviews(self.policy, self.library, self.rows, self.clock, self.submit)

    async def has(self, id: str, *, source: Source = HELP, **dates: str) -> None:
        await self.library.put(Document(id, source.origin, id.title(), "", PUBLIC, "h", **dates), [], {}, embedder="test")

    def owns(self, *sources: Source) -> None:
        self.policy.knowledge = Knowledge(timedelta(days=180), sources)


@pytest.fixture
async def scene(tmp_path):
    database = await open_database(f"sqlite:///{tmp_path}/frontdesk.db")
    yield Scene(SqlLibrary(database), SqlSources(database), OnePolicy(Knowledge(timedelta(days=180), (HELP,))))
    await database.close()


async def test_an_owner_is_told_the_oldest_articles_first(scene):
    await scene.has("b", updated="2026-02-01")
    await scene.has("a", updated="2025-02-01")
    await scene.has("fresh", updated="2026-10-30")
    assert await scene.reviews().run_due()
    (event,) = scene.told
    assert (event.owner, event.documents, event.titles) == ("Lea", ("a", "b"), ("A", "B"))


async def test_nobody_is_told_again_within_a_week_also_not_after_a_restart(scene):
    await scene.has("a", updated="2025-02-01")
    await scene.reviews().run_due()
    for days, told in ((1, 1), (6, 1), (7, 2), (8, 2)):
        scene.clock.at = START + timedelta(days=days)
        await scene.reviews().run_due()
        assert len(scene.told) == told, days
    assert len({event.id for event in scene.told}) == 2


async def test_a_clock_that_was_put_back_silences_nobody(scene):
    await scene.has("a", updated="2020-02-01")
    reviews = scene.reviews()
    for at in (START, START - timedelta(days=300)):
        scene.clock.at = at
        await reviews.run_due()
    assert len(scene.told) == 2


async def test_the_library_is_looked_through_once_a_day(scene):
    reviews = scene.reviews()
    assert not await reviews.run_due()
    await scene.has("a", updated="2025-02-01")
    scene.clock.at += timedelta(hours=23)
    assert not await reviews.run_due()
    scene.clock.at += timedelta(hours=1)
    assert await reviews.run_due()


async def test_a_reminder_that_could_not_be_kept_is_sent_the_next_time(scene):
    await scene.has("a", updated="2025-02-01")
    reviews, scene.down = scene.reviews(), True
    with pytest.raises(Unavailable):
        await reviews.run_due()
    scene.down = False
    assert await reviews.run_due()
    assert len(scene.told) == 1


@pytest.mark.parametrize(
    ("source", "dates"),
    [
        (Source("help", SourceKind.FOLDER), {"updated": "2025-01-01"}),
        (HELP, {"updated": "2026-10-01"}),
        (HELP, {"updated": "2025-01-01", "reviewed": "2026-10-01"}),
        (HELP, {}),
        (Source("help", SourceKind.FOLDER, owner="Lea", review=timedelta(days=900)), {"updated": "2025-01-01"}),
    ],
    ids=["nobody owns it", "changed lately", "reviewed lately", "undated", "its own interval"],
)
async def test_nobody_is_reminded_of_what_is_not_due(scene, source, dates):
    scene.owns(source)
    await scene.has("a", **dates)
    assert not await scene.reviews().run_due()


async def test_each_source_reminds_its_own_owner_of_its_own_articles(scene):
    git = Source("docs", SourceKind.GIT, owner="Noor", review=timedelta(days=30))
    scene.owns(HELP, git)
    await scene.has("a", updated="2025-02-01")
    await scene.has("b", source=git, updated="2026-09-01")
    await scene.reviews().run_due()
    assert {(event.source, event.owner, event.documents) for event in scene.told} == {("help", "Lea", ("a",)), ("docs", "Noor", ("b",))}


async def test_what_expired_is_due_too(scene):
    await scene.has("a", updated="2026-10-01", expires="2026-10-31")
    await scene.reviews().run_due()
    assert scene.told[0].documents == ("a",)


async def test_it_runs_by_itself_through_a_store_that_is_down(scene):
    await scene.has("a", updated="2025-02-01")
    scene.down, waits = True, []
    reviews = scene.reviews()

    async def wait(until: datetime) -> None:
        waits.append(until)
        scene.clock.at, scene.down = until, False
        if len(waits) == 3:
            raise Stopped

    scene.clock.wait = wait
    with pytest.raises(Stopped):
        await reviews.run()
    assert len(scene.told) == 1
    assert waits[0] - START == timedelta(hours=1)


class Stopped(Exception):
    pass
