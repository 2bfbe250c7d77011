"""Quality: old, doubled and contradicting articles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.article import Document
from desk.audience import INTERNAL, PUBLIC, Audience
from desk.source import Source, SourceKind
from knowledge.ingestion import ingest
from knowledge.syncing.quality import Ages, Concern, age, check, is_duplicate, last_seen
from tests.fakes import MemoryLibrary, WordEmbedder

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
AGES = Ages((), timedelta(days=180))
REFUNDS = "Refunds go back to the card that was used for the payment, and reach it within 5 working days after we approved them."


def document(**dates: str) -> Document:
    return Document("refunds", dates.pop("source", "/kb"), "Refunds", "", PUBLIC, "h", **dates)


def never(one: str, other: str) -> None:
    return None


def words_differ(one: str, other: str) -> tuple[str, str] | None:
    return (one, other) if "5 working" in one + other and "9 working" in one + other else None


async def checked(folder: Path, articles: dict[str, str], *, compare=never, now: datetime = NOW):
    for name, text in articles.items():
        (folder / f"{name}.md").write_text(text)
    library, embedder = MemoryLibrary(), WordEmbedder()
    await ingest([folder], library=library, embedder=embedder, folders={})
    return await check(library, AGES, now=now, embedder=embedder.id, compare=compare)


def front(text: str, **fields: str) -> str:
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + f"---\n{text}\n"


@pytest.mark.parametrize(
    ("dates", "concern"),
    [
        ({"updated": "2026-10-01"}, None),
        ({"updated": "2025-01-01", "reviewed": "2026-10-01"}, None),
        ({"updated": "2026-01-01"}, Concern.STALE),
        ({"updated": "2026-05-06"}, Concern.STALE),
        ({"updated": "2026-05-07"}, None),
        ({}, Concern.UNDATED),
        ({"updated": "last spring"}, Concern.UNDATED),
        ({"updated": "2026-10-01", "expires": "2026-11-02"}, Concern.EXPIRED),
        ({"updated": "2026-10-01", "expires": "2026-11-03"}, None),
    ],
)
def test_the_dates_of_an_article_say_whether_somebody_should_look(dates, concern):
    found = age(document(**dates), AGES, now=NOW)
    assert (found.concern if found else None) == concern


@pytest.mark.parametrize("interval", [timedelta(days=180), timedelta(days=999_999_999)], ids=["an ordinary interval", "an endless one"])
@pytest.mark.parametrize("updated", ["9999-12-31", "2099-01-01", "2026-11-01"])
def test_days_and_intervals_at_the_end_of_the_calendar_are_not_due(updated, interval):
    assert age(document(updated=updated), Ages((), interval), now=NOW) is None


def test_a_source_has_its_own_interval_and_owner_and_an_article_its_own_owner():
    ages = Ages((Source("help", SourceKind.WEB, owner="Lea", review=timedelta(days=30)),), timedelta(days=180))
    stale = age(document(source="source:help", updated="2026-09-01"), ages, now=NOW)
    assert stale is not None
    assert (stale.concern, stale.owner) == (Concern.STALE, "Lea")
    own = age(document(source="source:help", updated="2026-09-01", owner="Noor"), ages, now=NOW)
    assert own is not None
    assert own.owner == "Noor"
    assert age(document(source="/elsewhere", updated="2026-09-01"), ages, now=NOW) is None


def test_the_later_of_change_and_review_counts():
    assert str(last_seen(document(updated="2026-03-01", reviewed="2026-09-01"))) == "2026-09-01"
    assert str(last_seen(document(updated="2026-10-01", reviewed="2026-09-01"))) == "2026-10-01"


def test_a_text_that_stands_twice_but_for_a_few_words_is_a_duplicate():
    assert is_duplicate(REFUNDS, REFUNDS.replace("approved", "confirmed"))
    assert not is_duplicate(REFUNDS, "Refunds go back to the card. " + "Elsewhere we say quite other things about payments and their ways. " * 2)
    assert not is_duplicate("See also: Refunds", "See also: Refunds")
    assert is_duplicate("Refunds take five days to arrive.", "refunds take five days  to arrive.")
    assert not is_duplicate("Refunds take five days to arrive.", "Refunds take nine days to arrive.")


async def test_two_articles_that_say_the_same_are_listed_once(tmp_path):
    found = await checked(
        tmp_path, {name: front(f"# {name}\n\n{REFUNDS}", updated="2026-10-01") for name in ("one", "two")} | {"far": "# Far\n\nTigers sleep."}
    )
    (double,) = [finding for finding in found if finding.concern is Concern.DUPLICATE]
    assert set(double.documents) == {"one.md", "two.md"}


async def test_two_articles_that_disagree_are_listed_with_what_each_says(tmp_path):
    other = REFUNDS.replace("5 working", "9 working").replace("go back", "are returned")
    found = await checked(tmp_path, {"one": f"# Money\n\n{REFUNDS}", "two": f"# Money\n\n{other}"}, compare=words_differ)
    assert any(finding.concern is Concern.CONTRADICTING and "9 working" in finding.detail for finding in found)


async def test_a_copy_with_another_figure_contradicts_and_is_no_mere_duplicate(tmp_path):
    found = await checked(tmp_path, {"one": REFUNDS, "two": REFUNDS.replace("5 working", "9 working")}, compare=words_differ)
    assert [finding.concern for finding in found if finding.concern is not Concern.UNDATED] == [Concern.CONTRADICTING]


async def test_prices_of_two_products_do_not_contradict_each_other(tmp_path):
    text = "With the {} Account you get {} working days of support and the {} Account has no fee for it at all in any month."
    articles = {name: f"# {name} Account fees\n\n{text.format(name, days, name)}" for name, days in (("Bronze", 5), ("Gold", 9))}
    assert not [f for f in await checked(tmp_path, articles, compare=words_differ) if f.concern is Concern.CONTRADICTING]


async def test_what_two_accounts_are_told_apart_may_differ_but_a_public_article_and_an_internal_one_may_not(tmp_path):
    other = REFUNDS.replace("5 working", "9 working").replace("go back", "are returned")

    async def concerns(one: Audience | str, two: Audience | str) -> set[Concern]:
        found = await checked(
            tmp_path, {"one": front(f"# Money\n\n{REFUNDS}", audience=str(one)), "two": front(f"# Money\n\n{other}", audience=str(two))},
            compare=words_differ,
        )  # fmt: skip
        return {finding.concern for finding in found}

    assert Concern.CONTRADICTING not in await concerns("account:acme", "account:globex")
    assert Concern.CONTRADICTING in await concerns(PUBLIC, INTERNAL)


async def test_what_expired_is_only_called_expired(tmp_path):
    found = await checked(tmp_path, {"one": front(REFUNDS, expires="2026-11-01", updated="2026-01-01"), "two": front(REFUNDS, updated="2026-10-30")})
    assert [(finding.concern, finding.documents) for finding in found] == [(Concern.EXPIRED, ("one.md",))]


async def test_an_empty_library_has_nothing_to_look_at():
    assert await check(MemoryLibrary(), AGES, now=NOW, embedder="words@1", compare=never) == []
