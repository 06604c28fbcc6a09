"""The rules behind tools/tidy, one module for each kind of rule."""
from pathlib import Path

from . import bans, headers, layers, programs, text
from .tree import Report, Tree


def run(root: Path, fast: bool = False, build: Path | None = None) -> int:
    """Prints what is wrong with the tree under `root`; 1 if anything is, else 0."""
    tree = Tree(root)
    report = Report()
    layers.check(tree, report)
    programs.check(tree, report)
    bans.check(tree, report)
    text.check(tree, report)
    headers.check_listed(tree, report)
    if not fast:
        headers.check_alone(tree, report, build)
    return report.close(len(tree.files))
