"""A host shows a key that nobody has accepted: which, where to compare it, and whether a person trusts it."""

from __future__ import annotations

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice
from screens.words import plain
from wizard.run import events as ev
from wizard.run import intents
from wizard.run.connecting import HOST

KINDS = ("ed25519", "ecdsa", "rsa")
ACCEPTS = "Keeps the key in the wizard's known_hosts, and connects; the record says that you accepted it."
PAUSES = "Nothing is sent to the host. The run stops with its state kept."


def host_key(view: View, asked: ev.QuestionAsked) -> Choosing:
    """The modal of an unknown key."""
    name = asked.scope.removeprefix(HOST)
    shown = view.keys_shown.get(name) or ev.HostKeyShown(name, "", "", asked.text)
    told = [
        Content.assemble(("host     ", "dim"), (plain(name), "bold"), f"  {plain(shown.where)}"),
        Content.assemble(("key      ", "dim"), (plain(shown.fingerprint), "bold $warning")),
        Content.assemble(("says     ", "dim"), plain(asked.text)),
        Content.assemble(
            ("compare  ", "dim"), "on the host's own console, not over the network: ", (_compare(shown.what), "bold")
        ),
        Content.styled("A key that is not the host's own means that somebody stands in between.", "dim"),
    ]
    choices = [
        Choice(intents.PAUSE, "do not accept it, and pause", PAUSES),
        Choice(intents.ACCEPT_KEY, "I compared it: accept this key", ACCEPTS, grave=True),
    ]
    title = Content.assemble(("A host shows a key that nobody has accepted", "bold"), f" · {view.named(asked.scope)}")
    return Choosing(title, Content("\n").join(told), choices, "error")


def _compare(what: str) -> str:
    """The command that shows the fingerprint of this kind of key on the host itself, ssh-keygen(1)."""
    kind = next((one for one in KINDS if one in what), KINDS[0])
    return f"ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub"
