"""What is logged: never a customer's words and never a key, at no level."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.claude import Access, ClaudeModel
from agent.model import ModelFault, Request
from cli.start import settings
from tests.support.messages import begin, end, messages_server, refused, stream, text

ASKED = Request("claude-sonnet-5-5", (), ({"role": "user", "content": "Where is my marzipan order?"},))
SAID = stream(begin(), *text("In the zanzibar warehouse."), *end())


@contextmanager
def debugging() -> Iterator[None]:
    """Log everything, as an operator who looks for a defect does; what the test runner listens with is put back."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.handlers.clear()
    settings(log_level="debug")
    logging.getLogger("anthropic").setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers


@pytest.mark.parametrize("answer", [SAID, refused(400, "invalid_request_error", "marzipan is not allowed")], ids=["an answer", "a refusal"])
async def test_a_call_of_a_language_model_logs_neither_words_nor_the_key(capsys, answer):
    async with messages_server(answer) as server:
        model = ClaudeModel(Access(key="sk-hunter2", url=server.url), strict=True)
        with debugging():
            try:
                await model.complete(ASKED)
            except ModelFault as error:
                logging.getLogger("frontdesk").warning("%s", error)
        await model.close()
    logged = capsys.readouterr().err.splitlines()
    assert [line for line in logged if any(word in line for word in ("marzipan", "zanzibar", "hunter2"))] == []
    assert "hunter2" not in repr(model.__dict__)


def test_our_own_loggers_are_heard_and_so_are_warnings_of_others(capsys):
    with debugging():
        logging.getLogger("frontdesk").debug("look here")
        logging.getLogger("anthropic").warning("a model is deprecated")
    logged = capsys.readouterr().err
    assert "look here" in logged
    assert "a model is deprecated" in logged
