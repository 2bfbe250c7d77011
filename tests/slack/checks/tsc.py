"""Slack's own types, held against what we send, by the TypeScript compiler that npm installed. Nothing is downloaded."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.support.needs import lacking

TYPES = ("@slack/types", "3.2.0")
COMPILER = "typescript"
KINDS = {"blocks": "KnownBlock[]", "modal": "ModalView", "home": "HomeView"}


def complaints(folder: Path, shown):
    """Return what the compiler says of things of a kind: `(kind, JSON)`; nothing when Slack's types allow them all."""
    packages = _packages()
    lines = [f"const x{n}: {KINDS[kind]} = {json.dumps(thing)};" for n, (kind, thing) in enumerate(shown)]
    source = folder / "shown.ts"
    source.write_text("\n".join(["import type { HomeView, KnownBlock, ModalView } from '@slack/types';", *lines, "export {};"]))
    (folder / "node_modules").symlink_to(packages)
    options = {"strict": True, "noEmit": True, "skipLibCheck": True, "types": [], "module": "nodenext", "target": "es2022"}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": [source.name]}))
    command = ["node", str(packages / COMPILER / "bin" / "tsc"), "--project", str(folder)]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (said.returncode == 0) == (not said.stdout), said.stderr
    return said.stdout.splitlines()


@cache
def _packages() -> Path:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("Node is not installed, which the TypeScript compiler runs on")
    root = Path(subprocess.run([npm, "root", "--global"], capture_output=True, text=True, timeout=60, check=False).stdout.strip())
    for name in (TYPES[0], COMPILER):
        if not (root / name / "package.json").is_file():
            lacking(f"{name} is not installed (npm install --global {TYPES[0]}@{TYPES[1]} {COMPILER}@5.9.3)")
    return root
