"""What a checklist needs of its hosts."""

from __future__ import annotations

from tests.fixtures.journals import make
from wizard.checklist.document import load
from wizard.checklist.inputs import resolve
from wizard.kinds import registry
from wizard.run.needs import needs
from wizard.run.preparation import shipped


def test_programs_by_kind_and_in_shell_text_and_places_that_are_written() -> None:
    checklist = load(make.CHECKLIST, registry()).checklist
    wanted = needs(checklist, {**resolve(checklist.inputs, environ={}).values})
    assert wanted["stock"].tools == ("chown", "find", "getfacl", "redis-cli", "setfacl", "systemctl")
    assert wanted["stock"].paths == ("/srv/stock",)
    assert wanted["local"].tools == ()


def test_the_shipped_checklist_names_its_tools_where_they_are_used() -> None:
    checklist = load(shipped()["redis-ownership"], registry()).checklist
    wanted = needs(checklist, {**resolve(checklist.inputs, environ={}).values})
    assert {"ansible-playbook", "git"} <= set(wanted["local"].tools)
    assert {"redis-cli", "systemctl", "setfacl", "journalctl"} <= set(wanted["redis"].tools)
    assert "git" not in wanted["redis"].tools
    assert "/var/lib/redis-stack" in wanted["redis"].paths
