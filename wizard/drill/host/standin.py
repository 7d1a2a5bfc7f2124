"""What a stand-in runs: it hands its words to the practice host and says what comes back. Not imported by anything.

Started for every call, so it loads nothing but what the interpreter has built in. Arguments: the socket, the name of
the command, its own arguments. A request is words that end with NUL; a reply is the exit status and the length of
standard output, as a line, then both outputs.
"""

import _socket
import os
import sys

SILENT = 99
"""Exit status where there is no answer, as for what is not modelled: none of the commands has it."""


def main(door: str, *words: str) -> int:
    """Ask, and answer as the command would."""
    try:
        reply = ask(door, *words)
        head, _, rest = reply.partition(b"\n")
        status, length = map(int, head.split())
    except (OSError, ValueError):
        sys.stderr.write(f"{words[0]}: the practice host does not answer\n")
        return SILENT
    sys.stdout.buffer.write(rest[:length])
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(rest[length:])
    return status


def ask(door: str, *words: str) -> bytes:
    """The whole reply; empty where the practice host is in trouble itself."""
    # What is given as standard input stands for itself here alone, so it goes by its name.
    words = tuple(os.readlink(word) if word == "/proc/self/fd/0" else word for word in words)  # noqa: PTH115 - loads nothing
    link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    link.connect(door)
    told = (os.environ.get("WIZARD_DRILL_UID", ""), os.environ.get("PATH", ""), os.getcwd(), *words)  # noqa: PTH109 - loads nothing
    link.send(b"".join(os.fsencode(word) + b"\0" for word in told))
    link.shutdown(_socket.SHUT_WR)
    reply = b""
    while data := link.recv(65536):
        reply += data
    return reply


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
