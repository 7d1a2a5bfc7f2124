"""The settings file: read strictly, said plainly where it is wrong, and never a reason to stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding

import screens
from screens.help import Help
from screens.keymap import area_of
from screens.keys import AREAS, character_of
from screens.modals.note import TakeNote
from screens.notices import Notices
from screens.run import RunScreen
from screens.settings import Loaded, Settings, load, told
from screens.settingsfile import normal
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Pane
from tests.screens import stories
from tests.screens.classes import subclasses
from tests.screens.stories import Held
from wizard.paths import settings_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def loaded(file: Path, text: str) -> Loaded:
    file.write_text(text)
    return load(file)


def problems(file: Path, text: str) -> list[str]:
    return [str(problem).removeprefix(f"{file}:") for problem in loaded(file, text).problems]


def test_where_there_is_no_file_the_usual_settings_are_in_force(file: Path) -> None:
    assert load(file) == Loaded(path=file)
    assert not file.exists()


def test_everything_that_can_be_chosen_is_taken_from_the_file(file: Path) -> None:
    text = "theme: light\nnotices: {bell: true, desktop: osc777}\nkeymap:\n  run.note: [x, F2]\n  run.zoom: ctrl+F\n"
    found = loaded(file, text)
    assert not found.problems
    keymap = {"run.note": ("x", "f2"), "run.zoom": ("ctrl+f",)}
    assert found.settings == Settings("light", keymap, Notices(bell=True, desktop="osc777"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "keymap:\n", "theme: dark\n"])
def test_a_file_may_say_little(file: Path, text: str) -> None:
    assert not loaded(file, text).problems


WRONG = {
    "theme: drak": "1:8: theme: the text 'drak' is not allowed here; did you mean `dark`?",
    "thme: dark": "1:1: thme: unknown key `thme`; did you mean `theme`?",
    "keymap: {run.nte: x}": "1:10: keymap.run.nte: unknown key `run.nte`; did you mean `run.note`?",
    "keymap: {run.note: z}": "1:20: keymap.run.note: `z` is also the key of `run.zoom`; give one of them another key",
    "keymap: {run.note: T}": "1:20: keymap.run.note: `T` is also the key of `everywhere.theme`; "
    "give one of them another key",
    "keymap: {run.note: ctrl+c}": "1:20: keymap.run.note: `ctrl+c` leaves everywhere; choose another key",
    "keymap: {run.note: enter}": "1:20: keymap.run.note: `enter` answers everywhere; choose another key",
    "keymap: {run.note: pagdown}": "1:20: keymap.run.note: the text 'pagdown' is no key; did you mean `pagedown`?",
    "keymap: {run.note: hyper-x}": "1:20: keymap.run.note: the text 'hyper-x' is no key; "
    'write a character, a name such as f2 or pageup, or "ctrl+n"',
    "keymap: {run.note: true}": '1:20: keymap.run.note: expected a key, found true; write it in quotes, as in "ctrl+n"',
    "keymap: {run.note: []}": "1:20: keymap.run.note: no key is left for it; write a key, or take the line away",
    "keymap: {inputs.begin: b}": "1:24: keymap.inputs.begin: `b` is typed in the fields of this form; "
    "choose a key with ctrl, or a function key",
    "notices: {bell: yes}": "1:17: notices.bell: expected true or false, found the text 'yes'; "
    "write true or false, without quotes",
    "notices: {desktop: osc8}": "1:20: notices.desktop: the text 'osc8' is not allowed here; did you mean `osc9`?",
    "- theme": "1:1: document: expected a mapping, found a list; write `key: value` lines",
    "theme: light\ntheme: dark": "2:1: theme: `theme` stands here twice, first in line 1; keep one of them",
    "theme: &a dark": "1:8: theme: `&a` is an anchor; take it away",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_its_place_and_the_mend(file: Path, text: str) -> None:
    assert problems(file, text) == [WRONG[text]]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_of_it_is_in_force(file: Path) -> None:
    found = loaded(file, "theme: light\nkeymap: {run.nte: x, run.zoom: ctrl+c}\n")
    assert len(found.problems) == 2
    assert found.settings == Settings()
    assert "wizard settings --check" in found.complaint


@pytest.mark.parametrize("written", ["'\"'", '"\\\\"', "'#'", "':'", "','", "number_sign"])
def test_any_character_may_be_a_key_and_is_printed_so_that_it_can_be_read(file: Path, written: str) -> None:
    found = loaded(file, f"keymap: {{run.note: {written}}}")
    assert not found.problems
    again = loaded(file, "\n".join(told(found)))
    assert not again.problems
    assert again.settings.keymap["run.note"] == found.settings.keymap["run.note"]


def test_two_keys_may_change_places(file: Path) -> None:
    assert not problems(file, "keymap: {run.note: z, run.zoom: n}")


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
def test_no_file_whatsoever_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "settings.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    found = load(file)
    assert not found.problems or found.settings == Settings()


def test_a_file_that_cannot_be_read_is_said_and_stops_nothing(file: Path) -> None:
    file.mkdir()
    assert "cannot be read" in load(file).complaint


def test_what_is_printed_can_be_read_again(file: Path) -> None:
    printed = "\n".join(told(Loaded(Settings(theme="ascii"))))
    found = loaded(file, printed)
    assert not found.problems
    every = {f"{area}.{key.id}" for area, keys in AREAS.items() for key in keys}
    assert set(found.settings.keymap) == every


def test_what_is_printed_says_where_each_value_comes_from(file: Path) -> None:
    lines = list(told(loaded(file, "theme: light\nkeymap: {run.note: x}")))
    assert [line.split() for line in lines if line.endswith("from the file")] == [
        ["theme:", "light", "#", "from", "the", "file"],
        ["run.note:", '["x"]', "#", "from", "the", "file"],
    ]


@pytest.mark.parametrize(
    ("written", "called"), [("?", "question_mark"), ("Ctrl+N", "ctrl+n"), ("shift+t", "T"), ("F10", "f10"), ("T", "T")]
)
def test_a_key_may_be_written_as_people_do(written: str, called: str) -> None:
    assert normal(written) == called


def test_every_screen_that_names_its_area_has_it_in_the_keymap() -> None:
    """A screen of a new area adds it to ``AREAS``, so that its keys can be put elsewhere and stand in the palette."""
    from textual.screen import Screen  # noqa: PLC0415 - every module of the interface is loaded first

    for path in Path(screens.__file__).parent.rglob("*.py"):
        __import__(".".join(path.relative_to(Path(screens.__file__).parents[1]).with_suffix("").parts))
    known = {f"{area}.{key.id}" for area, keys in AREAS.items() for key in keys}
    every = [one for one in subclasses(Screen) if one.__module__.startswith("screens.")]
    assert RunScreen in every
    names = {
        binding.id
        for one in every
        for binding in one.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id and "." in binding.id
    }
    assert names <= known


DOCS = Path(screens.__file__).parents[1] / "docs" / "settings.md"


def test_the_page_about_settings_names_every_key_id_and_every_setting() -> None:
    page = DOCS.read_text()
    rows = [
        f"| `{area}.{key.id}` | {', '.join(character_of(one) or one for one in key.key.split(','))} |"
        for area, keys in AREAS.items()
        for key in keys
    ]
    assert [row for row in rows if row not in page] == []
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `") and "." in line.split("`")[1]}
    assert named <= {row.split("`")[1] for row in rows} | {"notices.bell", "notices.desktop"}


async def test_a_chosen_key_does_what_the_usual_one_did_and_the_footer_and_the_help_say_so() -> None:
    held = Held()
    app = stories.interface(stories.working(), held, loaded=Loaded(Settings("dark", {"run.note": ("x",)})))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "x note" in app.screen.query_one(KeyBar).render().plain
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Help)
        assert "      x  note " in app.screen.query_one(Pane)._shown.plain
        await pilot.press("escape", "x")
        await pilot.pause()
        assert isinstance(app.screen, TakeNote)


async def test_there_is_always_a_way_out() -> None:
    app = stories.interface(
        stories.over("clean", stories.Outcome("resolved", 0)),
        loaded=Loaded(Settings("dark", {"run.leave": ("Q",)})),
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.dismiss(None)
        await pilot.pause()
        await pilot.press("ctrl+c")
        await pilot.pause()
    assert app.return_code == 0


async def test_a_bad_file_is_said_in_passing_and_the_run_is_shown() -> None:
    app = stories.interface(stories.working(), loaded=Loaded(problems=("something [/is] wrong",)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert [one.message for one in app._notifications] == ["Your settings are not used: something [/is] wrong"]
        assert isinstance(app.screen, RunScreen)


async def test_the_area_of_a_screen_is_told_by_its_bindings() -> None:
    app = stories.interface(stories.working())
    async with app.run_test() as pilot:
        await pilot.pause()
        assert area_of(app.screen) == "run"


def test_looking_for_the_file_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIZARD_STATE_DIR", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert settings_file() == tmp_path / "config" / "incident-wizard" / "settings.yaml"
    assert not (tmp_path / "config").exists()
