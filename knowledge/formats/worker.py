"""Workers: the process that binary files are parsed in, which has given up whatever parsing does not need."""

from __future__ import annotations

import json
import resource
import select
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any, BinaryIO

from desk.errors import InvalidInput
from knowledge.formats.extract import READY, Extract, extractors
from knowledge.formats.picture import Drawn

MEMORY = 1_500_000_000
"""Bytes of address space, the parsers included; without effect on macOS."""
IDLE_SECONDS = 60
"""How long a worker waits for the next file before it ends; starting another takes half a second."""
LIMITS = {
    resource.RLIMIT_NOFILE: 3,  # The three standard ones that are open: no file can be opened, and no connection made.
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}
REFUSED = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.dlopen", "pty.", "mmap.")
"""How those things begin that Python announces before it does them (sys.addaudithook), and that no parser needs."""
LATE = (
    *("encodings.cp437", "encodings.cp1252", "encodings.utf_16", "encodings.idna", "heapq", "xml.dom.expatbuilder", "xml.parsers.expat"),
    *("html_to_markdown", "lxml.html", "mammoth", "pptx", "pypdfium2.raw"),
    *(f"PIL.{form}ImagePlugin" for form in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")),
    "PIL.ImageOps",
)
"""What parsers import only when they need it, when it could not be opened any more."""
BROKEN = "the file is broken or of another kind than its name says"


def main() -> None:
    """Serve files from standard input until there are no more: a line of JSON with kind, size and seconds, then that many bytes."""
    readers = extractors()
    _give_up()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while select.select([source], [], [], IDLE_SECONDS)[0] and (line := source.readline()):
        request = json.loads(line)
        content = source.read(request["size"])
        _allow_seconds(request["seconds"])
        answer = _answer(readers[request["kind"]], content)
        _send(sink, answer)


def _answer(read: Callable[[bytes], Extract | Drawn], content: bytes) -> Mapping[str, Any]:
    try:
        return asdict(read(content))
    except InvalidInput as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"the file needs more than {MEMORY / 1e9:.1f} GB of memory to be read: split it"}
    except tuple(_complaints()) as error:
        return {"error": f"{BROKEN} ({type(error).__name__})"}


def _complaints() -> Iterator[type[Exception]]:
    """Yield what parsers raise about a file. Whatever else they do ends the worker, and the file is reported for that."""
    import zipfile
    import zlib
    from xml.parsers.expat import ExpatError

    from lxml.etree import LxmlError
    from pptx.exc import PythonPptxError
    from pypdfium2 import PdfiumError

    yield from (zipfile.BadZipFile, zlib.error, ExpatError, LxmlError, PdfiumError, PythonPptxError, NotImplementedError, RecursionError)
    yield from (LookupError, ValueError, TypeError, AttributeError, EOFError, OSError)


def _send(sink: BinaryIO, answer: Mapping[str, Any]) -> None:
    content = json.dumps(answer).encode()
    sink.write(b"%d\n" % len(content))
    sink.write(content)
    sink.flush()


def _give_up() -> None:
    """Load the rest while files can be opened, then lower the limits for good."""
    for name in LATE:
        import_module(name)
    # macOS counts what it maps for every process, hundreds of gigabytes, and refuses a limit below that.
    memory = {} if sys.platform == "darwin" else {resource.RLIMIT_AS: MEMORY}
    for limit, value in (LIMITS | memory).items():
        hard = resource.getrlimit(limit)[1]
        lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lower, lower))
    sys.addaudithook(_refuse)  # To remove or rename a file takes no descriptor, so that the limit on them is not enough.


def _refuse(event: str, arguments: object) -> None:
    if event == "open" or event.startswith(REFUSED):
        raise PermissionError(f"a parser may not do {event}")


def _allow_seconds(seconds: int) -> None:
    """Let the kernel end this process when the next file takes more CPU time than that."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, resource.RLIM_INFINITY))
