"""Where repositories are: what is read as an address, and the pages of files."""

import pytest

from knowledge.net.links import Refused
from knowledge.repository.hosting import remote


@pytest.mark.parametrize(
    ("at", "branch", "link"),
    [
        ("https://github.com/acme/app.git", "main", "https://github.com/acme/app/blob/main/docs/a%20b.md"),
        ("git@github.com:acme/app.git", "main", "https://github.com/acme/app/blob/main/docs/a%20b.md"),
        ("ssh://git@github.com/acme/app", "main", "https://github.com/acme/app/blob/main/docs/a%20b.md"),
        ("https://gitlab.com/acme/team/app/", "main", "https://gitlab.com/acme/team/app/-/blob/main/docs/a%20b.md"),
        ("https://bitbucket.org/acme/app", "v1/x", "https://bitbucket.org/acme/app/src/v1/x/docs/a%20b.md"),
        ("https://codeberg.org/acme/app", "main", "https://codeberg.org/acme/app/src/branch/main/docs/a%20b.md"),
        ("https://git.acme.example/app", "main", ""),
    ],
)
def test_a_file_links_to_its_page_where_the_host_is_known(at, branch, link):
    assert remote(at, private_network=False).page(branch, "docs/a b.md") == link


@pytest.mark.parametrize(
    "at",
    [
        "ext::sh -c touch x",
        "git://git.example/r",
        "http://git.example/r",
        "file:///srv/r",
        "/srv/r",
        "--upload-pack=touch x",
        "https://token@git.example/r",
        "https://user:token@git.example/r",
        "ssh://-oProxyCommand=x/r",
        "ssh://-x@git.example/r",
        "-x@git.example:r",
        "https://git.example",
        "https://git.example:x/r",
        "https://git.example/r\nx",
        "fd::17",
    ],
)
def test_an_address_that_may_not_be_read_is_refused(at):
    with pytest.raises(Refused):
        remote(at, private_network=False)


@pytest.mark.parametrize("at", ["ext::sh -c x", "git://git.example/r", "fd::17", "--x"])
def test_the_private_network_allows_no_other_protocol(at):
    with pytest.raises(Refused):
        remote(at, private_network=True)
