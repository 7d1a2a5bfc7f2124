"""The practice host beside a real one: the same checks and readings, through the same incident, answer the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wizard.drill.practice import practice_host

from .incident import DATA_DIR, LOG_DIR, UNIT_FILE
from .machine import USER, Machine
from .operator import REPOSITORY
from .sights import STAGES, Place

LOOK = [sys.executable, "-m", "tests.realhost.sights"]


def looked(argv: Sequence[str], place: Place, home: Path) -> dict[str, Any]:
    """What the kinds see there."""
    done = subprocess.run(
        argv,
        input=place.to_json(),
        cwd=REPOSITORY,
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def on_the_real_host(machine: Machine, home: Path) -> dict[str, Any]:
    place = Place(
        ssh=f"{USER}@{machine.address}",
        identity=str(machine.key_file),
        accept=machine.host_key_fingerprint,
        known_hosts=str(home / "known_hosts"),
        spool="",
        bin_dir="/opt/redis-stack/bin",
        data=DATA_DIR,
        logs=LOG_DIR,
        unit_file=UNIT_FILE,
        redis="127.0.0.1:6379",
        password="",
    )
    return looked(machine.operator_argv(LOOK), place, home)


def on_the_practice_host(home: Path) -> tuple[dict[str, Any], list[str]]:
    with practice_host() as practice:
        layout, request = practice.layout, practice.request
        given = json.loads((layout.operator / "inputs.yaml").read_text())
        (key,) = request.accept
        place = Place(
            ssh=given["vm"],
            identity=given["identity"],
            accept=key,
            known_hosts=str(home / "known_hosts"),
            spool=given["spool"],
            bin_dir=given["bin_dir"],
            data=given["data_dir"],
            logs=given["log_dir"],
            unit_file=given["unit_file"],
            redis=given["redis_address"],
            password=given["redis_password"],
        )
        return looked(LOOK, place, home), practice.unmodelled()


def test_the_kinds_see_the_same_on_the_practice_host_as_on_a_real_one(machine: Machine, tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("real", "practice")]
    for home in homes:
        home.mkdir(mode=0o700)
    real = on_the_real_host(machine, homes[0])
    practised, unmodelled = on_the_practice_host(homes[1])
    assert unmodelled == []
    assert list(real) == list(STAGES)
    differing = {
        f"{stage}: {name}": (told, practised[stage][name])
        for stage, sights in real.items()
        for name, told in sights.items()
        if told != practised[stage][name]
    }
    assert differing == {}
