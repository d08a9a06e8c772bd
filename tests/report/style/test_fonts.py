"""The typeface of the figures: found without importing its package, and never a box for a letter."""

import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib.font_manager import FontProperties, findfont

from landuse.report.style.fonts import FACE, font_file, lettering

RARE = "垟埏塍墺岙硚㙦"


def test_the_typeface_is_that_of_the_package():
    with lettering():
        assert findfont(FontProperties(FACE), fallback_to_default=False) == str(font_file())
    assert font_file().with_name("OFL.txt").is_file()


def test_rare_place_names_are_there_and_private_characters_are_reported():
    with lettering() as letters:
        assert letters(RARE) == RARE
        assert letters.missing == set()
        assert letters("\ue815\ue815塘") == "〓〓塘"
        assert letters.missing == {"\ue815"}


def test_each_block_starts_without_missing_letters():
    with lettering() as first:
        first("\ue815")
    with lettering() as second:
        assert second.missing == set()


def test_settings_end_with_the_block():
    before = dict(mpl.rcParams)
    with lettering():
        assert mpl.rcParams["font.family"] == [FACE]
    assert dict(mpl.rcParams) == before


def test_without_the_package_the_reason_is_said(monkeypatch):
    font_file.cache_clear()
    monkeypatch.setattr("landuse.report.style.fonts.find_spec", lambda _name: None)
    with pytest.raises(ModuleNotFoundError, match="zhplot"):
        font_file()


def test_drawing_touches_no_global_state_of_others():
    code = (
        "import sys; from landuse.report.figures.write import write_figures;"
        "print({'matplotlib.pyplot', 'zhplot'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
