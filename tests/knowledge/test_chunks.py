"""Chunks: an article cut by its structure, with ids that stay."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.article import Chunk
from desk.audience import INTERNAL
from knowledge.article import clean
from knowledge.chunks import MOST, cut, searchable
from knowledge.sections import size
from tests.knowledge.kit import chunk, document

WORDS = "Refunds reach the card within five working days of approval. "


def cuts(text: str, *, title: str = "Refunds") -> tuple[Chunk, ...]:
    return cut(document(title=title), text)


def headings(text: str) -> list[str]:
    return [made.heading for made in cuts(text)]


def test_each_section_is_a_chunk_with_the_path_of_its_headings():
    text = f"Intro.\n\n# Times\n\n{WORDS * 3}\n\n## By card\n\n{WORDS * 4}\n\n# Late\n\n{WORDS * 3}"
    assert [(made.n, made.heading) for made in cuts(text)] == [(0, ""), (1, "Times"), (2, "Times > By card"), (3, "Late")]


def test_a_chunk_carries_what_its_document_says_and_no_heading_line():
    (made,) = cuts(f"## Times\n\n{WORDS}")
    assert (made.title, made.url, made.document, made.text) == ("Refunds", "https://help.example/refunds", "refunds", WORDS.strip())


def test_a_chunk_carries_its_document_s_dates_audience_and_language():
    said = replace(document(audience=INTERNAL), updated="2026-01-02", reviewed="2026-02-03", expires="2027-01-01", language="fr")
    (made,) = cut(said, WORDS)
    assert (made.updated, made.reviewed, made.expires, made.audience, made.language) == ("2026-01-02", "2026-02-03", "2027-01-01", INTERNAL, "fr")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(WORDS * 3, "en", id="English"),
        pytest.param("Die Erstattung wird innerhalb von fünf Werktagen auf die Karte gebucht, mit der Sie bezahlt haben.", "de", id="German"),
        pytest.param("Le remboursement arrive sur votre carte dans les cinq jours ouvrés qui suivent notre accord.", "fr", id="French"),
        pytest.param("```py\n" + "value = compute(value)\n" * 20 + "```", "", id="code alone"),
        pytest.param("Call us.", "", id="too short to tell"),
        pytest.param("払い戻しは五営業日以内に届きます。" * 9, "", id="letters that are not told apart"),
    ],
)
def test_a_document_that_names_no_language_is_read_for_it(text, language):
    assert {made.language for made in cuts(text)} == {language}


def test_two_documents_with_one_title_stay_apart():
    one, other = (cut(document(id), f"# Refunds\n\n{WORDS}") for id in ("a", "b"))
    assert not {made.id for made in one} & {made.id for made in other}


def test_a_first_heading_that_repeats_the_title_is_not_part_of_the_path():
    assert headings(f"# Refunds\n\n{WORDS}\n\n## Late\n\n{WORDS * 4}") == ["", "Late"]


def test_markup_leaves_the_heading_and_stays_in_the_text():
    (made,) = cuts("## The `RF-` *reference*\n\nIt starts with `RF-`, see [below](#x).")
    assert (made.heading, made.text) == ("The RF- reference", "It starts with `RF-`, see [below](#x).")


def test_lists_tables_and_code_are_kept_whole():
    blocks = ["1. one\n2. two\n\n   more", "| a | b |\n|---|---|\n| 1 | 2 |", "```py\n# no heading\nx = 1\n```"]
    (made,) = cuts("\n\n".join(blocks))
    assert made.text == "\n\n".join(blocks)


def test_tiny_sections_under_one_heading_are_joined_with_their_headings_in_bold():
    (made,) = cuts("## Phone\n\nCall us.\n\n## Mail\n\nWrite to us.\n\n## Chat\n\nTalk to us.")
    assert made.heading == ""
    assert made.text == "**Phone**\n\nCall us.\n\n**Mail**\n\nWrite to us.\n\n**Chat**\n\nTalk to us."


def test_tiny_sections_under_different_headings_stay_apart():
    assert headings("# A\n\n## One\n\nCall us.\n\n# B\n\n## Two\n\nWrite to us.") == ["A > One", "B > Two"]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(WORDS * 60, id="a paragraph at its sentences"),
        pytest.param("\n".join(f"- {WORDS}" for _ in range(60)), id="a list at its items"),
        pytest.param("word " * 900, id="a sentence between words"),
        pytest.param("x" * 5_000, id="a word anywhere"),
        pytest.param("払い戻しは五営業日以内に届きます。" * 120, id="Japanese at its full stops"),
        pytest.param("> " + "\n> ".join([WORDS] * 60), id="a quotation at its lines"),
    ],
)
def test_a_block_longer_than_a_chunk_is_split_and_nothing_is_lost(block):
    made = cuts(block)
    assert len(made) > 1
    assert all(size(each.text) <= MOST for each in made)
    assert "".join("".join(each.text for each in made).split()) == "".join(block.split())


def test_every_piece_of_a_long_table_repeats_its_header():
    rows = "\n".join(f"| plan {n} | {WORDS.strip()} |" for n in range(60))
    made = cuts(f"| plan | what |\n|---|---|\n{rows}")
    assert len(made) > 1
    assert all(each.text.startswith("| plan | what |\n|---|---|\n| plan ") for each in made)


def test_every_piece_of_a_long_code_block_is_a_code_block():
    made = cuts("```sh\n" + "\n".join(f"frontdesk ingest folder-{n} --json" for n in range(200)) + "\n```")
    assert len(made) > 1
    assert all(each.text.startswith("```sh\n") and each.text.endswith("\n```") for each in made)


def test_headings_alone_make_no_chunk():
    assert cuts("# Refunds\n\n## Times\n\n---\n") == ()


def test_an_edit_leaves_the_ids_of_other_sections():
    before = cuts(f"# A\n\n{WORDS * 4}\n\n# B\n\n{WORDS * 4}\n\n# C\n\n{WORDS * 4}")
    after = cuts(f"# A\n\n{WORDS * 4}\n\n# New\n\n{WORDS * 4}\n\n# B\n\nOther words. {WORDS * 4}\n\n# C\n\n{WORDS * 4}")
    assert [each.id for each in after if each.heading != "New"] == [each.id for each in before]
    assert [each.heading for each in after if each.hash not in {old.hash for old in before}] == ["New", "B"]


def test_equal_headings_have_ids_of_their_own():
    made = cuts(f"# A\n\n{WORDS * 4}\n\n# A\n\n{WORDS * 4}")
    assert len({each.id for each in made}) == 2


def test_what_is_embedded_begins_with_title_and_headings():
    assert searchable(chunk("c-1", "Five days.")) == "Refunds\nFive days."


def test_right_to_left_text_and_emoji_are_cut_as_they_are():
    (made,) = cuts("## الاسترداد 💸\n\nيستغرق **خمسة** أيام.")
    assert (made.heading, made.text) == ("الاسترداد 💸", "يستغرق **خمسة** أيام.")


@given(st.text(alphabet=st.sampled_from("ab #*`-|>\n1.é💸م["), max_size=400))
def test_any_text_is_cut_into_unique_chunks_of_bounded_size(text):
    made = cuts(clean(text))
    assert len({each.id for each in made}) == len(made)
    assert all(each.text.strip() and size(each.text) <= MOST for each in made)
    assert made == cuts(clean(text))


@pytest.mark.parametrize("mark", ["[", "![", "*a_", "[a](", "`", "<a "])
def test_a_megabyte_of_marks_is_cut_in_time(mark):
    assert cuts(mark * (1_000_000 // len(mark)))


def test_a_heading_loses_its_markup_also_where_its_link_is_explained_elsewhere():
    assert headings(f"# The *late* [refund][r]\n\n{WORDS * 3}\n\n[r]: https://help.example") == ["The late refund"]


def test_a_heading_as_long_as_a_page_is_cut_since_every_piece_below_repeats_it():
    (heading,) = headings(f"# {'word ' * 1000}\n\n{WORDS * 3}")
    assert len(heading) <= 300
