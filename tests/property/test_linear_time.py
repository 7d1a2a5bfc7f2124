"""Text of any shape costs time in proportion to its length, in every function that may read a host's."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.property.linear import METHODS as CALLED
from tests.property.linear import Reader, functions, methods, readers, steep, too_steep

pytestmark = pytest.mark.long

READERS = readers()

ELSEWHERE = {
    "wizard.colours._add": "part_colours",
    "wizard.colours._changed": "part_colours",
    "wizard.redact._cover": "Redactor.mask",
    "screens.widgets.logpaint.painted": "what a line shows is cut to WIDEST by shown",
    "screens.widgets.logpaint._with_found": "Needle.spans",
    "wizard.report.blocks.table": "its cells are cut to WIDTH",
    "wizard.facts.ansible.bearing": "listed_tasks",
    "wizard.facts.ansible_callback.wizard_lines._part": "runs within Ansible",
    "wizard.facts.ansible_sources.sources": "files of the project here",
    "wizard.facts.ansible_sources._role": "files of the project here",
    "wizard.facts.ansible_sources._named": "files of the project here",
    "wizard.facts.ansible_sources._places": "files of the project here",
    "wizard.facts.manifest._with_acl": "survey",
    "wizard.facts.redis._reader": "open_redis",
    "wizard.facts.redis._value": "read_values",
    "wizard.facts.redis._simple_value": "read_values",
    "wizard.facts.redis._info_value": "read_values",
    "wizard.facts.redis_replies.unanswered": "a word of ours",
    "wizard.facts.yamlpath._child": "value_at",
    "wizard.hosts.holding.hold": "_holder",
    "wizard.hosts.configuration._told": "words of ssh(1) here",
    "wizard.hosts.configuration._unusable": "words of ssh(1) here",
    "wizard.hosts.known._command_failed": "one_line",
    "wizard.hosts.dial._handshake": "the words are the library's",
    "wizard.hosts.identities.named": "the configuration here",
    "wizard.hosts.sshoptions._chosen": "the configuration here",
    "wizard.hosts.sshoptions._selected": "the configuration here",
    "wizard.hosts.sshoptions.without": "the configuration here",
    "wizard.hosts.refusals.key_refused": "the words are the library's",
    "wizard.hosts.refusals._login_refused": "the words are the library's",
    "wizard.hosts.refusals._unreachable": "the words are the library's",
    "wizard.hosts.sudo._convince": "_Ear, which keeps what it heard within a bound",
    "wizard.hosts.sudo._asked": "_Ear, which keeps what it heard within a bound",
    "wizard.checks.journal._matching": "wizard.patterns, which is bounded",
    "wizard.checks.redis._look": "read_values",
    "wizard.checks.tree._told": "one_line",
}
"""Functions that cannot be called with a text alone, and by what else they are tried, or why they need not be."""


def test_every_function_that_takes_text_is_tried_here_or_said_to_be_elsewhere() -> None:
    untried = {name for name, _, _ in functions()} - READERS.keys()
    assert untried == ELSEWHERE.keys()


def test_every_method_that_is_fed_bytes_is_tried_here() -> None:
    assert {*methods()} <= {name.partition(",")[0] for name in CALLED}


@pytest.mark.parametrize("name", sorted(READERS))
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    assert steep(READERS[name]) == {}


def test_what_is_quadratic_is_seen() -> None:
    def spin(given: str) -> None:
        end = time.thread_time() + (len(given) / 24_000) ** 2 * 0.05
        while time.thread_time() < end:
            pass

    with asyncio.Runner() as runner:
        assert too_steep(Reader("quadratic", spin), runner, "a")


def test_what_is_linear_is_not() -> None:
    def spin(given: str) -> None:
        end = time.thread_time() + len(given) / 24_000 * 0.05
        while time.thread_time() < end:
            pass

    with asyncio.Runner() as runner:
        assert not too_steep(Reader("linear", spin), runner, "a")
