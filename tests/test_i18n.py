"""Two languages: every message translated, none stale, every field kept."""

import ast
import string
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import landuse
from landuse import i18n
from landuse.i18n import _
from landuse.report.words import labels

ROOT = Path(landuse.__file__).parent


#: What declared tables say, each text marked by N_ where it is declared.
DECLARED = {"label", "x.label", "self.field.total", "field.total", "x.meaning or x.label"}


def messages(source):
    """Texts given to `_` in a module: plain, or joined over several lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
            first = node.args[0]
            if ast.unparse(first) in DECLARED:
                continue
            if isinstance(first, ast.Attribute) and ast.unparse(first.value) in ("labels", "headings"):
                first = ast.Constant(vars(labels)[first.attr])
            assert isinstance(first, ast.Constant), f"line {node.lineno}: a message has to be a literal text"
            yield first.value, {k.arg for k in node.keywords if k.arg}, any(k.arg is None for k in node.keywords)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


CALLS = [
    (str(path.relative_to(ROOT.parent)), *call)
    for path in sorted([*ROOT.rglob("*.py"), *(ROOT.parent / "scripts").glob("*.py")])
    for call in messages(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def catalogue():
    po = (ROOT / "locale" / "zh" / "LC_MESSAGES" / "landuse.po").read_bytes()
    return {m.id: m for m in read_po(BytesIO(po), locale="zh") if m.id}


def test_messages_are_found():
    found = dict.fromkeys(text for _, text, _, _ in CALLS)
    assert len(found) > 100
    assert "no such file" in found
    assert any("percentage points" in text for text in found)  # written over two lines


def test_every_message_has_a_translation(catalogue):
    missing = sorted({t for _, t, _, _ in CALLS if t not in catalogue or not catalogue[t].string})
    assert missing == []


def test_no_translation_is_stale_or_in_doubt(catalogue):
    assert sorted(set(catalogue) - {t for _, t, _, _ in CALLS}) == []
    assert [m.id for m in catalogue.values() if m.fuzzy] == []


def test_translations_keep_every_field(catalogue):
    wrong = {m.id: m.string for m in catalogue.values() if m.string and fields(m.id) != fields(m.string)}
    assert wrong == {}


def test_calls_give_every_field_their_message_asks_for():
    # a call without values hands the template on: the page of the map fills it in
    assert [(p, t) for p, t, given, more in CALLS if given and (given != fields(t) and not more)] == []
    assert [(p, t) for p, t, given, more in CALLS if more and not given <= fields(t)] == []


def test_translations_are_chinese(catalogue):
    def latin_only(text):
        return not any("\u4e00" <= c <= "\u9fff" for c in text)

    same = [m.id for m in catalogue.values() if m.string and latin_only(m.string)]
    words = ["".join(text for text, *_ in string.Formatter().parse(m)) for m in same]
    assert [w for w in words if sum(map(str.isalpha, w)) > 2] == []  # unit symbols stay


def test_language_is_that_of_the_block():
    with i18n.language("en"):
        assert _("no such file") == "no such file"
        with i18n.language("zh"):
            assert i18n.current() == "zh"
        assert i18n.current() == "en"
    with pytest.raises(ValueError, match="de"):
        i18n.use("de")
