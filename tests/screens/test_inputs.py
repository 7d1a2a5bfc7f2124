"""The form: what could be meant while typing, and many inputs sifted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.completion import paths
from screens.help import Help
from screens.inputs import Field, Inputs
from tests.screens.pictures import SIZES, Compare
from tests.screens.stories import interface_of
from wizard.checklist.document import load
from wizard.checklist.surroundings import Input as Declared
from wizard.kinds import registry
from wizard.run.preparation import shipped

FEW = {
    "vm": Declared(type="host", default=""),
    "file": Declared(type="path", default=""),
    "word": Declared(type="text", default="x"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("WIZARD_SUDO_PASSWORD", raising=False)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Host redis-vm redis-spare web\n")
    (tmp_path / ".ssh" / "known_hosts").write_text("192.0.2.7 ssh-ed25519 AAAA\n")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "id_redis").touch()
    (tmp_path / "keys" / ".hidden").touch()
    (tmp_path / "keys" / "odd\x1b[31m").touch()
    return tmp_path


class Form:
    """Hands on the form."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot

    def field(self, name: str) -> Field:
        """A field by its input's name."""
        return next(one for one in self.pilot.app.screen.query(Field) if one.input_name == name)

    def typed(self, name: str) -> Input:
        """Where it is typed."""
        return self.field(name).query_one(Input)

    async def until(self, met: Callable[[], bool]) -> None:
        """Let the interface go on until it is so."""
        for _ in range(500):
            if met():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("never")

    async def type(self, name: str, text: str) -> None:
        """Type into a field, and wait for what is suggested."""
        self.typed(name).focus()
        await self.pilot.pause()
        await self.pilot.press(*text)
        await self.until(lambda: bool(self.typed(name)._suggestion))

    def offered(self, name: str) -> str:
        """What is told to be meant."""
        return str(self.field(name).query_one(".found", Static).content)

    def shown(self) -> list[str]:
        """Inputs in sight."""
        return [one.input_name for one in self.pilot.app.screen.query(Field) if one.display]


@asynccontextmanager
async def form(declared: dict[str, Declared], complaints: dict[str, str] | None = None) -> AsyncIterator[Form]:
    app = interface_of(lambda: Inputs("a title", declared, {}, lambda _typed: None, complaints))
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        yield Form(pilot)


def many() -> dict[str, Declared]:
    return dict(load(shipped()["redis-ownership"], registry()).checklist.inputs)


@pytest.mark.parametrize("key", ["tab", "right"])
async def test_a_host_is_completed_from_the_names_at_hand_behind_the_user(key: str) -> None:
    async with form(FEW) as here:
        await here.type("vm", "me@redis")
        await here.until(lambda: "me@redis-spare" in here.offered("vm"))
        await here.pilot.press(key)
        assert here.typed("vm").value == "me@redis-vm"
        assert here.typed("vm").has_focus


async def test_an_address_on_record_is_completed_too() -> None:
    async with form(FEW) as here:
        await here.type("vm", "192")
        await here.pilot.press("tab")
        assert here.typed("vm").value == "192.0.2.7"


async def test_tab_goes_on_where_there_is_nothing_to_take() -> None:
    async with form(FEW) as here:
        here.typed("vm").focus()
        await here.pilot.press("tab")
        assert here.typed("file").has_focus


async def test_a_path_is_completed_step_by_step_and_a_directory_has_its_slash() -> None:
    async with form(FEW) as here:
        await here.type("file", "~/ke")
        await here.pilot.press("tab")
        assert here.typed("file").value == "~/keys/"
        await here.until(lambda: here.typed("file")._suggestion == "~/keys/id_redis")
        await here.pilot.press("tab")
        assert here.typed("file").value == "~/keys/id_redis"


async def test_the_help_is_at_hand_while_one_types_and_what_was_typed_stays() -> None:
    async with form(FEW) as here:
        here.typed("word").focus()
        await here.pilot.press("y", "f1")
        assert isinstance(here.pilot.app.screen, Help)
        await here.pilot.press("escape")
        assert here.typed("word").value.endswith("y")


def test_hidden_and_hostile_names_are_not_offered(home: Path) -> None:
    assert paths(f"{home}/keys/") == [f"{home}/keys/id_redis"]
    assert paths(f"{home}/keys/.") == [f"{home}/keys/.hidden"]
    assert paths("relative") == []
    assert paths(f"{home}/none/x") == []
    assert paths("/\0") == []


async def test_what_nobody_gave_or_what_is_wrong_comes_first_of_many() -> None:
    declared = {**many(), "zone": Declared(type="text", help="where")}
    async with form(declared, {"account": "no such account"}) as here:
        assert here.shown()[:2] == ["account", "zone"]
        assert here.field("account").query_one("Input").has_focus


async def test_many_inputs_are_sifted_by_words_in_name_or_help() -> None:
    async with form(many()) as here:
        everything = len(here.shown())
        await here.pilot.press("f3")
        await here.pilot.press(*"redis port")
        await here.pilot.pause()
        assert "redis_port" in here.shown()
        assert len(here.shown()) < everything / 4


async def test_only_what_differs_from_the_default_is_shown_and_all_of_it_again() -> None:
    async with form(many()) as here:
        everything = here.shown()
        here.typed("unit").value = "redis"
        await here.pilot.pause()
        await here.pilot.press("f2")
        await here.pilot.pause()
        assert here.shown() == ["unit"]
        await here.pilot.press("f2")
        await here.pilot.pause()
        assert here.shown() == everything


async def test_a_form_with_few_inputs_has_nothing_to_sift() -> None:
    async with form(FEW) as here:
        assert not here.pilot.app.screen.query("#filter")
        await here.pilot.press("f2", "f3")
        assert here.shown() == list(FEW)


@SIZES
def test_many_inputs(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = interface_of(lambda: Inputs("Redis data directory", many(), {"branch": "fix"}, lambda _typed: None))
    assert snap_compare(app, terminal_size=size)
