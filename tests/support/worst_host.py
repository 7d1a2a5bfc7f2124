"""The worst host: it speaks the protocol of a channel, and answers each call with a lie that follows from a seed."""

from __future__ import annotations

import random
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from wizard.facts.asking import PLAIN

CANARY = "wizard-canary"
"""A program that must never run: what a host says names it wherever something might run it."""

OUT, ERR, END = "out", "err", "end"

Said = tuple[str, bytes]
"""Something that the host does: says bytes on standard output or error, or ends its shell."""

RUN = f"touch {CANARY}.ran; {CANARY}"
TEXTS: Sequence[bytes] = (
    f"$({RUN})".encode(),
    f"`{RUN}`".encode(),
    f"'; {RUN}; '".encode(),
    f'"; {RUN}; "'.encode(),
    f"\n{RUN}\n".encode(),
    f"{{{{ lookup('pipe', '{RUN}') }}}}".encode(),
    f"{{% for x in ().__class__.__base__.__subclasses__() %}}{{{{ x }}}}{{% endfor %}}{RUN}".encode(),
    f"!!python/object/apply:os.system ['{RUN}']".encode(),
    f"-oProxyCommand={CANARY}".encode(),
    b"-rf /",
    b"\x1b]52;c;d2l6YXJk\x07\x1b[2J\x1b]0;title\x07\x1bP1$r\x1b\\\x9b31m",
    b"\x1b[8m\r\x1b[2K\r" * 200,
    b"\r" * 4096,
    b"\x00\x00\x00",
    b"a\x00b",
    b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "\u202e\u2066\u200b\u2028\u2029\x85\ufeff".encode(),
    ("e" + "\u0301" * 500).encode(),
    b"</script><script>alert(1)</script>|[x](javascript:alert(1))|\n# heading\n```\n---\n",
    b"![x](http://127.0.0.1/x)\n| a | b |\n<!-- -->",
    b"=cmd|' /C calc'!A0",
    b"\036",
    b"x" * 70_000,
    b"\t\t\t\n\t\n\n",
    b"%s%n%d{0}{}\\",
    b"",
)
"""What a shell, Ansible, Jinja, YAML, Markdown, HTML, a spreadsheet or a terminal might take for more than text."""

NUMBERS: Sequence[bytes] = (
    b"-1",
    b"0",
    b"1",
    b"256",
    b"4294967296",
    b"9223372036854775808",
    b"1" + b"0" * 300,
    b"9" * 5000,
    b"1_0",
    b" 7",
    b"+7",
    b"0x10",
    b"1e9",
    b"1.5",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    "\u0663\u0664".encode(),
    "\u00b2".encode(),
    b"",
    b"-",
)
"""What somebody may write for a number."""

STATES: Sequence[bytes] = (
    b"absent",
    b"ready",
    b"running",
    b"done",
    b"done.0",
    b"done.0.killed.timeout",
    b"done.-1",
    b"done.999999999999",
    b"done." + b"9" * 300,
    b"done.x",
    b"cancelled",
    b"cancelled.0",
    b"lost",
    b"rebooted",
    b"corrupt",
    b"DONE.0",
    b"",
)

SAMPLES: Sequence[bytes] = (
    b"redis:x:108:116::/var/lib/redis:/usr/sbin/nologin\n",
    b"redis redis\n",
    b"81a4 1 108 116 5\nredis\nredis\nuser::rw-\ngroup::r--\nother::r--\n--\nword\n",
    b"1764590000.123456789\nend:s=1;i=2\n",
    b'LISTEN 0 511 127.0.0.1:6379 0.0.0.0:* users:(("redis-server",pid=7,fd=6))\n',
    b"   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000 108 0 1 1 0 100 0 0 10 0\n",
    b"LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\nNRestarts=0\nInvocationID=ab\n",
    b"+0000\n60\n2026-12-01T12:00:00+00:00 host redis[7]: word\n7:M 01 Dec 2026 12:00:00.123 * word\n",
    b"fd00 108 116 755 d\n/srv/redis\0fd00 108 116 644 f\n/srv/redis/a\0# file: srv/redis\nuser::rwx\n\n",
    b"[offset 0] Checking RDB file\n[info] 3 keys read\n\\o/ RDB looks OK! \\o/\n",
)
"""What programs print that facts are read from."""

