"""Who may do what with one path: mode bits and a POSIX access list, as acl(5) joins them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

READ, WRITE, SEARCH = 4, 2, 1
_LETTERS = (("r", READ), ("w", WRITE), ("x", SEARCH))

Named = tuple[str, int]
"""``user`` or ``group``, and the number."""


def letters(bits: int) -> str:
    """``rwx``, with a dash for each that is missing."""
    return "".join(letter if bits & bit else "-" for letter, bit in _LETTERS)


def bits_of(text: str) -> int:
    """The bits of letters or of one octal digit.

    Raises:
        ValueError: It is neither.
    """
    if text.isdigit():
        return int(text, 8) & 7
    if set(text) - set("rwx-"):
        raise ValueError(text)
    return sum(bit for letter, bit in _LETTERS if letter in text)


@dataclass(slots=True)
class Access:
    """Rights of owner, group and others, of named accounts, and the mask that bounds all but owner and others.

    ``special`` holds the set-id and sticky bits.
    """

    owner: int
    group: int
    other: int
    special: int = 0
    named: dict[Named, int] = field(default_factory=dict)
    mask: int | None = None

    @classmethod
    def of_mode(cls, mode: int) -> Access:
        """What a mode says, without any access list."""
        return cls(mode >> 6 & 7, mode >> 3 & 7, mode & 7, mode >> 9 & 7)

    @property
    def mode(self) -> int:
        """As stat(2) shows it: where there is a mask, it stands in the place of the group's rights."""
        middle = self.group if self.mask is None else self.mask
        return self.special << 9 | self.owner << 6 | middle << 3 | self.other

    @property
    def extended(self) -> bool:
        """It says more than a mode can."""
        return self.mask is not None or bool(self.named)

    def chmod(self, mode: int) -> None:
        """Set the rights as a mode says; with a mask, the group's bits set the mask."""
        new = Access.of_mode(mode)
        self.special, self.owner, self.other = new.special, new.owner, new.other
        if self.mask is None:
            self.group = new.group
        else:
            self.mask = new.group

    def grant(self, name: Named, bits: int) -> None:
        """Give a named account rights; the mask grows to let all through, as `setfacl -m` has it."""
        self.named[name] = bits
        self.remask()

    def revoke(self, name: Named) -> None:
        """Take a named account's entry out; the mask stays, as `setfacl -x` leaves it."""
        self.named.pop(name, None)
        if self.mask is not None:
            self.remask()

    def remask(self) -> None:
        """The mask that hides nobody's rights."""
        self.mask = self.group
        for bits in self.named.values():
            self.mask |= bits

    def clear(self) -> None:
        """Only what a mode says stays, as `setfacl -b` leaves it: of the group's rights, those the mask let through."""
        self.named.clear()
        self.group &= 7 if self.mask is None else self.mask
        self.mask = None

    def lines(self) -> Iterator[str]:
        """As `getfacl --numeric` prints them."""
        yield f"user::{letters(self.owner)}"
        yield from (f"user:{number}:{letters(bits)}" for number, bits in self._of("user"))
        yield f"group::{letters(self.group)}"
        yield from (f"group:{number}:{letters(bits)}" for number, bits in self._of("group"))
        if self.mask is not None:
            yield f"mask::{letters(self.mask)}"
        yield f"other::{letters(self.other)}"

    def _of(self, kind: str) -> list[tuple[int, int]]:
        return sorted((number, bits) for (named, number), bits in self.named.items() if named == kind)

    def rights(self, uid: int, gids: Collection[int], owner: int, group: int) -> int:
        """What somebody may do, by the algorithm of acl(5); root may do everything.

        Args:
            uid: Who asks.
            gids: The groups they are in.
            owner: Whose the path is.
            group: The path's group.
        """
        if uid == 0:
            return READ | WRITE | SEARCH
        if uid == owner:
            return self.owner
        most = 7 if self.mask is None else self.mask
        if ("user", uid) in self.named:
            return self.named["user", uid] & most
        mine = [bits for (kind, number), bits in self.named.items() if kind == "group" and number in gids]
        mine += [self.group] if group in gids else []
        if not mine:
            return self.other
        together = 0
        for bits in mine:
            together |= bits
        return together & most
