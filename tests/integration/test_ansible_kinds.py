from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.lab_host import LabHost, LabStage, lab_world
from wizard.actions.ansible import Ansible, AnsibleSpec
from wizard.actions.base import Result
from wizard.checks.ansible import AnsibleCheck, AnsibleCheckSpec
from wizard.checks.base import Observation, Outcome
from wizard.errors import StepRefused, ToolMissing
from wizard.hosts.base import Destination
from wizard.run.before import forget_contents

PLAYBOOK = """\
- hosts: database
  gather_facts: false
  vars: {greeting: hello}
  tasks:
    - name: unit file
      template: {src: unit.j2, dest: "{{ out }}/unit", mode: "0640"}
      tags: [deploy]
    - name: settings
      copy: {content: "a=2\\n", dest: "{{ out }}/settings"}
      tags: [deploy]
    - name: plain
      copy: {content: "plain=2\\n", dest: "{{ out }}/plain"}
      when: "(out ~ '/plain') is exists"
      tags: [deploy]
    - name: folder
      file: {path: "{{ out }}/folder", state: directory, mode: "0700"}
      tags: [deploy]
    - name: where sockets are
      copy: {content: "{{ lookup('env', 'ANSIBLE_SSH_CONTROL_PATH_DIR') }}", dest: "{{ out }}/private"}
      tags: [private]
    - name: a command
      command: touch {{ out }}/touched
      tags: [command]
    - name: a failing task
      command: "false"
      tags: [failing]
      when: not ansible_check_mode
    - name: nothing for this host
      copy: {content: x, dest: "{{ out }}/never"}
      when: false
      tags: [idle]
"""

pytestmark = pytest.mark.services


@dataclass
class Lab:
    root: Path
    out: Path
    host: LabHost

    def action(self, **fields: object) -> Ansible:
        base = {"directory": str(self.root), "playbook": "playbooks/site.yml", "inventory": "inventory/hosts"}
        pinned = {"limit": "db1", "host": "db", "extra_vars": {"out": str(self.out)}}
        return Ansible(AnsibleSpec.model_validate({**base, **pinned, **fields}), lab_world(self.root, self.host))

    async def run(self, stage: LabStage | None = None, **fields: object) -> tuple[Ansible, Result, dict[str, object]]:
        action = self.action(**fields)
        before = dict(await action.capture())
        return action, await action.perform(stage or LabStage(), before), before

    async def look(self, **fields: object) -> Observation:
        base = {"directory": str(self.root), "playbook": "playbooks/site.yml", "inventory": "inventory/hosts"}
        check = AnsibleCheck(AnsibleCheckSpec.model_validate({**base, **fields}), lab_world(self.root, self.host))
        assert check.title()
        return await check.observe()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    root, out = tmp_path / "a project", tmp_path / "out"
    (root / "playbooks" / "templates").mkdir(parents=True)
    (root / "inventory").mkdir()
    out.mkdir()
    (root / "playbooks" / "site.yml").write_text(PLAYBOOK)
    (root / "playbooks" / "templates" / "unit.j2").write_text("{{ greeting }}\n")
    (root / "inventory" / "hosts").write_text("[database]\ndb1 ansible_connection=local\ndb2 ansible_host=192.0.2.9\n")
    (out / "settings").write_text("a=1\n")
    (out / "settings").chmod(0o600)
    return Lab(root, out, LabHost())


