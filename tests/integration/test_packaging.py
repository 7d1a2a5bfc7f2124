"""What a user installs: the wheel, somewhere else, with nothing of this checkout in reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


# One process has what they share.
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own; the libraries are this environment's."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("incident_wizard-*.whl")
    target = place / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return target


def wizard(installed: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed command, started where nothing of the checkout is on the path."""
    boot = f"import sys; sys.path.insert(0, {str(installed)!r}); from wizard.cli import main; sys.exit(main())"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "WIZARD_STATE_DIR": str(tmp_path / "state")}
    return subprocess.run(
        [sys.executable, "-c", boot, *arguments],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_wheel_lints_the_checklists_it_carries(installed: Path, tmp_path: Path) -> None:
    shipped = sorted(str(path) for path in (installed / "checklists").glob("*.yaml"))
    assert shipped
    done = wizard(installed, tmp_path, "lint", *shipped)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_what_is_read_at_run_time(installed: Path, tmp_path: Path) -> None:
    packages = [path for package in ("wizard", "screens") for path in (ROOT / package).rglob("*")]
    carried = {path.relative_to(ROOT) for path in packages if path.is_file() and path.parent.name != "__pycache__"}
    assert Path("wizard/drill/project/ansible/playbooks/deploy-database.yml") in carried
    assert not [path for path in carried if not (installed / path).exists()]
    assert wizard(installed, tmp_path, "schema").stdout == (ROOT / "checklists/checklist.schema.json").read_text()


def test_a_shipped_checklist_is_found_by_name(installed: Path, tmp_path: Path) -> None:
    done = wizard(installed, tmp_path, "run", "redis-ownership", "--headless", "--set", "nothing=x")
    assert done.returncode == 2
    assert "the checklist has no such input" in done.stderr
