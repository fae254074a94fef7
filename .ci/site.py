"""Hooks of mkdocs: the navigation is the index of docs/README.md, and links that leave docs lead to the repository."""

import posixpath
import re

LINK = re.compile(r"(\[[^\]]*\]\()([^)\s#]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)


def on_config(config):
    """Makes the navigation: a section for each heading of the index, with the pages of its table."""
    index = open(posixpath.join(config.docs_dir, "README.md"), encoding="utf-8").read()
    nav = [{"Index": "README.md"}]
    listed = set()
    for section in index.split("\n## ")[1:]:
        heading, _, rows = section.partition("\n")
        pages = []
        for match in LINK.finditer(rows):
            path = match.group(2)
            if path.endswith(".md") and not path.startswith("../") and path not in listed:
                listed.add(path)
                pages.append(path)
        nav.append({heading.strip(): pages})
    config.nav = nav
    return config


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
