from __future__ import annotations

import pytest

from wizard.errors import HostUnreachable, LinkLost
from wizard.hosts.base import Answer, Attempt, AttemptState, Ending, Host, Link
from wizard.hosts.fake import FakeHost, Script


async def test_it_answers_the_exact_script_before_a_part_of_it_and_remembers() -> None:
    host = FakeHost().answers_with("stat", "part").answers("stat /x", Answer(1)).answers_with("id", lambda said: said)
    answers = [await host.ask(script) for script in ("stat /x", "stat /y", "id -u")]
    assert [(answer.exit_status, answer.text) for answer in answers] == [(1, ""), (0, "part"), (0, "id -u")]
    assert host.asked == ["stat /x", "stat /y", "id -u"]


async def test_what_it_was_not_told_fails() -> None:
    assert (await FakeHost().ask("anything")).exit_status == 127


async def test_it_raises_what_it_was_told_to_raise() -> None:
    with pytest.raises(HostUnreachable):
        await FakeHost().answers_with("x", HostUnreachable("down")).ask("x")


async def test_an_attempt_starts_once_prints_from_an_offset_and_ends_as_told() -> None:
    host = FakeHost().runs("deploy", Script(b"hello", exit_status=3))
    attempt = Attempt("key", "deploy it")
    await host.start(attempt)
    await host.start(attempt)
    heard: list[tuple[int, bytes]] = []
    ending = await host.follow("key", 2, lambda at, data: heard.append((at, data)))
    assert (host.started, heard, ending.exit_status) == ([attempt], [(2, b"llo")], 3)
    assert await host.status("key") == ending
    assert (await host.status("other")).state is AttemptState.ABSENT


async def test_cancelling_first_means_it_never_starts() -> None:
    host = FakeHost()
    assert await host.cancel("key") == Ending(AttemptState.CANCELLED)
    await host.start(Attempt("key", "x"))
    assert host.started == []


async def test_it_can_lose_and_mend_its_link() -> None:
    seen: list[Link] = []
    host = FakeHost(on_link=lambda link, _why: seen.append(link)).answers("x", "y")
    host.lose_link()
    with pytest.raises(LinkLost):
        await host.ask("x")
    host.mend_link()
    assert (await host.ask("x")).text == "y"
    assert seen == [Link.DETACHED, Link.ATTACHED]


def test_it_is_a_host() -> None:
    host: Host = FakeHost()
    assert host.name == "fake"
