"""The inputs of a run as a form: types, defaults and help in sight, secrets masked, what is wrong said while typing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static

from screens import keys
from screens.closable import Closable
from screens.completion import SHOWN, CompletedInput, Completer, hosts_among, paths
from screens.help import Help
from screens.sizes import fold, opened_from_another
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Frame
from screens.words import plain
from wizard.checklist.inputs import InputsInvalid
from wizard.checklist.surroundings import Input as Declared
from wizard.checklist.values import Unfit, convert
from wizard.errors import WizardError
from wizard.hosts.names import CONFIG, USER_KNOWN, host_names
from wizard.paths import known_hosts_file

FLAG = ("true", "false")

MANY = 8
"""Inputs above which they can be sifted, and those that somebody must look at come first."""


def _known_hosts() -> Sequence[str]:
    """Hosts that a person may mean: of the SSH configuration, and of the keys on record."""
    return host_names(CONFIG, (*USER_KNOWN, known_hosts_file()))


FINDERS = {"host": hosts_among(_known_hosts), "path": paths}
"""What could be meant, by the type of the input."""


class Field(Vertical):
    """One input: its name, what it is for, where it is typed, and what is wrong with it.

    Args:
        name: The input's name.
        declared: What the checklist says of it.
        given: What was given for it already; a secret is never among it.
    """

    def __init__(self, name: str, declared: Declared, given: Any = None) -> None:
        super().__init__(classes="field")
        self.input_name = name
        self.declared = declared
        self._given = declared.default if given is None else given
        self._checked: str | None = None

    def compose(self) -> ComposeResult:
        """Name and help, the value, the complaint."""
        about = Content.assemble(
            (plain(self.input_name), "bold"), (f"  {self.declared.type}", "dim"), (_help(self.declared), "dim")
        )
        yield Static(about, classes="about", markup=False)
        yield self._choices() if self._options else self._typed()
        yield Static("", classes="found", markup=False)
        yield Static("", classes="complaint", markup=False)

    @property
    def _options(self) -> tuple[str, ...]:
        return FLAG if self.declared.type == "flag" else tuple(self.declared.choices)

    def _choices(self) -> Select[str]:
        shown = str(self._given).lower() if self.declared.type == "flag" else str(self._given)
        options = [(Content(plain(one)), one) for one in self._options]
        if shown in self._options:
            return Select(options, value=shown, allow_blank=False)
        return Select(options, prompt="choose")

    def _typed(self) -> Input:
        secret = self.declared.type == "secret"
        value = "" if self._given is None or secret else str(self._given)
        shown, placeholder = plain(value) if value else "", _placeholder(self.declared)
        find = FINDERS.get(self.declared.type)
        if find:
            return CompletedInput(shown, placeholder=placeholder, suggester=Completer(find))
        return Input(shown, placeholder=placeholder, password=secret)

    @property
    def value(self) -> str | None:
        """What stands in it; None where nothing does, so that the environment or a file may give it."""
        widget = self.query_one("Input, Select")
        if isinstance(widget, Select):
            return str(widget.value) if widget.value in self._options else None
        text = widget.value if isinstance(widget, Input) else ""
        # A default that was wiped out is not meant, so that it is not put back in silence.
        wiped = self.declared.default not in {None, ""}
        return text if text or wiped else None

    def on_mount(self) -> None:
        """What it begins with is no change."""
        self._checked = self.value

    def check(self) -> None:
        """Say what is wrong with what stands in it now, if anything is."""
        value = self.value
        if value == self._checked:
            return
        self._checked = value
        try:
            if value is not None:
                convert(value, self.declared)
        except Unfit as unfit:
            self.complain(f"{unfit.what}: {unfit.mend}")
        else:
            self.complain("")

    @property
    def wrong(self) -> bool:
        """Something is wrong with it, as far as it was looked at."""
        return self.query_one(".complaint").display

    @property
    def needed(self) -> bool:
        """Nobody has given it, and nothing is there instead."""
        given = self.declared.env and os.environ.get(self.declared.env)
        return self._given is None and not given

    @property
    def differs(self) -> bool:
        """What stands in it is not the checklist's default."""
        default = self.declared.default
        shown = str(default).lower() if self.declared.type == "flag" else str(default)
        return (self.value or "") != ("" if default is None else shown)

    def matches(self, words: str) -> bool:
        """All of these words are in its name or its help."""
        told = f"{self.input_name} {self.declared.help} {self.declared.type}".lower()
        return all(word in told for word in words.lower().split())

    def offer(self, values: Sequence[str]) -> None:
        """Show what could be meant, the likeliest first."""
        more = f"  and {len(values) - SHOWN:,} more" if len(values) > SHOWN else ""
        told = f"→ or ⇥ takes: {'   '.join(map(plain, values[:SHOWN]))}{more}" if values else ""
        found = self.query_one(".found", Static)
        found.update(Content.styled(told, "$text-muted"))
        found.display = bool(told)

    def complain(self, text: str) -> None:
        """Show what is wrong, or that nothing is."""
        complaint = self.query_one(".complaint", Static)
        complaint.update(Content.styled(f"✘ {plain(text)}" if text else "", "$error"))
        complaint.display = bool(text)


