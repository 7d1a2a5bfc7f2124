"""Where a host is comes from an input: what a shell would read in it is refused before anything is connected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.commandline import HEAD, Wizard, checklist, phase, step

HOSTS = 'inputs:\n  where: {type: text}\nhosts:\n  web: {ssh: "{{ where }}"}\n'


@pytest.mark.parametrize("where", ["i-$(id>x).aws", "-oProxyCommand=id", "a;id@db", "${HOME}", "x`id`.jump"])
@pytest.mark.parametrize("words", [["--headless"], ["--check", "--headless"]])
def test_a_rendered_login_that_a_shell_would_read_is_refused_with_its_place(
    tmp_path: Path, where: str, words: list[str]
) -> None:
    wizard = Wizard(tmp_path)
    file = wizard.write(checklist(phase(step("look", "command: id, read_only: true", on="web")), head=HOSTS))
    done = wizard("run", file, *words, "--set", f"where={where}")
    line = len(HEAD.splitlines()) + 4
    assert done.exit_status == 2
    assert f"{file}:{line}:14: hosts.web.ssh: {where!r} cannot stand in a place to log in to" in done.stderr
    assert "Traceback" not in done.stderr
