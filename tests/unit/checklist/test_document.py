from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.checklist.examples import GOOD
from tests.unit.checklist.fake_kinds import KINDS, FakeKinds
from wizard.checklist.build import build
from wizard.checklist.document import load
from wizard.checklist.loading import MAX_BYTES
from wizard.checklist.problems import ChecklistInvalid
from wizard.errors import UsageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return path


def test_a_document_knows_its_text_and_checksum(path: Path) -> None:
    document = load(path, KINDS)
    assert document.source == GOOD
    assert document.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()


def test_a_document_says_where_each_part_stands(path: Path) -> None:
    document = load(path, KINDS)
    assert document.position(("title",)) == (2, 8)
    assert document.position(("phases", 0, "steps", 1, "ownership", "owner")) == (33, 52)
    assert document.position(("phases", 0, "steps", 1, "ownership", "nothing")) == (33, 20)


def test_a_step_has_one_kind_and_its_action(path: Path) -> None:
    step = load(path, KINDS).checklist.phases[0].steps[1]
    assert step.kind == "ownership"
    assert step.action.model_dump()["owner"] == "redis"
    assert step.checks[0].kind == "tree"
    assert step.checks[0].within == 30.0
    assert step.on == "redis"


def test_templates_wait_for_their_values(path: Path) -> None:
    step = load(path, KINDS).checklist.phases[0].steps[1]
    assert step.action.model_dump()["path"] == "{{ data_dir }}"


def test_the_model_is_built_once_for_the_same_kinds() -> None:
    assert build(KINDS) is build(FakeKinds(dict(reversed(KINDS.actions.items())), dict(KINDS.checks)))


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml", KINDS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"checklist: a\ntitle: caf\xe9\n", "2:11: document: the byte 0xe9 is not UTF-8; save it as UTF-8"),
        (b"\xff\xfea\x00", "1:1: document: the byte 0xff is not UTF-8; save it as UTF-8"),
        (b"a" * (MAX_BYTES + 1), "1:1: document: larger than 256 KiB; keep long texts in files of their own"),
        (b"", "1:1: document: the file is empty; write a checklist"),
        (b"# nothing\n", "1:1: document: the file is empty; write a checklist"),
        (b"- a\n", "1:1: document: expected a mapping, found a list; write `key: value` lines"),
    ],
)
def test_a_file_that_is_no_checklist_at_all_is_told_so(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    with pytest.raises(ChecklistInvalid) as caught:
        load(path, KINDS)
    assert str(caught.value) == f"{path}:{said}"


def test_a_byte_order_mark_is_no_part_of_the_first_key(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path, KINDS).position(("checklist",)) == (1, 12)


def test_a_checklist_without_templates_does_not_pay_for_jinja2() -> None:
    code = "import sys, wizard.checklist.document, wizard.checklist.inputs; sys.exit('jinja2' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
