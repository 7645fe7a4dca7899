"""The frame around a page: header, navigation, contents. MkDocs builds it once, and each page fills it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine_api.site.markup import escape
from engine_api.site.toc import Entry

__all__ = ["Frame", "Item", "Place"]

_SLOT: Final = re.compile(r"%%(\w+)%%")
_SEARCH_BUTTON: Final = '<label class="md-header__button md-icon" for="__search">'


@dataclass(frozen=True)
class Item:
    """A link of the navigation, or a heading above links."""

    title: str
    address: str = ""
    current: bool = False


@dataclass(frozen=True)
class Place:
    """What the frame of a page shows."""

    title: str
    name: str
    """The title in the header of a scrolled page."""
    description: str
    items: Sequence[Item] = ()
    entries: Sequence[Entry] = ()
    switch: str = ""
    """The version switch as HTML."""
    banner: str = ""
    head: str = ""
    base: str = ".."
    """The relative path of the folder with the search index."""
    tab: str = ""
    """The title of the page's tab in the header."""


class Frame:
    """The frame for pages at one depth.

    Args:
        text: the page that MkDocs built.
    """

    def __init__(self, text: str) -> None:
        text = text.replace("%25%25", "%%")
        if _SEARCH_BUTTON not in text:
            raise ValueError("the theme's header has no search button to put the version switch before")
        text = text.replace(_SEARCH_BUTTON, "%%switch%%" + _SEARCH_BUTTON, 1)
        text = re.sub(r'"base": *"[^"]*"', '"base": "%%base%%"', text, count=1)
        text = re.sub(r"<a href=\"#[^\"]*\" class=\"md-skip\">.*?</a>", "", text, flags=re.S)
        text = re.sub(
            r'(<div data-md-component="skip">)\s*',
            r'\1<a href="#content" class="md-skip">Skip to content</a>',
            text,
            count=1,
        )
        text = re.sub(
            r'<article class="md-content__inner', '<article id="content" class="md-content__inner', text, count=1
        )
        # The theme's copy buttons and tabs watch each block by itself, which is slow on pages with hundreds of them.
        text = re.sub(r'"content\.(?:code\.copy|tabs\.link)", ', "", text)
        self._text = text
        self._without_banner = re.sub(r'<aside class="md-banner">.*?</aside>', "", text, flags=re.S)

    @classmethod
    def read(cls, path: Path) -> Frame:
        """Return the frame of a page that MkDocs built."""
        return cls(path.read_text("utf-8"))

    def fill(self, place: Place, content: str) -> str:
        """Return a page with this frame."""
        values = {
            "title": escape(place.title),
            "name": escape(place.name),
            "description": escape(place.description),
            "nav": "".join(_item(item, place) for item in place.items),
            "toc": _contents(place.entries),
            "content": content,
            "switch": place.switch,
            "banner": place.banner,
            "head": place.head,
            "base": place.base,
        }
        text = self._text if place.banner else self._without_banner
        made = _SLOT.sub(lambda match: values[match[1]], text)
        if place.tab:
            tab = re.compile(r'<li class="md-tabs__item">(\s*<a [^>]*>\s*' + re.escape(place.tab) + r"\s*</a>)")
            made = tab.sub(r'<li class="md-tabs__item md-tabs__item--active">\1', made, count=1)
        return made


def _item(item: Item, place: Place) -> str:
    title = escape(item.title)
    if not item.address:
        return f'<li class="nav-group"><span>{title}</span></li>'
    if not item.current:
        return _link(item.address, title) + "</li>"
    own = [entry for entry in place.entries if entry.level == 2]
    inner = ""
    toggle = ""
    if own:
        links = "".join(_entry(entry) + "</li>" for entry in own)
        toggle = (
            '<input class="md-nav__toggle md-toggle" type="checkbox" id="__toc">'
            f'<label class="md-nav__link md-nav__link--active" for="__toc"><span class="md-ellipsis">{title}</span>'
            '<span class="md-nav__icon md-icon"></span></label>'
        )
        inner = (
            '<nav class="md-nav md-nav--secondary" aria-label="Sections of this page">'
            '<label class="md-nav__title" for="__toc">'
            f'<span class="md-nav__icon md-icon"></span>{title}</label><ul class="md-nav__list">{links}</ul></nav>'
        )
    return (
        f'<li class="md-nav__item md-nav__item--active">{toggle}<a href="{escape(item.address)}" aria-current="page" '
        f'class="md-nav__link md-nav__link--active"><span class="md-ellipsis">{title}</span></a>{inner}</li>'
    )


def _link(address: str, title: str) -> str:
    text = f'<span class="md-ellipsis">{title}</span>'
    return f'<li class="md-nav__item"><a href="{escape(address)}" class="md-nav__link">{text}</a>'


def _entry(entry: Entry) -> str:
    return _link(f"#{entry.id}", escape(entry.title.replace("`", "")))


def _contents(entries: Sequence[Entry]) -> str:
    made = ""
    open_list = False
    open_item = False
    for entry in entries:
        if entry.level == 2:
            if open_list:
                made += "</ul></nav>"
            made += ("</li>" if open_item else "") + _entry(entry)
            open_item, open_list = True, False
        elif entry.level == 3 and open_item:
            if not open_list:
                made += '<nav class="md-nav" aria-label="Below it"><ul class="md-nav__list">'
                open_list = True
            made += _entry(entry) + "</li>"
    return made + ("</ul></nav>" if open_list else "") + ("</li>" if open_item else "")
