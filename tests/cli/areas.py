"""Areas: the modules that hold the stories' tests, one for each part of the desk."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.cli.told import Told


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules whose tests are named after a story each."""
    return tuple(import_module(f"tests.cli.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_stories*.py")))


def own_test(story: str) -> Callable[[Told], None] | None:
    """Return the test that a story has of its own, None where it has none."""
    name = f"test_{story.replace('-', '_')}"
    return next((getattr(module, name) for module in modules() if hasattr(module, name)), None)
