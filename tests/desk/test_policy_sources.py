"""Sources in a policy: what each key takes, and what is said of one that is wrong."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.policy_check import PolicyError, merged, read_policy
from desk.source import Source, SourceKind

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text("utf-8"))


def sources(text: str) -> tuple[Source, ...]:
    return read_policy(merged(SHIPPED, tomllib.loads(text))).knowledge.sources


def problem(line: str) -> str:
    with pytest.raises(PolicyError) as raised:
        sources(f'[[knowledge.sources]]\nname = "help"\nkind = "web"\n{line}\n')
    (found,) = raised.value.problems
    return str(found)


def test_a_source_needs_a_name_and_a_kind_and_the_rest_has_defaults():
    (found,) = sources('[[knowledge.sources]]\nname = "help"\nkind = "web"\nat = "https://help.example"\n')
    assert found == Source("help", SourceKind.WEB, "https://help.example")
    assert (found.every, found.audience, found.private_network) == (None, PUBLIC, False)


def test_every_key_is_read():
    (found,) = sources(
        '[[knowledge.sources]]\nname = "d-1_x"\nkind = "git"\nat = "https://git.example/docs"\nevery = "6h"\nowner = "Lea"\nreview = "90d"\n'
        'audience = "account:acme"\nlanguage = "de"\nsecret = "GIT_TOKEN"\ninclude = ["docs/**"]\nexclude = ["docs/old/**"]\n'
        'private_network = true\nmost = 12\nbranch = "main"\n'
    )
    assert (found.every, found.review, found.most) == (timedelta(hours=6), timedelta(days=90), 12)
    assert (str(found.audience), found.secret, found.branch) == ("account:acme", "GIT_TOKEN", "main")
    assert (found.include, found.exclude, found.private_network) == (("docs/**",), ("docs/old/**",), True)


@pytest.mark.parametrize("kind", ["notion", "confluence"])
def test_a_wiki_is_the_teams_alone_unless_the_policy_says_otherwise(kind):
    wiki = f'[[knowledge.sources]]\nname = "wiki"\nkind = "{kind}"\nat = "export.zip"\n'
    assert sources(wiki)[0].audience == INTERNAL
    assert sources(wiki + 'audience = "public"\n')[0].audience == PUBLIC


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('kid = "x"', "did you mean 'kind'?"),
        ('every = "soon"', "write a number and s, m, h or d"),
        ('secret = "sk-12345"', "never the token itself"),
        ('include = "docs"', "write a list of texts in quotes"),
        ("most = -1", "write a whole number, 0 or more"),
        ('audience = "everybody"', "audience"),
        ("private_network = 1", "write true or false"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_write(line, said):
    found = problem(line)
    assert found.startswith("knowledge.sources.0")
    assert said in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[knowledge.sources]]\nkind = "web"\n', "this key is missing"),
        ('[[knowledge.sources]]\nname = "help"\n', "this key is missing"),
        ('[[knowledge.sources]]\nname = "a b/c"\nkind = "web"\n', "write a short name"),
        ('[[knowledge.sources]]\nname = "help"\nkind = "wiki"\n', "write one of folder, web"),
        ('[knowledge]\nsources = "help"\n', "write a list"),
        ('[knowledge]\nsources = ["help"]\n', "write sources as tables"),
        ('[[knowledge.sources]]\nname = "a"\nkind = "web"\n[[knowledge.sources]]\nname = "a"\nkind = "git"\n', "two sources have this name"),
    ],
)
def test_a_source_that_cannot_be_told_apart_or_read_is_refused(text, said):
    with pytest.raises(PolicyError) as raised:
        sources(text)
    assert said in str(raised.value)
