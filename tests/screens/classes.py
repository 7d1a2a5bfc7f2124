"""The classes of the interface, found rather than listed."""

from __future__ import annotations


def subclasses(of: type) -> set[type]:
    """Every class below one."""
    return {one for below in of.__subclasses__() for one in {below, *subclasses(below)}}
