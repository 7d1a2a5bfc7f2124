"""Who acts is taken from the account, whatever a variable says; and nothing else in the packages asks who it is."""

import ast
import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard import account

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("wizard", "screens") for path in (ROOT / package).rglob("*.py"))
SCRIPTS = sorted((ROOT / "wizard").rglob("*.sh"))

VARIABLES = ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER", "SUDO_UID")
DOOR = ROOT / "wizard/account.py"
MAKES_AN_ENVIRONMENT = ROOT / "wizard/drill/host/sshd.py"
"""It sets them for the programs of the practice host, and reads none."""

ME = pwd.getpwuid(os.getuid()).pw_name
OTHER = next(one for one in pwd.getpwall() if one.pw_uid != os.getuid())


@pytest.fixture(autouse=True)
def no_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A process that no login is behind, until a test says otherwise."""
    path = tmp_path / "loginuid"
    path.write_text(str(account.UNSET))
    monkeypatch.setattr(account, "LOGIN_UID", path)
    return path


@pytest.mark.parametrize("name", ["LOGNAME", "USER", "LNAME", "USERNAME"])
def test_a_variable_makes_nobody_somebody_else(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "cto.approves")
    assert account.account_name() == ME
    assert account.operator() == ME


@pytest.mark.parametrize(
    ("login", "environ", "beside"),
    [
        (str(account.UNSET), {}, ""),
        ("", {}, ""),
        (str(os.getuid()), {"SUDO_USER": ME, "SUDO_UID": str(os.getuid())}, ""),
        (str(OTHER.pw_uid), {}, f" (loginuid={OTHER.pw_name})"),
        ("99999", {}, " (loginuid=99999)"),
        (str(account.UNSET), {"SUDO_USER": "cto"}, " (SUDO_USER=cto)"),
        (
            str(account.UNSET),
            {"SUDO_USER": OTHER.pw_name, "SUDO_UID": str(OTHER.pw_uid)},
            f" (SUDO_USER={OTHER.pw_name})",
        ),
        (
            str(account.UNSET),
            {"SUDO_USER": OTHER.pw_name, "SUDO_UID": "99"},
            f" (SUDO_USER={OTHER.pw_name}, SUDO_UID=99)",
        ),
        (str(OTHER.pw_uid), {"SUDO_USER": "x) the CTO ("}, f" (loginuid={OTHER.pw_name}, SUDO_USER=?)"),
        (str(account.UNSET), {"SUDO_USER": "\x1b[2J\u202e", "SUDO_UID": "0; x"}, " (SUDO_USER=?)"),
    ],
)
def test_login_and_sudo_stand_beside_the_account_by_their_names(
    no_login: Path, login: str, environ: dict[str, str], beside: str
) -> None:
    no_login.write_text(login)
    who = account.operator(environ)
    assert who == f"{ME}{beside}"
    assert account.is_of(who, ME)
    assert account.in_one_word(who) == who.replace(" ", "")


def test_without_that_file_no_login_is_told(no_login: Path) -> None:
    no_login.unlink()
    assert account.operator({}) == ME


def test_an_account_without_a_name_is_told_by_its_number() -> None:
    free = next(number for number in range(70_000, 80_000) if number not in {one.pw_uid for one in pwd.getpwall()})
    assert account.account_name(free) == f"uid {free}"


def asking(module: Path) -> Iterator[str]:
    """Every place of a module that asks who it is, as ``file:line what``."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        what = ""
        match node:
            case ast.Import(names=names) if any(one.name == "getpass" for one in names):
                what = "getpass"
            case ast.ImportFrom(module="getpass"):
                what = "getpass"
            case ast.Attribute(attr="getlogin" | "getuser"):
                what = node.attr
            case ast.Constant(value=str(text)) if text in VARIABLES:
                what = text
        if what:
            yield f"{module.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} {what}"


def test_one_module_alone_asks_who_it_is() -> None:
    others = [module for module in MODULES if module not in {DOOR, MAKES_AN_ENVIRONMENT}]
    assert len(others) > 200
    assert [one for module in others for one in asking(module)] == []
    assert {one.split()[1] for one in asking(DOOR)} == {"SUDO_USER", "SUDO_UID"}
    assert {one.split()[1] for one in asking(MAKES_AN_ENVIRONMENT)} == {"USER", "LOGNAME"}


def test_no_script_on_a_host_believes_these_variables() -> None:
    texts = {path: path.read_text("utf-8") for path in [*SCRIPTS, *MODULES]}
    believed = re.compile(r"\$\{?(?:LOGNAME|USER|LNAME|USERNAME|SUDO_USER|SUDO_UID)\b")
    said = {(path.name, found) for path, text in texts.items() for found in believed.findall(text)}
    # There it names one more account whose holds count, and nobody who acts.
    assert said == {("spool.sh", "${SUDO_UID")}
