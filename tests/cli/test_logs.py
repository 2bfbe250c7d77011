"""What is logged: never a customer's words and never a key, at no level."""

import logging

import pytest

from agent.claude import Access, ClaudeModel
from agent.model import ModelFault, Request
from cli.start import settings
from tests.support.messages import begin, end, messages_server, refused, stream, text

ASKED = Request("claude-sonnet-5-5", (), ({"role": "user", "content": "Where is my marzipan order?"},))
SAID = stream(begin(), *text("In the zanzibar warehouse."), *end())


@pytest.fixture(autouse=True)
def debugging(monkeypatch, tmp_path, capsys):
    """Log everything, as an operator who looks for a defect does; the loggers are put back."""
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    monkeypatch.setenv("FRONTDESK_LOG_LEVEL", "debug")
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    # Those of the test runner would be closed.
    root.handlers.clear()
    settings()
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("answer", [SAID, refused(400, "invalid_request_error", "marzipan is not allowed")], ids=["an answer", "a refusal"])
async def test_a_call_of_a_language_model_logs_neither_words_nor_the_key(capsys, monkeypatch, answer):
    logging.getLogger("anthropic").setLevel(logging.DEBUG)
    async with messages_server(answer) as server:
        model = ClaudeModel(Access(key="sk-hunter2", url=server.url), strict=True)
        try:
            await model.complete(ASKED)
        except ModelFault as error:
            logging.getLogger("frontdesk").warning("%s", error)
        await model.close()
    logged = capsys.readouterr().err
    assert [line for line in logged.splitlines() if any(word in line for word in ("marzipan", "zanzibar", "hunter2"))] == []
    assert "hunter2" not in repr(model.__dict__)


def test_our_own_loggers_are_heard_and_so_are_warnings_of_others(capsys):
    logging.getLogger("frontdesk").debug("look here")
    logging.getLogger("anthropic").warning("a model is deprecated")
    logged = capsys.readouterr().err
    assert "look here" in logged
    assert "a model is deprecated" in logged
