"""The command line as a whole: the commands, and how a wrong call or a failure is told."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from cli import actions, ask, customers, erase, invite, kb, keep, knowledge, manifest, oncall, policy, report, rules, serve, sla, summary, train, why
from cli.output import say
from cli.play import command as play
from desk.errors import FrontdeskError, InvalidInput
from desk.policy_check import PolicyError

CONTEXT = {"help_option_names": ["-h", "--help"]}
WRONG_CALL, FAILURE, INTERRUPTED = 2, 1, 130

app = typer.Typer(
    name="frontdesk",
    help="A support agent that answers with sources, and knows when a human must.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
)
for module in (
    serve,
    knowledge,
    kb,
    ask,
    train,
    why,
    summary,
    report,
    play,
    policy,
    rules,
    manifest,
    invite,
    actions,
    sla,
    oncall,
    customers,
    keep,
    erase,
):
    module.register(app)

log = logging.getLogger("frontdesk.cli")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing it can fail with reaches the terminal as a traceback."""
    try:
        result = app(args=list(arguments), prog_name="frontdesk", standalone_mode=False)
    except TyperException as error:
        return _fail(error.format_message(), code=WRONG_CALL)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; without this Python complains again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except FrontdeskError as error:
        # A policy file with several mistakes has a line for each.
        if isinstance(error.__cause__, PolicyError):
            return _fail(*str(error).splitlines(), code=FAILURE)
        # A policy file with a mistake is no wrong call: the call was right and the file was not.
        return _fail(str(error), code=WRONG_CALL if isinstance(error, InvalidInput) and not isinstance(error, PolicyError) else FAILURE)
    except OSError as error:
        return _fail(
            f"{error.filename or 'a file'} cannot be used: {error.strerror or error}; set FRONTDESK_HOME to a folder that you may write to",
            code=FAILURE,
        )
    # The last door: whatever it is, a person at a terminal gets a sentence.
    except Exception as error:
        log.debug("the command failed", exc_info=True)
        return _fail(f"something went wrong: {type(error).__name__}: {error} (FRONTDESK_LOG_LEVEL=debug shows where)", code=FAILURE)
    return result if isinstance(result, int) else 0


def _fail(*sentences: str, code: int) -> int:
    for sentence in filter(None, sentences):
        say(" ".join(sentence.split()))
    return code
