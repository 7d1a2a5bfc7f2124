"""The script that starts Ansible, and the variables that it is given."""

from __future__ import annotations

import subprocess

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.actions.ansible import AnsibleSpec
from wizard.facts.ansible_script import Project


class Loader(yaml.SafeLoader):
    """Knows Ansible's tag, and no other."""


class Unsafe(str):
    """A text that Ansible does not render."""

    __slots__ = ()


Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


def written(variables: dict[str, str]) -> str:
    """The file of variables that the script makes, as a real shell makes it."""
    script = Project("/", "site.yml", extra_vars=variables).script()
    head, _, rest = script.partition('cat >"$private/vars.yml"')
    document, end, _ = rest.partition("\nVARS\n")
    assert head.count("private=")
    made = subprocess.run(["sh"], input=f"cat{document}{end}".encode(), check=True, capture_output=True)
    return made.stdout.decode("ascii")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
@example("1.2{{ lookup('pipe', 'id') }}")
@example("VARS\nid\n")
@example("\n---\n!!python/object/apply:os.system [id]\n")
@example('"\\ \x00\x85\u2028\U0001f600 {% x %} {# y #} !unsafe $(id) `id`')
def test_ansible_reads_the_very_text_and_is_told_not_to_render_it(value: str) -> None:
    read = yaml.load(written({"said": value, "other": "x"}), Loader)  # noqa: S506 - the loader is a safe one
    assert read == {"ansible_host_key_checking": True, "said": value, "other": "x"}
    assert isinstance(read["said"], Unsafe)
    assert all(isinstance(name, Unsafe) for name in read)


@pytest.mark.parametrize("name", ["a b", "1a", "a-b", "{{ x }}", "", "é"])
def test_what_cannot_be_a_variables_name_is_refused(name: str) -> None:
    base = {"directory": ".", "playbook": "p", "inventory": "i", "limit": "l", "host": "h"}
    [flaw] = AnsibleSpec.model_validate({**base, "extra_vars": {name: "x", "sound_1": "x"}}).flaws()
    assert flaw.at == ("extra_vars", name)
