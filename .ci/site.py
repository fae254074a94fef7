"""Hooks of mkdocs: the navigation is the index of docs/README.md, and links that leave docs lead to the repository."""

import os
import posixpath
import re

LINK = re.compile(r"(\[[^\]]*\]\()([^)\s#]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)


def on_config(config):
    """Makes the navigation: a section for each heading of the index, with the pages of its table.

    A link to a folder, or to the README of one, takes every page below it that the index does not name.
    """
    index = open(posixpath.join(config.docs_dir, "README.md"), encoding="utf-8").read()
    sections = [section.partition("\n") for section in index.split("\n## ")[1:]]
    named = {"README.md"}.union(*(linked(rows) for _, _, rows in sections))
    nav = [{"Index": "README.md"}]
    listed = set()
    for heading, _, rows in sections:
        pages = []
        for path in linked(rows):
            if path.endswith(".md") and path not in listed:
                listed.add(path)
                pages.append(path)
            folder = path.removesuffix("/README.md")
            if os.path.isdir(os.path.join(config.docs_dir, folder)):
                below = [page for page in pages_below(config.docs_dir, folder) if page not in named]
                if below:
                    pages.append({folder: below})
        nav.append({heading.strip(): pages})
    config.nav = nav
    return config


def linked(rows):
    """Returns the targets of links inside docs, in their order."""
    targets = [match.group(2) for match in LINK.finditer(rows)]
    return [target for target in targets if "://" not in target and not target.startswith("../")]


def pages_below(docs, folder):
    """Returns the pages below a folder, sorted, as paths below docs."""
    return sorted(
        posixpath.relpath(posixpath.join(path, name), docs)
        for path, _, names in os.walk(posixpath.join(docs, folder))
        for name in names
        if name.endswith(".md")
    )


def on_page_markdown(markdown, page, config, files):
    """Turns links to files outside docs, and to folders and files that are no pages, into links to the repository."""

    def target(match):
        path = match.group(2)
        if "://" in path:
            return match.group(0)
        full = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_uri), path))
        inside = full.startswith("docs/") and files.get_file_from_path(full[len("docs/") :])
        if inside:
            return match.group(0)
        return f"{match.group(1)}{config.repo_url.rstrip('/')}/blob/main/{full}{match.group(3) or ''})"

    parts = FENCE.split(markdown)
    return "".join(part if part.startswith("```") else LINK.sub(target, part) for part in parts)
