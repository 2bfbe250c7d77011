"""The sandbox: what a worker may not do, and what happens when it dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from reportlab.platypus import Spacer

from desk.errors import InvalidInput, Unavailable
from knowledge.formats.sandbox import BROUGHT_DOWN, ROOT, Sandbox
from tests.knowledge import papers

PDF = papers.lines("Refunds take five days.")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


ATTEMPTS = {
    "read a file": "open('/etc/passwd')",
    "read a file by its descriptor": "os.open('/etc/passwd', os.O_RDONLY)",
    "write a file": "open(sys.argv[1], 'w')",
    "remove a file": "os.remove(sys.argv[1])",
    "rename a file": "os.rename(sys.argv[1], sys.argv[1] + '.x')",
    "list a folder": "os.listdir('/')",
    "make a connection": "socket.socket()",
    "resolve a name": "socket.getaddrinfo('localhost', 80)",
    "start a program": "subprocess.run(['true'])",
    "start a shell": "os.system('true')",
    "make another process": "os.fork()",
    "send a signal": "os.kill(os.getppid(), 0)",
}
if sys.platform != "darwin":
    ATTEMPTS["take more memory than it is given"] = "bytearray(2_000_000_000)"
CONFINED = """
import json, os, socket, subprocess, sys
sys.path.insert(0, sys.argv[2])
from knowledge.formats.worker import _give_up
_give_up()
results = {}
for name, code in json.loads(sys.argv[3]).items():
    try:
        eval(code)
        results[name] = "done"
    except (OSError, MemoryError) as error:
        results[name] = type(error).__name__
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, str]:
    """What came of the attempts, all in one process that has given up what a worker gives up."""
    file = tmp_path_factory.mktemp("outside") / "file"
    file.write_text("kept")
    command = [sys.executable, "-c", CONFINED, str(file), str(ROOT), json.dumps(ATTEMPTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert file.read_text() == "kept"
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("attempt", list(ATTEMPTS))
def test_a_worker_may_not(attempt, results):
    assert results[attempt] in ("PermissionError", "MemoryError")


def test_the_kernel_refuses_a_file_as_well_as_python_does():
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import ctypes; native = ctypes.CDLL(None); "
        "from knowledge.formats.worker import _give_up; _give_up()"
    )
    code += "\nprint(native.open(b'/etc/passwd', 0), native.socket(2, 1, 0))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["-1", "-1"]


def test_a_worker_has_no_more_time_than_it_is_given():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from knowledge.formats.worker import _allow_seconds; _allow_seconds(0)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGXCPU


def test_a_worker_knows_no_secrets(monkeypatch, sandbox):
    monkeypatch.setenv("FRONTDESK_SECRET", "hunter2")
    sandbox.close()
    sandbox.extract(".pdf", PDF)
    environment = Path(f"/proc/{_pid(sandbox)}/environ")
    if not environment.exists():
        pytest.skip("this system shows no process's environment")
    assert environment.read_bytes() == b""


def test_a_file_is_read(sandbox):
    assert sandbox.extract(".pdf", PDF).text == "Refunds take five days."


def test_one_worker_reads_many_files(sandbox):
    sandbox.extract(".pdf", PDF)
    first = _pid(sandbox)
    sandbox.extract(".docx", papers.docx(lambda document: document.add_paragraph("Five days.")))
    with pytest.raises(InvalidInput):
        sandbox.extract(".pdf", b"%PDF-nonsense")
    assert sandbox.extract(".pdf", PDF).text
    assert _pid(sandbox) == first


def test_a_file_that_cannot_be_read_says_why(sandbox):
    with pytest.raises(InvalidInput, match="protected by a password"):
        sandbox.extract(".pdf", papers.pdf(lambda styles: [Spacer(1, 1)], password="secret"))


def test_a_file_that_breaks_its_parser_is_reported_and_the_next_is_read(sandbox):
    with pytest.raises(InvalidInput, match="broken or of another kind"):
        sandbox.extract(".docx", b"PK\x03\x04 nonsense")
    assert sandbox.extract(".pdf", PDF).text


def test_a_worker_that_was_killed_is_replaced(sandbox):
    sandbox.extract(".pdf", PDF)
    os.kill(_pid(sandbox), 9)
    assert sandbox.extract(".pdf", PDF).text == "Refunds take five days."


def test_a_worker_that_retired_is_replaced(sandbox):
    sandbox.extract(".pdf", PDF)
    sandbox.close()
    assert sandbox.extract(".pdf", PDF).text == "Refunds take five days."


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read():
    sandbox = Sandbox(seconds=0.01)
    with pytest.raises(InvalidInput, match="takes more than"):
        sandbox.extract(".pdf", papers.lines(*[papers.WORDS] * 30, pages=200))
    sandbox._seconds = 60
    assert sandbox.extract(".pdf", PDF).text == "Refunds take five days."
    sandbox.close()


def test_a_worker_that_dies_over_a_file_does_not_take_the_desk_with_it(sandbox):
    sandbox.extract(".pdf", PDF)
    with pytest.raises(InvalidInput, match=BROUGHT_DOWN):
        sandbox.extract(".unknown", b"x")
    assert sandbox.extract(".pdf", PDF).text


def test_a_worker_that_does_not_start_is_no_fault_of_the_file(monkeypatch, sandbox):
    monkeypatch.setattr("knowledge.formats.sandbox.PROGRAM", "raise SystemExit(3)")
    sandbox.close()
    with pytest.raises(Unavailable, match="does not start"):
        sandbox.extract(".pdf", PDF)
    monkeypatch.undo()
    assert sandbox.extract(".pdf", PDF).text


def test_without_an_interpreter_nothing_is_read(monkeypatch, sandbox):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    sandbox.close()
    with pytest.raises(Unavailable, match="no process can be started"):
        sandbox.extract(".pdf", PDF)


def test_several_threads_share_a_worker(sandbox):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: sandbox.extract(".pdf", papers.lines(f"Answer {n}.")).text, range(12)))
    assert found == [f"Answer {n}." for n in range(12)]


def test_a_worker_ends_with_the_desk_that_started_it():
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from knowledge.formats.sandbox import _started; w = _started(); print(w.pid, flush=True); "
        "import os; os._exit(0)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    _wait_for_end(pid)


def _pid(sandbox: Sandbox) -> int:
    assert sandbox._worker
    return sandbox._worker.pid


def _wait_for_end(pid: int) -> None:
    import psutil

    for process in [psutil.Process(pid)] if psutil.pid_exists(pid) else []:
        psutil.wait_procs([process], timeout=30)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
