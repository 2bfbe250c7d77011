"""Missing: which documents of a source are gone, and which only cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from desk.article import Document
from knowledge.article import Failure


def missing(known: Mapping[str, Document], *, present: Set[str], failed: Sequence[Failure]) -> tuple[str, ...]:
    """Return the documents of one source that are not in it any more. `known` is what the library has of it, by id.

    A failure holds back the documents that it may hide: those it names and those that came from its file. Of a file that nothing is known
    of it may be any, a document that was moved into it as well, and then none is gone.
    """
    files = {document.file for document in known.values()} - {""}
    if any(failure.ids is None and failure.file not in files for failure in failed):
        return ()
    held = set(present).union(*(failure.ids or () for failure in failed))
    broken = {failure.file for failure in failed if failure.file}
    # A document that was put before files were noted may have come from any of them.
    return tuple(id for id, document in known.items() if id not in held and not (broken and document.file in {"", *broken}))
