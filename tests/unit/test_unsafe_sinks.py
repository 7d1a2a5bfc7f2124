"""No module of ours has a place where somebody's text would be read as markup, act, or reach the terminal as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import screens
import wizard
from tests.support.sinks import console_sinks, screen_sinks

SCREENS, WIZARD = (Path(str(package.__file__)).parent for package in (screens, wizard))


@pytest.mark.parametrize("path", sorted(SCREENS.rglob("*.py")), ids=lambda path: str(path.relative_to(SCREENS)))
def test_the_interface_has_none(path: Path) -> None:
    assert list(screen_sinks(path.read_text())) == []


@pytest.mark.parametrize("path", sorted(WIZARD.rglob("*.py")), ids=lambda path: str(path.relative_to(WIZARD)))
def test_the_engine_and_its_console_have_none(path: Path) -> None:
    assert list(console_sinks(path.read_text())) == []


PLANTED = [
    "Static(title)",
    "Static(title, markup=True)",
    "Static(title, markup=loud)",
    "yield Label(name)",
    "OptionList(*names, id='hosts')",
    "self.notify(str(problem))",
    "self.app.notify(f'{host} is gone', severity='error')",
    "widget.update(f'[bold]{name}[/]')",
    "widget.update('on ' + plain(name))",
    "widget.update(plain(name) if name else '')",
    "Option(plain(name))",
    "Option(f'{name}')",
    "Content.from_markup(name)",
    "Text.from_markup(name)",
    "Text.from_ansi(line)",
    "log = RichLog()",
    "yield Markdown(report)",
    "self.border_title = f'Log of {host}'",
    "widget.tooltip = str(path)",
    "print(line)",
    "sys.stdout.write(line)",
    "sys.stdout.buffer.write(line)",
    "Style(link=address)",
    "Console(file=out)",
    "console.print(line, markup=True)",
]


@pytest.mark.parametrize("line", PLANTED)
def test_a_planted_one_is_found(line: str) -> None:
    source = f"def compose(self):\n    {line}\n"
    assert {sink.line for sink in screen_sinks(source)} == {2}


@pytest.mark.parametrize("line", ["Console(stderr=True)", "Text.from_markup(line)", "console.print(line, markup=True)"])
def test_a_planted_one_is_found_in_the_engine(line: str) -> None:
    assert list(console_sinks(f"{line}\n"))


SAFE = [
    "Static('', markup=False)",
    "widget.update(Content.styled(plain(name), 'bold'))",
    "widget.update(Content('\\n').join(lines))",
    "self.notify(plain(text), markup=False)",
    "Option(Content(name))",
    "self.border_title = said or None",
    "sys.stderr.write(line)",
    "Console(stderr=True, markup=False)",
]


@pytest.mark.parametrize("line", SAFE)
def test_a_safe_one_is_left_alone(line: str) -> None:
    assert list(screen_sinks(f"{line}\n")) == []
