"""Reports as one HTML page that needs nothing beside it: its style and its pictures are inside, and nothing is fetched."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fafafa; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-top: 0 } h2 { font-size: 1.1rem; margin-top: 1.6rem }
article, summary { background: #fff; border: 1px solid #e3e3e3; border-radius: 8px; padding: 1rem 1.4rem; margin: 1rem 0 }
summary { cursor: pointer; font-weight: 600; margin-bottom: 0 } details > article { margin-top: -1px }
table { border-collapse: collapse } td, th { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid #eee; text-align: left }
img { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818 } article, summary { background: #222; border-color: #333 }
  td, th { border-color: #333 } img { border-radius: 8px }
}
"""


def page(title: str, reports: Sequence[str], picture: bytes = b"") -> str:
    """The page of some reports in Markdown, the newest open and the others folded; `picture` is a PNG above them."""
    from markdown_it import MarkdownIt

    render = MarkdownIt("commonmark", {"html": False}).enable("table").render
    shown = (
        f'<img alt="the nights in curves" src="data:image/png;base64,{base64.b64encode(picture).decode()}">' if picture else ""
    )
    newest, *others = [(text.splitlines()[0].lstrip("# "), render(text)) for text in reversed(reports)]
    folded = [f"<details><summary>{html.escape(name)}</summary><article>{text}</article></details>" for name, text in others]
    return "\n".join([
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">",
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{html.escape(title)}</h1>", shown, f"<article>{newest[1]}</article>", *folded, "</body></html>\n",
    ])  # fmt: skip