KINDS: Sequence[bytes] = (b"A", b"H", b"D", b"E", b"S", b"X", b"P", b"Z", b"", b"AA", b"\x1b[2J")

MOST = 4 * 1024 * 1024
"""Bytes that a frame's header may promise."""

_CALL = re.compile(rb"""(?:'[^']*'|"[^"]*"|[^'"\n])*\n""")
_NONCE = re.compile(rb"^wz_nonce=([0-9a-f]+)$", re.MULTILINE)
_WELCOME = re.compile(r"echo ([0-9a-f]{32});")
_SETUP = b"\nwz_setup\n"
_TOLD = re.compile(r"""^(run|name|day)="([^"]*)"$""", re.MULTILINE)


class WorstHost:
    """Hears what a channel is told, and says what it does about it.

    Args:
        seed: What everything follows from.
        flood: Bytes that a flood has, about.

    ``log`` says which lies it told, and ``calls`` counts what it was asked.
    """

    def __init__(self, seed: int, flood: int = 1 << 18) -> None:
        self._chance = random.Random(f"worst {seed}")  # noqa: S311 - not a secret
        self._flood = flood
        self._honesty = self._chance.choice([0.0, 0.3, 0.6, 0.85, 0.95, 0.99])
        self._greets = self._chance.choice([0.5, 0.9, 0.97, 1.0])
        self._late: list[Said] = []
        self.log: list[str] = []
        self.calls = 0
        self._begin()

    def _begin(self) -> None:
        self._heard, self._nonce, self._over = b"", b"", False

    def connected(self) -> None:
        """A new shell was asked for."""
        self.log.append("connected")
        self.calls += 1
        self._begin()

    def lets_in(self, command: str) -> Iterator[Said]:
        """What it says on being asked for a shell by this command, which may be one that becomes root."""
        found = _WELCOME.search(command)
        if found is None:
            return
        if self._chance.random() < self._greets:
            yield OUT, found[1].encode() + b"\n"
            return
        self.log.append("no welcome")
        yield self._chance.choice([(OUT, self._text()), (ERR, b"sudo: " + self._text()), (OUT, b"x" * self._flood)])
        yield from self._chance.choice([[], [(END, b"")], [(OUT, found[1].encode() * 3 + b"\n")]])

    def hears(self, data: bytes) -> Iterator[Said]:
        """What it does on hearing this."""
        self._heard += data
        if not self._nonce and not self._set_up():
            return
        while not self._over and (line := _CALL.match(self._heard)):
            self._heard = self._heard[line.end() :]
            yield from self._answers(line[0].decode("utf-8", "surrogateescape"))

    def _set_up(self) -> bool:
        before, setup, rest = self._heard.partition(_SETUP)
        if setup and (found := _NONCE.search(before)):
            self._nonce, self._heard = found[1], rest
        return bool(self._nonce)

    def _answers(self, line: str) -> Iterator[Said]:
        words = shlex.split(line)
        verb = words[0].removeprefix("wz_") if words else ""
        if verb not in _HONEST:
            return
        self.calls += 1
        late, self._late = self._late, []
        yield from late
        honesty = self._greets if verb in {"hello", "ready_spool"} else self._honesty
        honest = [(OUT, part) for part in _HONEST[verb](self, words)]
        if self._chance.random() < honesty:
            yield from honest
            return
        name = self._chance.choice(list(_LIES))
        self.log.append(f"{verb}: {name}")
        for said in _LIES[name](self, words, honest):
            yield said
            if said[0] == END:
                self._over = True
                return

    def frame(self, kind: bytes, number: bytes, *fields: bytes, payload: bytes = b"", nonce: bytes = b"") -> bytes:
        """A frame as a channel's shell would print it."""
        head = b" ".join([kind, number, *fields, b"%d" % len(payload)])
        return b"\036" + (nonce or self._nonce) + b" " + head + b"\n" + payload

    # What a host says that tells no lie.

    def _hello(self, words: Sequence[str], lies: Mapping[bytes, bytes] | None = None) -> list[bytes]:
        said = {
            b"machine_id": b"0123456789abcdef0123456789abcdef",
            b"boot_id": b"7d0f1b2c-0000-4000-8000-000000000000",
            b"init": b"17",
            b"uid": b"1000",
            b"spool": b"/var/tmp/spool",
            b"hostname": b"worst",
            b"user": b"somebody",
            b"home": b"/home/somebody",
            b"clock": b"1764590000",
            b"tools": b"flock setsid ",
            b"kill_user_processes": b"",
            **(lies or {}),
        }
        told = b"".join(name + b"=" + value + b"\n" for name, value in said.items())
        return [self.frame(b"H", words[1].encode(), payload=told)]

    def _ask(self, words: Sequence[str]) -> list[bytes]:
        out = self._told(words[5])
        return [self._answer(words[1], b"0", out)]

    def _answer(self, number: str, status: bytes, out: bytes, err: bytes = b"") -> bytes:
        fields = status, b"0", b"0", b"%d" % len(out)
        return self.frame(b"A", number.encode(), *fields, payload=out + err)

    def _told(self, script: str) -> bytes:
        """Standard output of a question, where it must be of a certain shape for the run to go on."""
        given = dict(_TOLD.findall(script))
        if given.get("name") == "incident-wizard.held":
            return b"taken\t1\t/var/tmp\t" + given["run"].encode() + b" me here now"
        if "day" in given:
            return b"swept 0 0 0 0"
        if "df -Pk" in script:
            return b"clock\t1764590000.5\nos\tDebian\nkernel\tLinux 6 x86_64\nrooms\n"
        return self._chance.choice(SAMPLES) if script.startswith(PLAIN) else b"word\n"

    def _start(self, words: Sequence[str]) -> list[bytes]:
        number, checksum = words[1].encode(), words[4].encode()
        ended = self.frame(b"E", number, b"done.0", b"5", b"0", checksum)
        return [self.frame(b"S", number, checksum), self.frame(b"D", number, b"0", payload=b"word\n"), ended]

    def _follow(self, words: Sequence[str]) -> list[bytes]:
        return [self.frame(b"E", words[1].encode(), b"done.0", words[3].encode(), b"0", b"-")]

    def _status(self, words: Sequence[str]) -> list[bytes]:
        return [self.frame(b"E", words[1].encode(), b"done.0", b"5", b"0", b"-")]

    def _spooled(self, words: Sequence[str]) -> list[bytes]:
        return [self.frame(b"S", words[1].encode())]

    def _pinged(self, _words: Sequence[str]) -> list[bytes]:
        return [self.frame(b"P", b"0")]

    # Lies.

    def _text(self) -> bytes:
        return b"".join(self._chance.choices(TEXTS, k=self._chance.choice([1, 1, 2, 5])))

    def _word(self) -> bytes:
        return self._chance.choice([*NUMBERS, *STATES, *TEXTS, b"0", b"5", b"word"])

    def _say_nothing(self, _words: Sequence[str], _honest: list[Said]) -> list[Said]:
        return []

    def _say_it_late(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        self._late += honest
        return []

    def _say_it_twice(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        return honest * 2

    def _say_it_backwards(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        return honest[::-1]

    def _leave_out(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        return [said for said in honest if self._chance.random() < 0.5]

    def _wrong_nonce(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        nonce = self._chance.choice([b"0" * 32, self._nonce[:-1], self._nonce.upper(), self._nonce + b"0"])
        return [(OUT, self.frame(b"A", words[1].encode(), b"0", b"0", b"0", b"0", nonce=nonce))]

    def _other_number(self, words: Sequence[str], honest: list[Said]) -> list[Said]:
        number = words[1].encode()
        wrong = self._chance.choice([*NUMBERS, b"%d" % (int(words[1]) + 1), b"%d" % (int(words[1]) - 1)])
        return [(OUT, said.replace(b" " + number + b" ", b" " + wrong + b" ", 1)) for _, said in honest]

    def _wrong_kind(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        fields = [self._word().replace(b"\n", b"")[:60] for _ in range(self._chance.randrange(6))]
        kind = self._chance.choice(KINDS)
        return [(OUT, self.frame(kind, words[1].encode(), *fields, payload=self._text()))]

    def _hostile_fields(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        """Frames of the right kind whose fields nobody can mean."""
        number, some = words[1].encode(), lambda: self._chance.choice(NUMBERS)[:450]
        state = self._chance.choice(STATES)
        ended = self.frame(b"E", number, state, some(), some(), b"-")
        if words[0] == "wz_ask":
            told = self._text() + self._told(words[5])
            return [(OUT, self.frame(b"A", number, some(), some(), some(), some(), payload=told))]
        if words[0] == "wz_start":
            return [(OUT, self.frame(b"S", number, words[4].encode()) + ended)]
        return [(OUT, ended)]

    def _hostile_answer(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        """A whole answer in which the words, their number, or the numbers in them are wrong."""
        if words[0] == "wz_hello":
            names = (b"machine_id", b"boot_id", b"init", b"uid", b"hostname", b"user", b"clock", b"tools", b"spool")
            lie = {name: self._word() for name in self._chance.sample(names, k=self._chance.choice([1, 1, 2, 9]))}
            return [(OUT, part) for part in self._hello(words, lie)]
        if words[0] != "wz_ask":
            return self._hostile_output(words)
        told = self._told(words[5])
        pieces = re.split(rb"([\t\n .])", told)
        for _ in range(self._chance.choice([1, 1, 2, 4])):
            pieces[self._chance.randrange(len(pieces))] = self._word()
        status = self._chance.choice([b"0", b"0", b"0", b"1", b"127"])
        return [(OUT, self._answer(words[1], status, b"".join(pieces), self._chance.choice([b"", self._text()])))]

    def _hostile_output(self, words: Sequence[str]) -> list[Said]:
        number, text, at = words[1].encode(), self._text(), b"0"
        if words[0] == "wz_follow":
            at = words[3].encode()
        said = self.frame(b"D", number, at, payload=text)
        begun = self.frame(b"S", number, words[4].encode()) if words[0] == "wz_start" else b""
        end = self.frame(b"E", number, b"done.0", b"%d" % (int(at) + len(text)), b"0", b"-")
        return [(OUT, begun), (OUT, said), (OUT, end)]

    def _another_machine(self, words: Sequence[str], honest: list[Said]) -> list[Said]:
        """This machine's own name, where it is asked who it is; otherwise another boot, seen on the next connection."""
        if words[0] != "wz_hello":
            return [*honest[:1], (END, b"")]
        mine = Path("/etc/machine-id")
        local = mine.read_bytes().strip() if mine.is_file() else b""
        lie = self._chance.choice([{b"boot_id": self._word()}, {b"init": b"18"}, {b"machine_id": local}])
        return [(OUT, part) for part in self._hello(words, lie)]

    def _lying_offset(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        number, at = words[1].encode(), self._chance.choice(NUMBERS)[:450]
        begun = self.frame(b"S", number, words[4].encode()) if words[0] == "wz_start" else b""
        return [(OUT, begun + self.frame(b"D", number, at, payload=self._text()))]

    def _end_of_nothing(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        ended = self.frame(b"E", words[1].encode(), self._chance.choice(STATES), b"0", b"0", b"-")
        return [(OUT, ended * self._chance.choice([1, 2, 3]))]

    def _half_a_frame(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        whole = b"".join(said for _, said in honest)
        half = whole[: self._chance.randrange(len(whole) + 1)]
        return [(OUT, half), *([(END, b"")] if self._chance.random() < 0.5 else [])]

    def _in_crumbs(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        return [(OUT, bytes([byte])) for _, said in honest for byte in said[:2000]]

    def _lying_size(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        size = self._chance.choice([*NUMBERS, b"%d" % MOST, b"%d" % (MOST + 1)])
        head = b"\036" + self._nonce + b" A " + words[1].encode() + b" 0 0 0 0 " + size + b"\n"
        return [(OUT, head + self._text())]

    def _endless_header(self, _words: Sequence[str], _honest: list[Said]) -> list[Said]:
        return [(OUT, b"\036" + self._nonce + b" " + b"A" * self._chance.choice([400, 511, 600, 5000]))]

    def _refuse(self, words: Sequence[str], _honest: list[Said]) -> list[Said]:
        why = self._chance.choice([b"", b"No space left on device ", b"Read-only file system\n"])
        return [(OUT, self.frame(b"X", words[1].encode(), payload=why + self._text()))]

    def _flood_with_noise(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        noise = self._chance.choice([b"\036", b"\r", b"\x1b[2J", b"\n", b"x", b"\036" + self._nonce, b"\0"])
        return [(OUT, noise * (self._flood // len(noise))), *honest]

    def _flood_with_frames(self, words: Sequence[str], honest: list[Said]) -> list[Said]:
        number = words[1].encode()
        kinds = (
            self.frame(b"P", b"0"),
            self.frame(b"D", number, b"0"),
            self.frame(b"S", number, b"0"),
            self.frame(b"E", number, b"running", b"0", b"0", b"-"),
            self.frame(b"Z", b"999"),
            self.frame(b"D", number, b"0", payload=b"\r" * 1000),
        )
        one = self._chance.choice(kinds)
        first = honest[:1] if self._chance.random() < 0.5 else []
        return [*first, (OUT, one * (self._flood // len(one)))]

    def _flood_errors(self, _words: Sequence[str], honest: list[Said]) -> list[Said]:
        return [(ERR, self._text() * 100), (ERR, b"\x1b[2J" * (self._flood // 4)), *honest]

    def _end(self, _words: Sequence[str], _honest: list[Said]) -> list[Said]:
        return [(ERR, self._text()), (END, b"")]


_HONEST: Mapping[str, Callable[[WorstHost, Sequence[str]], list[bytes]]] = {
    "hello": WorstHost._hello,
    "ping": WorstHost._pinged,
    "ready_spool": WorstHost._spooled,
    "ask": WorstHost._ask,
    "start": WorstHost._start,
    "follow": WorstHost._follow,
    "status": WorstHost._status,
    "cancel": WorstHost._status,
}

_LIES: Mapping[str, Callable[[WorstHost, Sequence[str], list[Said]], list[Said]]] = {
    "nothing": WorstHost._say_nothing,
    "late": WorstHost._say_it_late,
    "twice": WorstHost._say_it_twice,
    "backwards": WorstHost._say_it_backwards,
    "left out": WorstHost._leave_out,
    "wrong nonce": WorstHost._wrong_nonce,
    "other number": WorstHost._other_number,
    "wrong kind": WorstHost._wrong_kind,
    "hostile fields": WorstHost._hostile_fields,
    "hostile answer": WorstHost._hostile_answer,
    "hostile answer again": WorstHost._hostile_answer,
    "another machine": WorstHost._another_machine,
    "lying offset": WorstHost._lying_offset,
    "end of nothing": WorstHost._end_of_nothing,
    "half a frame": WorstHost._half_a_frame,
    "crumbs": WorstHost._in_crumbs,
    "lying size": WorstHost._lying_size,
    "endless header": WorstHost._endless_header,
    "refusal": WorstHost._refuse,
    "flood of noise": WorstHost._flood_with_noise,
    "flood of frames": WorstHost._flood_with_frames,
    "flood of errors": WorstHost._flood_errors,
    "end": WorstHost._end,
}
