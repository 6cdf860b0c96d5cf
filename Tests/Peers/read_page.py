"""Reads a page as a strict reader does: python3 read_page.py FILE   prints one JSON object, fails where tags do not balance."""

import html.parser
import json
import pathlib
import sys
import xml.etree.ElementTree as tree

VOID = {"meta", "input", "br", "hr", "img", "link"}


class Reader(html.parser.HTMLParser):
    """Holds HTML to what XML says of it: the same elements, opened and closed in the same order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID, f"{tag} is closed at once, and a browser leaves it open"
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} closes something else"

    def handle_data(self, data):
        self.texts.append(data)


LOADING = ("src", "href", "action", "background", "poster", "data", "formaction", "ping", "srcset")


def loads(seen):
    """All that a browser would load or run, or lead out of a page."""
    found = []
    for tag, attrs in seen:
        if tag in ("script", "link", "iframe", "frame", "object", "embed", "applet", "base", "form", "svg"):
            found.append([tag, "", ""])
        for name, value in attrs.items():
            value = value or ""
            if (name in LOADING and not value.startswith(("#", "data:")) or name.startswith("on")
                    or name in ("style", "content") and ("url" in value or "import" in value)):
                found.append([tag, name, value])
    return found


class Mail(html.parser.HTMLParser):
    """What stands in a frame, which need not balance."""

    def __init__(self):
        super().__init__()
        self.seen, self.styles, self.last = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        self.last = tag

    def handle_data(self, data):
        if self.last == "style":
            self.styles.append(data)


text = pathlib.Path(sys.argv[1]).read_bytes().decode("utf-8", "strict")
reader = Reader()
reader.feed(text)
reader.close()
assert not reader.open, f"{reader.open} stay open"
elements = list(tree.fromstring(text).iter())
assert [e.tag for e in elements] == [tag for tag, _ in reader.seen], "XML and HTML see different elements"
mails = []
for source in [attrs["srcdoc"] for tag, attrs in reader.seen if tag == "iframe"]:
    mail = Mail()
    mail.feed(source)
    mail.close()
    mails.append(mail)
attributes = [(tag, name, value) for tag, attrs in reader.seen for name, value in attrs.items()]
json.dump({
    "tags": sorted({tag for tag, _ in reader.seen}),
    "frames": [attrs for tag, attrs in reader.seen if tag == "iframe"],
    "policy": [attrs["content"] for tag, attrs in reader.seen if attrs.get("http-equiv")],
    # All that a browser would load or run, or lead out of the page, apart from what stands in a sandbox.
    "loads": [[tag, name, value] for tag, name, value in attributes
              if name in ("src", "href", "action", "background", "poster", "data", "formaction", "ping")
              and not value.startswith("#") or name.startswith("on")
              or name == "style" and ("url" in value or "import" in value)],
    "framed": [found for mail in mails for found in loads(mail.seen)]
    + [style for mail in mails for style in mail.styles if "url(" in style or "@import" in style],
    "styles": [e.text for e in elements if e.tag == "style"],
    "text": "\n".join(reader.texts),
    "command": ["".join(e.itertext()) for e in elements if e.get("class") == "command"],
    "exact": ["".join(e.itertext()) for e in elements if e.get("class") == "exact"],
    "summaries": ["".join(e.itertext()) for e in elements if e.tag == "summary"],
    "title": [e.text for e in elements if e.tag in ("title", "h1")],
    "labels": [" ".join("".join(e.itertext()).split()) for e in elements if e.tag in ("h3", "dt", "dd", "li")],
}, sys.stdout, ensure_ascii=False)
