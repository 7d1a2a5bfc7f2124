"""Every key, declared once: the footer, the help screen and the bindings are made from it."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType
from textual.keys import _character_to_key


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
        return face(self.key.partition(",")[0])


CHARACTERS = {_character_to_key(one): one for one in string.punctuation}
FACES = {"question_mark": "?", "escape": "esc", "enter": "enter", "slash": "/", "tab": "tab", "space": "space"}
FACES |= {"right": "→", "left": "←", "pagedown": "PgDn", "pageup": "PgUp"}


def face(key: str) -> str:
    """A key of Textual's as it stands on a keyboard."""
    return FACES.get(key) or character_of(key) or key.replace("ctrl+", "^")


def character_of(key: str) -> str:
    """The character that Textual calls by a name, as in ``number_sign``; empty where it is none."""
    return CHARACTERS.get(key, "")


RUN, LOOK, ALWAYS = "The run", "Looking", "Always"
RECORD = "The record"

ANSWER = Key("answer", "a", "answer", "Open what waits for you again, after you looked around.", RUN)
GO_ON = Key("go_on", "g", "go on", "Go on with a run that is paused or was stopped.", RUN)
CANCEL = Key("cancel", "c", "cancel", "End what the step is running, or end a watch early; its gate then decides.", RUN)
PAUSE = Key("pause", "p", "pause", "Stop here with the state kept.", RUN)
ROLL_BACK = Key("roll_back", "b", "roll back", "Undo a step, a phase or everything, newest first.", RUN)
HAND_OVER = Key(
    "hand_over", "h", "hand over", "Stop with the state kept, and write down for a successor what is next.", RUN
)
UNDO_PLAN = Key(
    "undo_plan", "u", "undo plan", "What a rollback would do, with worst-case times; and what one did, compared.", LOOK
)
TELL_NOW = Key("tell", "l", "tell", "Who should be told now, with a text to paste.", RUN)
COPY = Key("copy", "y", "copy", "Copy the text to paste.", ALWAYS)
TELL = Key("tell", "t", "told", "Say who was told.", ALWAYS)
EDITOR = Key("editor", "ctrl+e", "editor", "Edit it in $EDITOR.", ALWAYS, first=True)
TAKE_EDIT = Key("take", "ctrl+s,f10", "take it", "Take this text: it is shown for approval first.", ALWAYS, first=True)
READ_PLAN = Key("plan", "u", "plan", "Read the whole plan of the rollback.", ALWAYS)
NOTE = Key("note", "n", "note", "Put words on the record, for the report.", RUN)
REPORT = Key("report", "r", "report", "Read the incident report as it stands.", RUN)
MONITOR = Key("monitor", "m", "monitor", "A watch on a page of its own: its looks, its numbers, its end.", LOOK)
END_EARLY = Key("end_early", "c", "end early", "End the watch now, with a reason; its gate then decides.", RUN)
# Leaving the run to itself, and watching one.
DETACH = Key("detach", "d,ctrl+z", "detach", "Leave the run to an engine without a terminal, or suspend.", RUN)
TAKE_OVER = Key("take_over", "g", "take over", "Go on with this run here, with full control.", RUN)
SUSPEND = Key(
    "suspend",
    "ctrl+z",
    "suspend",
    "Back to the shell for a while; `fg` comes back.",
    ALWAYS,
    shown=False,
    does="app.suspend_process",
)
NOT_HERE = replace(SUSPEND, id="not_here", help="Close what is open first.", does="screen.not_here")
BELOW = Key("below", "question_mark,q", "keys below", "Close what is open first.", ALWAYS, shown=False)
"""The two keys that the footer below a modal always tells."""

# The start screen.
FILTER = Key("filter", "slash", "filter", "Show only what has these words; Escape shows all again.", LOOK)
CLEAR = Key("clear", "escape", "all", "Show everything again.", LOOK, shown=False)

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

# The report and the notes.
FIND = Key("find", "slash", "find", "Find words in the report; nothing typed ends it.", LOOK)
FIND_NEXT = Key("find_next", "n", "next", "The next place that was found.", LOOK)
FIND_PREVIOUS = Key("find_previous", "N", "previous", "The place before.", LOOK)
CONTENTS = Key("contents", "c", "contents", "The headings; moving among them moves the report.", LOOK)
READ_AGAIN = Key("read_again", "R,f5", "again", "Read the record again: a run at work goes on meanwhile.", LOOK)
PAGER = Key("pager", "v", "pager", "Read it in $PAGER.", LOOK)
WRITE = Key("write", "e", "write", "Write what only a person knows: words for a section of the report.", RECORD)
SAVE = Key("save", "ctrl+s", "save", "Save it as report.md in the run directory.", RECORD)
COPY_PATH = Key("copy_path", "y", "copy path", "Copy the path of report.md to the clipboard.", RECORD)
REPORT_KEYS = (
    *(CONTENTS, FIND, FIND_NEXT, FIND_PREVIOUS, WRITE, SAVE, COPY_PATH, PAGER, READ_AGAIN),
    *(HELP, BACK),
)
"""The keys of the report."""

TAG_NEXT = Key("tag_next", "down", "next tag", "The next tag of the note.", ALWAYS, shown=False)
TAG_BEFORE = Key("tag_before", "up", "tag before", "The tag before.", ALWAYS, shown=False)
KEEP_WORDS = Key("keep", "ctrl+s", "put on record", "Put what is written on record.", ALWAYS, first=True)

