"""The program as of an earlier commit, timed beside today's in the same rounds: `make bench BESIDE=COMMIT`."""

from __future__ import annotations

import os
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

from tests.bench.contestants import tool

HERE = Path(__file__).parent
TODAY = "wizard"


def programs(cache: Path) -> Mapping[str, Path]:
    """By name, today's program and, where ``BESIDE`` names a commit, the one of then.

    Args:
        cache: Where the checkout of a commit and its environment are made, once.

    Raises:
        subprocess.CalledProcessError: There is no such commit, or its packages cannot be installed.
    """
    found = {TODAY: tool("wizard")}
    commit = os.environ.get("BESIDE", "")
    if commit:
        name = _git("rev-parse", "--short", f"{commit}^{{commit}}").decode().strip()
        found[f"wizard of {name}"] = _program(cache / name, name)
    return found


def _program(tree: Path, commit: str) -> Path:
    program = tree / ".venv" / "bin" / "wizard"
    if not program.exists():
        tree.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-x", "-C", tree], input=_git("archive", commit), check=True)
        venv.create(tree / ".venv", with_pip=True, clear=True)
        pip = [program.with_name("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True, stderr=subprocess.DEVNULL)
        subprocess.run([*pip, "--editable", tree], check=True, stderr=subprocess.DEVNULL)
    return program


def _git(*words: str) -> bytes:
    top = subprocess.run(["git", "rev-parse", "--show-toplevel"], cwd=HERE, check=True, capture_output=True).stdout
    return subprocess.run(["git", *words], cwd=top.decode().strip(), check=True, capture_output=True).stdout
