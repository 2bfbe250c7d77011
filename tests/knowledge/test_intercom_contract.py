"""Intercom's own specification: a mock server made of it answers the connector, and our fake help center keeps to it."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from desk.audience import INTERNAL
from desk.errors import Misconfigured
from desk.source import SourceKind
from knowledge.helpcenters.intercom import open_intercom
from tests.knowledge.helpcenters import Workspace, articles, failures, read, source
from tests.knowledge.site import fetching
from tests.support.needs import lacking

SPEC = Path(__file__).parents[3] / "shared" / "contracts" / "specs" / "intercom-2.14.yaml"
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="needs ../shared/contracts/specs/intercom-2.14.yaml")
LISTINGS = {"/articles?": "article_list", "/internal_articles?": "internal_article_list", "/help_center/collections?": "collection_list"}


@asynccontextmanager
async def mocked() -> AsyncIterator[str]:
    """Serve the specification by Prism, which answers with its examples and refuses requests that do not keep to it."""
    program = shutil.which("prism")
    if program is None:
        lacking("Prism is not installed: npm install --global @stoplight/prism-cli@5.16.0")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        program, "mock", "--host", "127.0.0.1", "--port", str(port), str(SPEC), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert server.stdout
    said = b""
    async with asyncio.timeout(90):
        while b"is listening" not in said:
            line = await server.stdout.readline()
            assert line, f"Prism ended: {said.decode()}"
            said += line
    # Read on, since a server whose pipe is full waits.
    reading = asyncio.create_task(server.stdout.read())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        await server.wait()
        await reading


async def test_the_examples_of_the_specification_are_read():
    async with mocked() as address, fetching() as fetcher:
        batches = await read(open_intercom(source(SourceKind.INTERCOM, address, secret="TOKEN"), fetcher, environ={"TOKEN": "key"}))
        with pytest.raises(Misconfigured, match="put a valid token into TOKEN"):
            # The specification knows no Basic credentials, which is what a token with a colon would be sent as.
            await read(open_intercom(source(SourceKind.INTERCOM, address, secret="TOKEN"), fetcher, environ={"TOKEN": "user:key"}))
    found = articles(batches)
    assert {id: (article.title, article.text, article.audience) for id, article in found.items()} == {
        "internal/39": ("Thanks for everything", "Body of the Article", INTERNAL)
    }
    # The example of a published article has no text.
    assert [(failure.path.rpartition("/")[2], failure.reason) for failure in failures(batches)] == [
        ("39-this-is-the-article-title", "the article is empty")
    ]


@pytest.mark.parametrize("by_cursor", [False, True])
@pytest.mark.parametrize("path", LISTINGS)
def test_the_fake_help_center_answers_as_specified(path, by_cursor):
    workspace = Workspace(by_cursor=by_cursor)
    for id in range(3):
        workspace.add(
            id, default_locale="en", translated_content={"type": "article_translated_content", "de": {"type": "article_content", "title": "x"}}
        )
        workspace.internal_articles.append({"id": str(id), "title": "Ours", "body": "Text.", "owner_id": 1, "author_id": 1, "locale": "en"})
        workspace.collections.append({"id": str(id), "name": "Money", "parent_id": None, "description": None, "order": id})
    said = json.loads(workspace(f"{path}per_page=50").body)
    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator(LISTINGS[path]).iter_errors(said)] == []


def test_the_judge_of_the_fake_sees_what_is_wrong():
    wrong = {"type": "list", "data": [{"id": 5, "parent_id": None, "state": "hidden"}]}
    assert sorted(error.message for error in validator("article_list").iter_errors(wrong)) == [
        "'hidden' is not one of ['published', 'draft']",
        "5 is not of type 'string'",
    ]


def validator(name: str) -> Draft4Validator:
    """Return what judges an answer by a schema of the specification."""
    return Draft4Validator({"$ref": f"spec#/components/schemas/{name}"}, registry=schemas())


@cache
def schemas() -> Registry[Any]:
    spec = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Registry().with_resource("spec", DRAFT4.create_resource(nullable(spec)))


def nullable(schema: Any) -> Any:
    """Return schemas with what OpenAPI 3.0 says beside JSON Schema said within it."""
    if isinstance(schema, list):
        return [nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: nullable(value) for name, value in schema.items() if name != "example"}
    if schema.get("nullable") is True and ("type" in plain or "$ref" in plain):
        return {"anyOf": [{"enum": [None]}, plain]}
    return plain