NOTES = Key("notes", "N", "notes", "Every note, by its time: tick todos, settle hypotheses.", RUN, shown=False)
SETTLE = Key("settle", "space", "settle", "Tick a todo; say what became of a hypothesis.", RECORD)
TAG_FILTER = Key("filter", "t", "tag", "Show only the notes of one tag, then of the next.", LOOK)
NOTES_KEYS = (SETTLE, TAG_FILTER, NOTE, HELP, BACK)
"""The keys of the list of notes."""

PREFLIGHT = Key("preflight", "i", "plan", "The whole plan, the hosts, the facts and the risks, at any time.", LOOK)
PART = Key("next_section", "right", "next part", "To the next part of the page.", LOOK, first=True)
PART_BACK = Key("section_back", "left", "part before", "To the part before.", LOOK, shown=False, first=True)
RUN_PAGE = Key("back", "escape,i", "the run", "To the screen of the run; `a` or `i` comes back here.", ALWAYS)

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
COPY_LOG = Key("copy", "y", "copy", "Copy what is selected in the log, or the lines in sight.", LOOK, shown=False)
SAVE_LOG = Key("save_log", "S", "save log", "Save the whole log to a file.", LOOK, shown=False)
PAGE_LOG = Key("page_log", "v", "pager", "Read the whole log in $PAGER.", LOOK, shown=False)
EDIT_LOG = Key("edit_log", "E", "editor", "Open a copy of the whole log in $EDITOR.", LOOK, shown=False)

LOG_KEYS = (SEARCH, TIMES, WRAP, JUMP, STREAMS, COPY_LOG, SAVE_LOG, PAGE_LOG, EDIT_LOG)
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

START_KEYS = (CHOOSE, FILTER, CLEAR, OTHER_LIST, SUSPEND, HELP, LEAVE)
"""The keys of the start screen."""

SIFT = Key("sift", "f3", "sift", "Type words, and see only inputs that have them in name or help.", LOOK)
ONLY_CHANGED = Key(
    "only_changed", "f2", "what differs", "Only inputs that differ from their default or are wrong, or all again.", LOOK
)
MANY_INPUTS = (SIFT, ONLY_CHANGED)
"""Keys of a form with many inputs."""

INPUT_KEYS = (BEGIN, replace(NEXT_PANE, shown=True, label="next field"), CLOSE_FORM, HELP_FORM)
"""The keys of the inputs form; letters are typed there."""

PREFLIGHT_KEYS = (
    PART,
    PART_BACK,
    replace(READ_DOWN, label="page on", help="The next page.", shown=True),
    replace(READ_UP, help="The page before."),
    RUN_PAGE,
    HELP,
    LEAVE,
)
"""The keys of the page ahead of the first step."""

RUN_KEYS = (
    *(ANSWER, GO_ON, CANCEL, PAUSE, ROLL_BACK, NOTE, NOTES, REPORT, HAND_OVER, TELL_NOW, UNDO_PLAN),
    *(MONITOR, SWITCH, FOLLOW, NEXT_LOG, ZOOM, DETACH, UNZOOM, NEXT_PANE),
    *LOG_KEYS,
    PREFLIGHT,
    *(HELP, LEAVE),
)
"""The keys of the run screen, in the order of its footer."""

MONITOR_KEYS = (ANSWER, END_EARLY, replace(BACK, key="escape,q,m"), replace(NEXT_PANE, shown=True), HELP)
"""The keys of the monitor."""


_LOOKS = tuple(key for key in RUN_KEYS if key is REPORT or key.group in {LOOK, ALWAYS})
WATCH_KEYS = (TAKE_OVER, *_LOOKS[:-2], SUSPEND, *_LOOKS[-2:])
"""The keys of a run that is only watched: what looks, and nothing that answers or changes."""

PALETTE = Key(
    "palette",
    "ctrl+p",
    "palette",
    "Everything that can be done now; type to find it.",
    ALWAYS,
    shown=False,
    does="app.palette",
)
THEME = Key("theme", "T", "theme", "The next theme: dark, light, ASCII only.", ALWAYS, shown=False, does="app.theme")
EVERYWHERE = (PALETTE, THEME)
"""The keys of every screen, but for what is asked over it."""

REHEARSAL_KEYS = (CHOOSE, HELP, LEAVE)
"""The keys of the first screen of a drill."""

AREAS: dict[str, tuple[Key, ...]] = {
    "run": RUN_KEYS,
    "start": tuple(key for key in START_KEYS if key is not CHOOSE),
    "inputs": (*INPUT_KEYS, *MANY_INPUTS),
    "preflight": PREFLIGHT_KEYS,
    "watch": WATCH_KEYS,
    "monitor": MONITOR_KEYS,
    "notes": NOTES_KEYS,
    "report": REPORT_KEYS,
    "compare": (BACK,),
    "rollback": (BACK,),
    "rehearsals": (HELP, LEAVE),
    "help": (BACK,),
    "opening": (LEAVE,),
    "jump": PICK_KEYS,
    "everywhere": EVERYWHERE,
}
"""The keys that a person may put elsewhere, by the area that stands before the id in a keymap, as in ``run.note``."""


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
