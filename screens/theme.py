"""Themes: calm colours, so that what needs a person is what stands out; dark, light, and with ASCII signs only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import Theme

DARK = Theme(
    name="wizard-dark",
    dark=True,
    primary="#7aa2d6",
    secondary="#b39ddb",
    accent="#e6c07b",
    foreground="#d5d9e0",
    background="#12151a",
    surface="#171b21",
    panel="#222830",
    success="#86b98b",
    warning="#e6b36a",
    error="#e27d78",
    variables={
        "production": "#e08fc0",
        "border": "#3a424e",
        "border-blurred": "#2b323b",
        "block-cursor-background": "#2c3644",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#222a34",
        "block-cursor-blurred-foreground": "#d5d9e0",
        "block-cursor-blurred-text-style": "none",
        "input-selection-background": "#7aa2d6 35%",
        "scrollbar": "#343c47",
        "scrollbar-background": "#171b21",
        "scrollbar-hover": "#4a5564",
        "scrollbar-active": "#7aa2d6",
        "scrollbar-background-hover": "#171b21",
        "scrollbar-background-active": "#171b21",
        "scrollbar-corner-color": "#171b21",
    },
)

LIGHT = Theme(
    name="wizard-light",
    dark=False,
    primary="#2f5f9e",
    secondary="#6a4fa3",
    accent="#8a5a00",
    foreground="#20242b",
    background="#f4f4f1",
    surface="#fbfbf9",
    panel="#e6e6e1",
    success="#2f7d3b",
    warning="#945f00",
    error="#b3322c",
    variables={
        "production": "#a3267a",
        "border": "#b8b8b0",
        "border-blurred": "#d5d5ce",
        "block-cursor-background": "#d7e0ee",
        "block-cursor-foreground": "#10131a",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e6e9ee",
        "block-cursor-blurred-foreground": "#20242b",
        "block-cursor-blurred-text-style": "none",
        "input-selection-background": "#2f5f9e 30%",
        "scrollbar": "#c9c9c2",
        "scrollbar-background": "#ecece8",
        "scrollbar-hover": "#a9a9a2",
        "scrollbar-active": "#2f5f9e",
        "scrollbar-background-hover": "#ecece8",
        "scrollbar-background-active": "#ecece8",
        "scrollbar-corner-color": "#ecece8",
    },
)

ASCII = replace(DARK, name="wizard-ascii")
"""The dark colours; the signs are seen to by ``screens.ascii``."""

THEMES = {"dark": DARK, "light": LIGHT, "ascii": ASCII}
"""The themes by the word that chooses them, in the order in which the key goes through them."""


COERCED = ("C.UTF-8", "C.utf8")
"""What Python itself writes into LC_CTYPE where the locale is C (PEP 538), so that it tells nothing of the terminal."""


def usual(environment: Mapping[str, str]) -> str:
    """The theme where nobody chose one: ASCII only where the locale has no UTF-8, as a terminal may show none then."""
    characters = environment.get("LC_CTYPE", "")
    if characters in COERCED:
        characters = ""
    locale = environment.get("LC_ALL") or characters or environment.get("LANG") or "C"
    return "dark" if "UTF8" in locale.upper().replace("-", "") else "ascii"


def colourless(theme: Theme) -> Theme:
    """The same theme where no colour is shown: what is picked is underlined, and in reverse where the focus is."""
    picked = {"block-cursor-text-style": "bold", "block-cursor-blurred-text-style": "underline"}
    return replace(theme, variables={**theme.variables, **picked})