class TestAction:
    async def test_what_it_deploys_is_brought_back_exactly(self, lab: Lab) -> None:
        action, result, before = await lab.run(tags=["deploy"])

        assert result.ok, result.output
        assert result.values["changed_tasks"] == "unit file, settings, folder"
        assert (lab.out / "unit").read_text() == "hello\n"
        assert (lab.out / "settings").read_text() == "a=2\n"
        assert len(await action.compare(before)) == 3

        undone = await action.undo(LabStage(), before)

        assert undone.ok, undone
        assert sorted(path.name for path in lab.out.iterdir()) == ["settings"]
        assert (lab.out / "settings").read_text() == "a=1\n"
        assert (lab.out / "settings").stat().st_mode & 0o777 == 0o600
        assert await action.compare(before) == []

    @pytest.mark.parametrize(
        ("secret", "shown"),
        [(None, {"a=2": False, "plain=2": True}), (False, {"a=2": True}), (True, {"plain=2": False})],
    )
    async def test_no_difference_of_what_others_may_not_read_is_printed(
        self,
        lab: Lab,
        secret: bool | None,  # noqa: FBT001 - a field of the checklist
        shown: dict[str, bool],
    ) -> None:
        (lab.out / "plain").write_text("plain=1\n")
        (lab.out / "plain").chmod(0o644)

        _, result, _ = await lab.run(tags=["deploy"], secret=secret)

        assert result.ok, result.output
        assert {text: f"+{text}" in result.output for text in shown} == shown
        assert ("1 lines added, 1 taken away; not shown" in result.output) is (secret is not False)
        assert "TASK [settings]" in result.output

    async def test_what_tasks_told_is_ours_alone_and_goes(self, lab: Lab) -> None:
        action = lab.action(tags=["deploy"])
        before = await action.capture()
        assert list((lab.root / "content").iterdir()) == []

        await action.perform(LabStage(), before)

        (told,) = (lab.root / "content").iterdir()
        assert (told.stat().st_mode & 0o777, told.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        forget_contents(lab.root)
        assert not told.exists()

    async def test_undoing_what_never_started_changes_nothing(self, lab: Lab) -> None:
        action = lab.action(tags=["deploy"])
        before = await action.capture()

        assert (await action.undo(LabStage(), before)).ok
        assert (lab.out / "settings").read_text() == "a=1\n"
        assert await action.compare(before) == []

    async def test_a_folder_that_was_there_gets_its_mode_back(self, lab: Lab) -> None:
        (lab.out / "folder").mkdir(mode=0o755)
        action, result, before = await lab.run(tags=["deploy"])
        assert result.ok
        assert (lab.out / "folder").stat().st_mode & 0o777 == 0o700

        await action.undo(LabStage(), before)

        assert (lab.out / "folder").stat().st_mode & 0o777 == 0o755

    async def test_a_dry_run_changes_nothing(self, lab: Lab) -> None:
        _, result, before = await lab.run(tags=["deploy"], check=True, secret=False)

        assert result.ok, result.output
        assert "3 would change" in result.what
        assert "+hello" in result.output
        assert before == {}
        assert sorted(path.name for path in lab.out.iterdir()) == ["settings"]

    async def test_a_command_cannot_be_brought_back_and_that_is_said(self, lab: Lab) -> None:
        action, result, before = await lab.run(LabStage(), tags=["deploy", "command"])

        assert result.ok
        assert before["beyond"] == ["task 'a command' (command), untried"]
        undone = await action.undo(LabStage(), before)
        assert "not brought back: task 'a command'" in undone.what
        assert [difference.before for difference in await action.compare(before)] == ["not captured"]

    async def test_a_failing_task_fails_and_is_named(self, lab: Lab) -> None:
        _, result, _ = await lab.run(tags=["deploy", "failing"])

        assert not result.ok
        assert result.known
        assert "a failing task" in result.what

    async def test_a_run_in_which_nothing_applied_is_no_success(self, lab: Lab) -> None:
        with pytest.raises(StepRefused, match="nothing ran"):
            await lab.run(tags=["idle"])

    async def test_tags_that_no_task_bears_are_refused_and_the_others_named(self, lab: Lab) -> None:
        with pytest.raises(
            StepRefused, match="no task bears the tag systemd; there are command, deploy, failing, idle, private"
        ):
            await lab.action(tags=["systemd"]).capture()

    async def test_an_always_task_does_not_make_a_tag_match(self, lab: Lab) -> None:
        playbook = lab.root / "playbooks" / "site.yml"
        playbook.write_text(playbook.read_text() + "    - {name: ever, debug: {msg: x}, tags: [always]}\n")

        with pytest.raises(StepRefused, match="no task bears the tag systemd"):
            await lab.action(tags=["systemd"]).capture()

    async def test_a_playbook_that_does_not_parse_is_refused(self, lab: Lab) -> None:
        (lab.root / "playbooks" / "site.yml").write_text(
            "- hosts: all\n  tasks:\n    - {debug: {msg: x}, loop: [1], with_items: [2]}\n"
        )

        with pytest.raises(StepRefused, match=r"does not parse.*duplicate loop"):
            await lab.action(tags=["deploy"]).capture()

    @pytest.mark.parametrize("limit", ["database", "all", "db1,db2"])
    async def test_a_limit_that_chooses_more_is_refused(self, lab: Lab, limit: str) -> None:
        with pytest.raises(StepRefused, match="chooses 2 hosts"):
            await lab.action(tags=["deploy"], limit=limit).capture()

    async def test_a_limit_that_chooses_none_is_refused(self, lab: Lab) -> None:
        with pytest.raises(StepRefused, match="chooses no host"):
            await lab.action(tags=["deploy"], limit="db9").capture()

    async def test_an_inventory_that_means_another_host_is_refused(self, lab: Lab) -> None:
        with pytest.raises(StepRefused, match=r"db2 is 192\.0\.2\.9"):
            await lab.action(tags=["deploy"], limit="db2").capture()

    async def test_the_place_ssh_really_goes_to_is_compared(self, lab: Lab) -> None:
        lab.host.key = "SHA256:x"
        lab.host.destination = Destination("autobot", "192.0.2.9", 22, None, (lab.root / "known hosts",))
        assert (await lab.look(host="db", limit="db2")).outcome is Outcome.PASS

        lab.host.destination = replace(lab.host.destination, port=2222)
        assert "192.0.2.9:2222" in (await lab.look(host="db", limit="db2")).observed
        assert "runs db1 on this machine" in (await lab.look(host="db", limit="db1")).observed

    async def test_ssh_is_pinned_to_the_keys_of_the_run(self, lab: Lab) -> None:
        lab.host.destination = Destination("autobot", "192.0.2.9", 22, Path("/a key"), (lab.root / "known hosts",))

        script = lab.action(tags=["deploy"], limit="db2").plan().command

        assert "StrictHostKeyChecking=yes" in script
        assert f'UserKnownHostsFile=\\"{lab.root}/known hosts\\"' in script
        assert "ANSIBLE_REMOTE_USER=autobot" in script

    async def test_a_missing_template_is_found_before_anything_changes(self, lab: Lab) -> None:
        (lab.root / "playbooks" / "templates" / "unit.j2").unlink()

        with pytest.raises(StepRefused, match=r"unit file: .*Could not find or access"):
            await lab.action(tags=["deploy"]).capture()

        assert (lab.out / "settings").read_text() == "a=1\n"

    async def test_the_become_password_is_in_no_script_and_nothing_is_left_behind(self, lab: Lab) -> None:
        stage = LabStage()

        _, result, _ = await lab.run(stage, tags=["private"], become_password="open sesame")

        assert result.ok, result.output
        assert not any("sesame" in script for script in stage.scripts + lab.host.asked)
        private = Path((lab.out / "private").read_text()).parent
        assert private.name.startswith("wz.")
        assert not private.exists()

    async def test_without_ansible_it_says_what_is_missing(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("wizard.facts.ansible_script.tool", lambda name: str(lab.root / "none" / name))

        with pytest.raises(ToolMissing, match="Ansible is not installed"):
            await lab.action(tags=["deploy"]).capture()

        assert (await lab.look()).outcome is Outcome.UNKNOWN


class TestCheck:
    async def test_a_sound_playbook_passes_every_aspect(self, lab: Lab) -> None:
        seen = await lab.look(templates=True, tags=["deploy"], host="db", limit="db1")

        assert seen.outcome is Outcome.PASS, seen

    async def test_a_playbook_that_does_not_parse_fails_with_ansibles_words(self, lab: Lab) -> None:
        (lab.root / "playbooks" / "site.yml").write_text("- hosts: all\n  taskz: []\n")

        seen = await lab.look()

        assert seen.outcome is Outcome.FAIL
        assert "taskz" in seen.observed

    async def test_a_template_where_ansible_does_not_look_fails_and_the_places_are_named(self, lab: Lab) -> None:
        template = lab.root / "playbooks" / "templates" / "unit.j2"
        (lab.root / "templates" / "systemd").mkdir(parents=True)
        template.rename(lab.root / "templates" / "systemd" / "unit.j2")

        seen = await lab.look(templates=True)

        assert seen.outcome is Outcome.FAIL
        assert f"unit.j2 is not in {lab.root}/playbooks/templates, {lab.root}/playbooks" in seen.evidence[0]

    async def test_tags_that_match_nothing_fail_although_ansible_exits_0(self, lab: Lab) -> None:
        seen = await lab.look(tags=["systemd"])

        assert seen.outcome is Outcome.FAIL
        assert "there are command, deploy" in seen.observed

    async def test_an_inventory_that_means_another_host_fails(self, lab: Lab) -> None:
        assert (await lab.look(host="db", limit="db2")).outcome is Outcome.FAIL

    async def test_a_missing_playbook_never_passes(self, lab: Lab) -> None:
        (lab.root / "playbooks" / "site.yml").unlink()

        assert (await lab.look()).outcome is Outcome.FAIL
        assert (await lab.look(syntax=False, templates=True)).outcome is Outcome.UNKNOWN
