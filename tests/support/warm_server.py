"""The process that forks, for ``tests.support.warm``: it loads what the wizard needs, and then does what it is asked.

It has one thread, and a fork of it leaves by the end of this module, as a program would: Python ends it as ever.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import re
import resource
import runpy
import socket
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

CHECKLIST = Path(__file__).parents[1] / "fixtures" / "checklists" / "harbour.yaml"
LATE = (
    "encodings.ascii",
    "encodings.utf_8_sig",
    "textual.drivers.linux_driver",
    "textual.layouts.factory",
    "textual.layouts.horizontal",
    "textual.layouts.stream",
    "textual.pilot",
    "textual.scrollbar",
)
"""What Python and textual load only once they use it."""

LEFT_OUT = re.compile(r"wizard\.(cli|drill|facts\.ansible_callback)(\..*)?")
"""What is run anew each time, the practice host, and what is loaded by Ansible alone."""

NAMES = {0: "<stdin>", 1: "<stdout>", 2: "<stderr>"}
MOST = 1 << 18
"""Bytes of the longest request."""


def load() -> None:
    """Load what the wizard needs, with the models of a checklist built."""
    for package in ("wizard", "screens"):
        load_all(package)
    for name in LATE:
        importlib.import_module(name)
    loading, kinds = (importlib.import_module(f"wizard.{name}") for name in ("checklist.loading", "kinds"))
    kinds.document_from(loading.Source(CHECKLIST, CHECKLIST.read_text(), ""))


def load_all(package: str) -> None:
    """Load it, and what is in it."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if LEFT_OUT.fullmatch(module.name):
            continue
        if module.ispkg:
            load_all(module.name)
        else:
            importlib.import_module(module.name)


class Interface(MetaPathFinder, Loader):
    """Hides the interface until it is imported: its package sets a variable then, which nobody else is to have."""

    def __init__(self) -> None:
        names = [name for name in sys.modules if name.partition(".")[0] == "screens"]
        self._modules = {name: sys.modules.pop(name) for name in names}
        self._spec = self._modules["screens"].__spec__
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Only of the package: its modules are there with it."""
        return ModuleSpec(fullname, self, is_package=True) if fullname == "screens" else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The package as it was loaded."""
        return self._modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Do again what it does when it is loaded."""
        sys.meta_path.remove(self)
        module.__spec__ = self._spec
        self._spec.loader.exec_module(module)
        sys.modules.update(self._modules)


def serve(channel: socket.socket) -> tuple[Mapping[str, Any], list[int]] | None:
    """Answer until nobody asks any more; in a fork, what it is to be and its three streams."""
    while True:
        asked, streams, _, _ = socket.recv_fds(channel, MOST, 3)
        if not asked:
            return None
        request = json.loads(asked)
        if "ended" in request:
            _, status, used = os.wait4(request["ended"], 0)
            answer: Any = [status, used.ru_utime + used.ru_stime]
        else:
            answer = os.fork()
            if not answer:
                return request, streams
        for stream in streams:
            os.close(stream)
        channel.send(json.dumps(answer).encode())


def settle(request: Mapping[str, Any], streams: list[int]) -> None:
    """Have what a program of its own would have, from its parent and from Python's start."""
    if request["session"]:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if request["controlling"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(request["directory"])
    os.umask(request["umask"])
    for limit, values in request["limits"]:
        if resource.getrlimit(limit) != tuple(values):
            resource.setrlimit(limit, values)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    for number, name in NAMES.items():
        opened = stream_of(number, name)
        setattr(sys, name[1:-1], opened)
        setattr(sys, f"__{name[1:-1]}__", opened)
    sys.orig_argv = request["words"]


def stream_of(number: int, name: str) -> io.TextIOWrapper:
    """A standard stream as Python opens it; how it encodes is as of its predecessor, the locale being the same."""
    before = getattr(sys, name[1:-1])
    reads = number == 0
    # Closed by nobody: as of any program's, what is left in it is written when Python ends.
    binary: Any = open(number, "rb" if reads else "wb", closefd=False)  # noqa: SIM115 - as said above
    binary.raw.name = name
    by_line = number == 2 or binary.raw.isatty()
    opened = io.TextIOWrapper(binary, before.encoding, before.errors, newline="\n", line_buffering=by_line)
    opened.mode = "r" if reads else "w"  # type: ignore[misc] - it can be set, as Python does itself
    return opened


def become(words: list[str]) -> None:
    """Do what ``python -m module`` or ``python -c program`` does."""
    Interface()
    _, how, what, *arguments = words
    if how == "-m":
        sys.argv = ["-m", *arguments]
        sys.path[0] = os.getcwd()  # noqa: PTH109 - as Python has it
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *arguments]
        sys.path[0] = ""
        main = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), main.__dict__)  # noqa: S102 - that is what is asked for


def main(number: int) -> None:
    """Load, and fork as often as it is asked to."""
    load()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork would have one thread of several"
    assert tempfile.tempdir is None, "where files for a moment go depends on a variable"
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the forks, as no collection of theirs visits it
    job = None
    with suppress(KeyboardInterrupt), socket.socket(fileno=number) as channel:
        job = serve(channel)
    if job:
        settle(*job)
        become(job[0]["words"])


if __name__ == "__main__":
    main(int(sys.argv[1]))
