"""Colours: calm, so that what needs a person is what stands out."""

from __future__ import annotations

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
    variables={"production": "#a3267a", "border": "#b8b8b0", "border-blurred": "#d5d5ce"},
)

THEMES = (DARK, LIGHT)
