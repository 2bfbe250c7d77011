"""Training from the command line: a customer's own categories, measured, kept by version, and chosen among."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value, say
from cli.start import reading, run_async, settings

if TYPE_CHECKING:
    from agent.shelf import Shelf

SHOWN = 8
CURVE = (0.3, 0.5, 0.6, 0.7, 0.9)
"""Thresholds of the out-of-scope score that people are shown; --json has them all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)


def train(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.csv", help="Columns text, category, perhaps subject; at least 10 rows a category.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which rows are held out to measure on.")] = 0,
    listed: Annotated[bool, typer.Option("--list", help="Print the versions.")] = False,
    use: Annotated[str | None, typer.Option(metavar="VERSION", help="Use a version; newest: whichever that is; shipped: the default ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train categories of your own, say how good they are, and use them from the next message on."""
    if (file is not None) + listed + (use is not None) != 1:
        raise typer.BadParameter("give either FILE.csv, or --list, or --use VERSION")
    if file is None:
        _tend(use, as_json=as_json)
    else:
        run_async(_train(file, seed=seed, as_json=as_json))


async def _train(file: Path, *, seed: int, as_json: bool) -> None:
    from agent import labelled, training

    # The file is read first: its mistakes are told before anything slow begins.
    table = labelled.read(file)
    async with reading() as desk:
        trained, report = await training.train(table, desk.embedder, seed=seed)
        shelf = _shelf(desk.records.home.trained)
        kept = shelf.add(trained, report, table, seed=seed)
    if shelf.in_use() != kept.version:
        say(f"{shelf.in_use() or 'What ships'} stays in use, because it was chosen: train --use {kept.version} takes the new ones.")
    print_value(_told(shelf.about(kept.version)), as_json=as_json, text=_report)


def _tend(use: str | None, *, as_json: bool) -> None:
    shelf = _shelf(_trained())
    if use is not None:
        # Other words for the same are what people type first.
        shelf.use({"default": "shipped", "latest": "newest"}.get(use, use))
    in_use = shelf.in_use()
    found = [_told(shelf.about(version)) | {"in_use": version == in_use} for version in shelf.versions()]
    if use is not None:
        print_value({"in_use": in_use or "shipped"}, as_json=as_json, text=lambda told: f"{told['in_use']} in use from the next message on.")
    else:
        print_value(found, as_json=as_json, text=_list)


def _trained() -> Path:
    from bootstrap import home_of

    return home_of(settings()).trained


def _shelf(folder: Path) -> Shelf:
    from agent.shelf import Shelf

    return Shelf(folder)


def _told(about: Any) -> dict[str, Any]:
    report = about["report"]
    return {
        "version": about["version"],
        "classes": about["classes"],
        "rows": about["rows"],
        "held_out": report["held_out"],
        "accuracy": report["accuracy"],
        "macro_f1": report["macro_f1"],
        "confusion": report["confusion"],
        "calibration": {"temperature": report["temperature"], "ece": report["ece"], "bins": report["bins"]},
        "out_of_scope_curve": report["curve"],
        "out_of_scope_auroc": report["auroc"],
        "embedder": about["embedder"],
        "seed": about["seed"],
    }


def _report(told: dict[str, Any]) -> str:
    wrong = sorted(((n, true, given) for true, row in told["confusion"].items() for given, n in row.items() if true != given), reverse=True)
    held_out = f"on {told['held_out']} held-out rows: accuracy {told['accuracy']:.3f}, macro F1 {told['macro_f1']:.3f}"
    return "\n".join(
        (
            f"{told['version']}: {len(told['classes'])} categories from {told['rows']} rows; {held_out}",
            *(f"  {n:4} of {true} taken for {given}" for n, true, given in wrong[:SHOWN]),
            f"calibration error {told['calibration']['ece']:.3f}",
            *(f"  said {b['confidence']:.2f}, right {b['accuracy']:.2f} of {b['count']}" for b in told["calibration"]["bins"]),
            f"out of scope told apart: AUROC {told['out_of_scope_auroc']:.3f}",
            *(
                f"  at threshold {p['threshold']:.2f} {p['coverage']:.1%} of your messages stay in, and {p['false_acceptance']:.1%} of strange ones"
                for p in told["out_of_scope_curve"]
                if p["threshold"] in CURVE
            ),
        )
    )


def _list(found: list[dict[str, Any]]) -> str:
    lines = [
        f"{'*' if told['in_use'] else ' '} {told['version']}: {len(told['classes'])} categories, {told['rows']} rows, accuracy {told['accuracy']:.3f}"
        for told in found
    ]
    return "\n".join(lines) or "No categories were trained yet; those that ship are in use."
