"""Who may import whom: the table of the design, followed through our own modules; and what must not be imported to begin with."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("desk", "handlers", "bot", "agent", "knowledge", "escalation", "crm", "selfservice", "pagers", "mail", "store", "insights", "cli")
MODULES = ("main", "bootstrap", "runtime", "settings")
EVERYTHING = frozenset(PACKAGES) | frozenset(MODULES)
MAY_IMPORT = {
    "desk": frozenset(),
    "escalation": {"desk"},
    "insights": {"desk"},
    "handlers": {"desk", "escalation", "insights"},
    "agent": {"desk"},
    "knowledge": {"desk"},
    "crm": {"desk"},
    "selfservice": {"desk"},
    "pagers": {"desk"},
    "mail": {"desk"},
    "store": {"desk"},
    "bot": {"desk"},
    "settings": {"desk"},
    "runtime": EVERYTHING,
    "cli": EVERYTHING,
    "bootstrap": EVERYTHING,
    "main": EVERYTHING,
}
"""What a package may import of ours, itself apart."""
SDKS = {
    "slack_bolt": ("bot.slack",),
    "slack_sdk": ("bot.slack",),
    "discord": ("bot.discord",),
    "starlette": ("bot.web",),
    "uvicorn": ("bot.web",),
    "jinja2": ("bot.web",),
    "prometheus_client": ("bot.web",),
    "anthropic": ("agent.claude",),
    "qdrant_edge": ("knowledge",),
    "qdrant_client": ("knowledge",),
    "llama_index": ("knowledge",),
    "onnxruntime": ("knowledge",),
    "tokenizers": ("knowledge",),
    "transformers": ("knowledge",),
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "dbos": ("store.engine",),
    "aiosmtplib": ("mail",),
    "holidays": ("escalation.calendars",),
    "icalendar": ("escalation.calendars",),
    "dateutil": ("escalation.calendars",),
    "matplotlib": ("insights.charts",),
    "typer": ("cli", "bootstrap"),
    "rich": ("cli", "bootstrap"),
}
"""The libraries that may appear only there, also inside functions."""
ADAPTERS = ("agent", "bot", "crm", "knowledge", "mail", "pagers", "selfservice", "store")
HEAVY = ("sqlalchemy", "dbos", "onnxruntime", "tokenizers", "starlette", "uvicorn", "qdrant_edge", "numpy", "lingua", "alembic", "jinja2")


def sources() -> dict[str, Path]:
    """Return our modules by dotted name."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))] + [ROOT / f"{name}.py" for name in MODULES]
    return {_name(path): path for path in paths if path.exists()}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(path: Path, *, at_import: bool = False) -> frozenset[str]:
    """Return the dotted names a file imports: all of them, or those that importing it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in _at_import(tree) if at_import else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _at_import(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes that run when a module is imported: not those inside functions or under TYPE_CHECKING."""
    waiting, found = [tree], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        ):
            continue
        found.append(node)
        waiting += ast.iter_child_nodes(node)
    return found


def reached(module: str) -> frozenset[str]:
    """Return everything that importing a module imports, through our own modules and the packages they lie in."""
    ours = sources()
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in ours:
            waiting += imports(ours[name], at_import=True)
            waiting += [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
    return frozenset(seen)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("module", sorted(sources()))
def test_a_module_imports_only_the_packages_it_may(module):
    own = _top(module)
    used = {_top(name) for name in imports(sources()[module])} & EVERYTHING
    assert used - {own} <= MAY_IMPORT[own]


@pytest.mark.parametrize("module", sorted(sources()))
def test_an_sdk_appears_only_where_it_is_named(module):
    used = {_top(name) for name in imports(sources()[module])} & SDKS.keys()
    assert {sdk for sdk in used if not _is_within(module, SDKS[sdk])} == set()


def test_the_domain_needs_the_standard_library_only():
    used = {_top(name) for module, path in sources().items() if _top(module) == "desk" for name in imports(path)}
    assert used - {"desk"} <= sys.stdlib_module_names


@pytest.mark.parametrize("package", ["desk", "escalation", "insights", "handlers"])
def test_no_sdk_is_reached_through_our_own_modules(package):
    modules = [module for module in sources() if _top(module) == package]
    found = {_top(name) for module in modules for name in reached(module)}
    assert found & SDKS.keys() == set()


def test_a_package_can_be_imported_without_its_sdk():
    packages = [module for module, path in sources().items() if path.name == "__init__.py"]
    assert {module: imports(sources()[module]) for module in packages if imports(sources()[module])} == {}


def test_only_bootstrap_and_the_command_line_name_adapters():
    naming = {_top(module) for module, path in sources().items() if {_top(name) for name in imports(path)} & set(ADAPTERS) - {_top(module)}}
    assert naming <= {"bootstrap", "runtime", "cli"}


def test_no_import_is_relative():
    relative = [
        node for path in sources().values() for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_our_modules_do_not_import_each_other_in_a_circle():
    ours = sources()
    graph = {module: {name for name in imports(path, at_import=True) if name in ours} for module, path in ours.items()}
    circles = [module for module in graph if module in _reachable(graph, module)]
    assert circles == []


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


@pytest.mark.parametrize("arguments", [["--help"], ["search", "--help"], ["policy", "-h"], ["play", "-h"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments):
    code = f"import sys; from cli.app import run; run({arguments!r}); print(sorted(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
