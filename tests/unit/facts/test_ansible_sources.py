from __future__ import annotations

from pathlib import Path

import pytest

from wizard.errors import UsageError
from wizard.facts.ansible_sources import sources

PLAYBOOK = """\
- hosts: all
  vars: {secret: !vault "x"}
  pre_tasks:
    - {name: long name, ansible.builtin.copy: {src: a.conf, dest: /etc/a}}
  tasks:
    - name: group
      block:
        - {name: inside, template: "src=b.j2 dest=/etc/b"}
      rescue:
        - {name: rescued, template: {src: templates/c.j2, dest: /etc/c}}
    - {name: on the host, copy: {src: /etc/a, dest: /etc/d, remote_src: true}}
    - {name: inline, copy: {content: x, dest: /etc/e}}
    - {name: worked out, template: {src: "{{ item }}.j2", dest: /etc/f}}
    - {import_tasks: more/tasks.yml}
  handlers:
    - {name: handled, copy: {src: ABSENT/g, dest: /etc/g}}
  roles: [web]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    base = tmp_path / "playbooks"
    for folder in ("files", "templates", "more", "roles/web/tasks", "roles/web/templates"):
        (base / folder).mkdir(parents=True)
    (base / "site.yml").write_text(PLAYBOOK.replace("ABSENT", str(tmp_path / "none")))
    (base / "more" / "tasks.yml").write_text("- {name: included, copy: {src: h, dest: /etc/h}}\n")
    (base / "roles/web/tasks/main.yml").write_text("- {name: of the role, template: {src: i.j2, dest: /etc/i}}\n")
    for name in ("files/a.conf", "b.j2", "templates/c.j2", "more/h", "roles/web/templates/i.j2"):
        (base / name).write_text("x")
    return tmp_path


def test_each_file_is_looked_for_where_ansible_looks(project: Path) -> None:
    base = project / "playbooks"

    found = {source.task: source.found for source in sources(project, "playbooks/site.yml")}

    assert found == {
        "long name": base / "files/a.conf",
        "inside": base / "b.j2",
        "rescued": base / "templates/c.j2",
        "worked out": None,
        "included": base / "more/h",
        "handled": None,
        "of the role": base / "roles/web/templates/i.j2",
    }


def test_a_name_that_only_ansible_can_work_out_is_told_apart(project: Path) -> None:
    assert [s.task for s in sources(project, "playbooks/site.yml") if not s.literal] == ["worked out"]


def test_templates_beside_the_project_are_not_found(project: Path) -> None:
    """The report's own mistake: ansible/templates/systemd is no place in which Ansible looks."""
    (project / "templates").mkdir()
    (project / "playbooks" / "b.j2").rename(project / "templates" / "b.j2")

    missing = next(s for s in sources(project, "playbooks/site.yml") if s.task == "inside")

    assert missing.found is None
    assert [str(place.relative_to(project)) for place in missing.looked_for] == [
        "playbooks/templates/b.j2",
        "playbooks/b.j2",
    ]


def test_a_playbook_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        sources(tmp_path, "none.yml")
