"""One plot explained: the contract's keys, the words, and plots of every list."""

import json

import pytest

from landuse import i18n
from landuse.errors import InputError
from landuse.report.explanation import explained, explanation


def test_the_contract_and_every_list(city):
    found, truth = city.result.candidates, city.truth["efficiency"]
    for plot in found.judged.values.index:
        said = explanation(city.result, plot)
        json.dumps(said, allow_nan=False)
        assert set(said) >= {"plot", "candidate", "reasons", "evidence", "changes", "handling"}
        assert said["candidate"] == (plot in truth["candidates"])
        assert [r["code"] for r in said["reasons"]] == truth["reasons"].get(plot, [])
        assert len(said["changes"]) == len(said["reasons"])
        for reason in said["reasons"]:
            assert {"code", "value", "threshold", "unit", "source"} <= set(reason)
            assert reason["source"]
        expected = "candidates" if plot in truth["candidates"] else "renewal" if plot in truth["park_list"] else None
        assert said["list"] == ("no_data" if plot in found.no_data.index else expected)
        assert bool(said["handling"]) == (said["list"] in ("candidates", "renewal"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_hold_value_threshold_source_and_change(city, language):
    plot = next(p for p, codes in city.truth["efficiency"]["candidates"].items() if "L2D" in codes)
    with i18n.language(language):
        text = explained(city.result, plot)
        reason = next(r for r in explanation(city.result, plot)["reasons"] if r["code"] == "L2D")
    assert plot in text
    assert f"{reason['value']:.4g} < 0.5" in text
    assert f"{reason['value']:.4g} → 0.5" in text
    assert reason["source"] in text
    assert ("没有" in text or "依据" in text) == (language == "zh")


def test_a_plot_nobody_has_figures_for_is_not_judged(city):
    # every rule but that of the place is unknown for a parcel without a firm and without a register
    levels = city.result.candidates.judged.levels
    plot = levels.index[(levels.drop(columns="L7") == "none").all(axis=1)][0]
    with i18n.language("en"):
        text = explained(city.result, plot)
    assert text.count("no data: not judged") == 8
    assert "Off the list" not in text
    assert "nan" not in text


@pytest.mark.usefixtures("english")
def test_no_such_plot_names_the_nearest(city):
    plot = city.result.candidates.judged.values.index[0]
    with pytest.raises(InputError, match=f"did you mean '{plot}'"):
        explanation(city.result, plot[:-1])