class Inputs(Closable[None]):
    """Asks for the inputs; ``begin`` is given what was typed, and may complain.

    Args:
        title: What is to be run.
        declared: The inputs to ask for.
        given: What is known of them already.
        begin: Begins with what was typed; raises ``InputsInvalid`` where it does not do.
        complaints: What was found wrong before anybody was asked, by input.
    """

    BINDINGS = keys.bindings([*keys.INPUT_KEYS, *keys.MANY_INPUTS], "inputs")
    AUTO_FOCUS = "Input, Select"

    def __init__(
        self,
        title: str,
        declared: Mapping[str, Declared],
        given: Mapping[str, Any],
        begin: Callable[[Mapping[str, str]], None],
        complaints: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._heading = plain(title)
        self._begin = begin
        self._complaints = complaints or {}
        self._fields = [Field(name, one, given.get(name)) for name, one in declared.items()]
        self._many = len(self._fields) > MANY
        if self._many:
            self._fields.sort(key=lambda field: not (field.needed or field.input_name in self._complaints))
        self._only_changed = False

    def compose(self) -> ComposeResult:
        """The fields, one below the other."""
        if self._many:
            yield Input(placeholder="type to see only inputs with these words in name or help", id="filter")
        with VerticalScroll(id="inputs", can_focus=False) as form:
            self._form = Frame(form)
            yield from self._fields
            if not self._fields:
                yield Static(Content("This checklist asks for nothing."), markup=False)
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """Say at once what is known to be wrong."""
        fold(self)
        self.query_one(KeyBar).show(self._keys)
        for field in self._fields:
            field.complain(self._complaints.get(field.input_name, ""))
        self._sift()
        first = next(iter(self.query("Field Input, Field Select")), None)
        if self._many and first:
            first.focus()

    @property
    def _keys(self) -> tuple[keys.Key, ...]:
        return (*keys.INPUT_KEYS[:2], *keys.MANY_INPUTS, *keys.INPUT_KEYS[2:]) if self._many else keys.INPUT_KEYS

    def _sift(self) -> None:
        """Show the fields that are asked for, and how many there are of which sort."""
        words = self.query_one("#filter", Input).value if self._many else ""
        for field in self._fields:
            hidden = not field.matches(words) or (self._only_changed and not (field.differs or field.wrong))
            field.set_class(hidden, "hidden")
        self._say()

    def _say(self) -> None:
        changed, wrong = sum(one.differs for one in self._fields), sum(one.wrong for one in self._fields)
        counts = f"{len(self._fields)} inputs, {changed} not by default{f', {wrong} wrong' if wrong else ''}"
        shown = counts if self._many else ""
        only = "only what differs" if self._only_changed else ""
        self._form.say("Inputs", " · ".join(part for part in (self._heading, shown, only) if part))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """What sifts is offered where there is much to sift."""
        return self._many if action in {"sift", "only_changed"} else True

    def action_sift(self) -> None:
        """To the line that sifts the inputs."""
        self.query_one("#filter").focus()

    def action_only_changed(self) -> None:
        """Only inputs that differ from their default, or all of them."""
        self._only_changed = not self._only_changed
        self._sift()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is typed is checked, or sifts."""
        if event.input.id == "filter":
            self._sift()
            return
        field = _field_of(event.input)
        field.check()
        if self._many:
            self._say()

    def on_completed_input_found(self, event: CompletedInput.Found) -> None:
        """What could be meant is told below the field."""
        _field_of(event.field).offer(event.values)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """What could have been meant is of no interest any more."""
        if isinstance(event.widget, CompletedInput):
            _field_of(event.widget).offer(())

    def on_select_changed(self, event: Select.Changed) -> None:
        """What is chosen is checked."""
        _field_of(event.select).check()
        if self._many:
            self._say()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Name and help of a field are in sight while it is filled in."""
        field = next((one for one in event.widget.ancestors if isinstance(one, Field)), None)
        if field:
            self.call_after_refresh(field.scroll_visible, animate=False)

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Enter goes on to the next field; only the last one begins nothing by itself."""
        self.focus_next()

    def action_begin(self) -> None:
        """Begin, or say what is missing."""
        typed = {field.input_name: field.value for field in self._fields}
        try:
            self._begin({name: value for name, value in typed.items() if value is not None})
        except InputsInvalid as invalid:
            self._complain(invalid)
        except WizardError as problem:
            self.notify(plain(str(problem)), severity="error", markup=False, timeout=10)

    def action_back(self) -> None:
        """Back to where it was opened from, or out where that is nowhere."""
        if opened_from_another(self):
            self.dismiss(None)
        else:
            self.app.exit(return_code=2)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(self._keys))

    def _complain(self, invalid: InputsInvalid) -> None:
        said = {name: f"{what}: {mend}" for name, what, mend in invalid.complaints}
        for field in self._fields:
            field.complain(said.pop(field.input_name, ""))
        wrong = next((field for field in self._fields if field.wrong), None)
        if self._many:
            self.query_one("#filter", Input).value = ""
            self._sift()
        if wrong:
            wrong.query_one("Input, Select").focus()
        if said:
            self.notify(
                plain("; ".join(f"{name}: {what}" for name, what in said.items())), severity="error", markup=False
            )


def _field_of(widget: Any) -> Field:
    field = next(one for one in widget.ancestors if isinstance(one, Field))
    assert isinstance(field, Field)  # noqa: S101 - every input stands in a field
    return field


def _help(declared: Declared) -> str:
    return f" · {plain(declared.help)}" if declared.help else ""


def _placeholder(declared: Declared) -> str:
    if declared.env and os.environ.get(declared.env):
        return f"given by ${declared.env}"
    if declared.type == "secret":
        return "may stay empty" if declared.default == "" else "must be given"
    return "" if declared.default is not None else "must be given"
