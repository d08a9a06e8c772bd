"""Bring the msgids of the code into the Chinese catalogue: new ones empty, stale ones gone, translations kept."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PO = Path("landuse/locale/zh/LC_MESSAGES/landuse.po")
#: A text shown where it stands, and one of a declared table.
KEYWORDS = {"_": None, "N_": None}
HEAD = 'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def main() -> None:
    """Rewrite the catalogue in place, sorted, and print what is still to be translated."""
    old = {m.id: m.string for m in read_po(BytesIO(PO.read_bytes()), locale="zh") if m.id}
    found = {
        message
        for folder in ("landuse", "scripts")
        for *_, message, _comments, _context in extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS)
    }
    new = Catalog(locale="zh", fuzzy=False)
    for message in sorted(map(str, found)):
        new.add(message, old.get(message, ""))
    body = BytesIO()
    write_po(body, new, omit_header=True, width=118)
    PO.write_text(HEAD + body.getvalue().decode(), encoding="utf-8", newline="\n")
    print("\n".join(m for m in sorted(map(str, found)) if not old.get(m)) or "complete")


if __name__ == "__main__":
    main()
