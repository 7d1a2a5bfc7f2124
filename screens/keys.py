"""Every key, declared once: the footer, the help screen and the bindings are made from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Args:
        id: Its name for good.
        key: What is pressed, in Textual's words; several are separated by commas.
        label: A word or two for the footer.
        help: A sentence for the help screen.
        group: Where it stands in the help screen.
        shown: It stands in the footer.
        first: It comes before what has the focus.
        does: The action it stands for, where that is not the screen's action of its name.
    """

    id: str
    key: str
    label: str
    help: str
    group: str
    shown: bool = True
    first: bool = False
    does: str = ""

    @property
    def action(self) -> str:
        """What Textual runs."""
        return self.does or f"screen.{self.id}"

    @property
    def face(self) -> str:
        """The key as it stands on a keyboard."""
        return FACES.get(self.key.partition(",")[0], self.key.partition(",")[0].replace("ctrl+", "^"))


FACES = {"question_mark": "?", "escape": "esc", "enter": "⏎", "slash": "/", "tab": "⇥", "space": "space"}

RUN, LOOK, ALWAYS = "The run", "Looking", "Always"

ANSWER = Key("answer", "a", "answer", "Open what waits for you again, after you looked around.", RUN)
GO_ON = Key("go_on", "g", "go on", "Go on with a run that is paused or was stopped.", RUN)
CANCEL = Key("cancel", "c", "cancel", "End what the step is running, or end a watch early; its gate then decides.", RUN)
PAUSE = Key("pause", "p", "pause", "Stop here with the state kept.", RUN)
ROLL_BACK = Key("roll_back", "b", "roll back", "Undo a step, a phase or everything, newest first.", RUN)
NOTE = Key("note", "n", "note", "Put words on the record, for the report.", RUN)
REPORT = Key("report", "r", "report", "Read the incident report as it stands.", RUN)
SWITCH = Key("switch", "s", "steps", "In a narrow terminal: the list of steps, or the step.", LOOK)
FOLLOW = Key("follow", "f", "follow", "Follow the run again: its current step and the end of its log.", LOOK)
NEXT_LOG = Key("next_log", "o", "other log", "The log of the next host.", LOOK)
ZOOM = Key("zoom", "z", "zoom", "Give the part that has the focus the whole screen, or take it back.", LOOK)
UNZOOM = Key("unzoom", "escape", "all parts", "Give every part its room again.", LOOK, shown=False)
NEXT_PANE = Key(
    "next_part",
    "tab",
    "next part",
    "To the next part of the screen; Shift+Tab goes back.",
    LOOK,
    shown=False,
    does="app.focus_next",
)
HELP = Key("help", "question_mark", "help", "This page.", ALWAYS)
LEAVE = Key("leave", "q,ctrl+c,ctrl+q", "leave", "Leave the wizard; the state is kept.", ALWAYS)
CLOSE = Key("close", "escape", "look around", "Close what is open without an answer.", ALWAYS)
READ_DOWN = Key(
    "read_down", "pagedown", "read on", "The next page of what is asked about.", ALWAYS, shown=False, first=True
)
READ_UP = Key("read_up", "pageup", "read back", "The page before.", ALWAYS, shown=False, first=True)
CLOSE_FORM = Key("back", "escape", "back", "Back, with nothing begun.", ALWAYS)
HELP_FORM = Key("help", "f1", "help", "This page.", ALWAYS)
BACK = Key("back", "escape,q", "back", "Back to where you were.", ALWAYS)

SEARCH = Key(
    "search",
    "slash",
    "search",
    "Search the log; n and N go on to the next and the last one while it has the focus.",
    LOOK,
)
TIMES = Key("times", "t", "times", "When each line of the log came, in UTC.", LOOK, shown=False)
WRAP = Key("wrap", "w", "wrap", "Wrap the lines of the log, or cut them.", LOOK, shown=False)
JUMP = Key("jump", "j", "jump", "To the beginning of a step in the log.", LOOK, shown=False)
STREAMS = Key(
    "streams", "O", "hosts", "The logs of all hosts: one, all in one in order of arrival, or side by side.", LOOK
)
COPY = Key("copy", "y", "copy", "Copy what is selected in the log, or the lines in sight.", LOOK, shown=False)
SAVE_LOG = Key("save_log", "S", "save log", "Save the whole log to a file.", LOOK, shown=False)
PAGE_LOG = Key("page_log", "v", "pager", "Read the whole log in $PAGER.", LOOK, shown=False)
EDIT_LOG = Key("edit_log", "E", "editor", "Open a copy of the whole log in $EDITOR.", LOOK, shown=False)

LOG_KEYS = (SEARCH, TIMES, WRAP, JUMP, STREAMS, COPY, SAVE_LOG, PAGE_LOG, EDIT_LOG)
"""The keys of the log, wherever the focus is on the run screen."""

FOUND_KEYS = (
    Key("found_next", "n", "next", "To the next line that was found.", LOOK, shown=False, does="find_next"),
    Key("found_previous", "N", "last", "To the one before.", LOOK, shown=False, does="find_previous"),
    Key("found_close", "escape", "close", "Close the search.", LOOK, shown=False, does="find_close"),
)
"""The keys of the log while a search is open and the log has the focus."""

FIND_KEYS = (
    Key("find_previous", "up,shift+enter", "last", "To the one before.", LOOK, shown=False, does="find_previous"),
    Key("find_next", "down", "next", "To the next one.", LOOK, shown=False, does="find_next"),
    Key("find_close", "escape", "close", "Close the search.", LOOK, shown=False, does="find_close"),
)
"""The keys of the line in which one says what to search for."""

PICK_KEYS = (
    Key("pick_next", "down", "next", "The next one.", LOOK, shown=False),
    Key("pick_previous", "up", "last", "The one before.", LOOK, shown=False),
)
"""The keys of a list below a line in which one types."""

BEGIN = Key("begin", "ctrl+s,f10", "begin", "Check every input and begin.", RUN)
CHOOSE = Key("choose", "enter", "choose", "Choose what is picked.", LOOK)
OTHER_LIST = replace(NEXT_PANE, label="other list", help="To the other list; Shift+Tab goes back.", shown=True)

START_KEYS = (CHOOSE, OTHER_LIST, HELP, LEAVE)
"""The keys of the start screen."""

INPUT_KEYS = (BEGIN, replace(NEXT_PANE, shown=True, label="next field"), CLOSE_FORM, HELP_FORM)
"""The keys of the inputs form; letters are typed there."""

RUN_KEYS = (
    *(ANSWER, GO_ON, CANCEL, PAUSE, ROLL_BACK, NOTE, REPORT),
    *(SWITCH, FOLLOW, NEXT_LOG, ZOOM, UNZOOM, NEXT_PANE),
    *LOG_KEYS,
    *(HELP, LEAVE),
)
"""The keys of the run screen, in the order of its footer."""


def bindings(keys: Iterable[Key], area: str = "") -> list[BindingType]:
    """The bindings of these keys; ``area`` tells alike keys of different screens apart in a keymap."""
    return [
        Binding(
            key.key,
            key.action,
            key.label,
            show=key.shown,
            key_display=key.face,
            priority=key.first,
            tooltip=key.help,
            id=f"{area}.{key.id}" if area else key.id,
        )
        for key in keys
    ]
