"""Judgements check themselves."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landuse.errors import AccountingError
from landuse.reference.rule_pack import load_pack
from landuse.results.candidates import Candidates, Indicators, RuleEvaluation, meets

PACK = load_pack("zhejiang-2023", Path())
EMPTY = pd.DataFrame()


def test_a_plot_without_data_carries_no_reason():
    plots = pd.DataFrame({"evidence": ["none"], "reasons": [("L2",)]})
    nothing = pd.DataFrame({"evidence": [], "reasons": []})
    judged, measures = RuleEvaluation(PACK, EMPTY, EMPTY, EMPTY), Indicators(EMPTY, EMPTY, EMPTY, EMPTY)
    for lists in ((plots, nothing), (nothing, plots)):
        with pytest.raises(AccountingError):
            Candidates(*lists, judged, measures)


def test_comparisons_at_the_threshold_and_of_the_unknown():
    rules, values = PACK.by_code, np.array([0.4, 0.5, 0.6, np.nan])
    half = np.full(4, 0.5)
    assert meets(rules["L2"], values, half).tolist() == [True, False, False, False]
    assert meets(rules["L1"], values, half).tolist() == [False, False, True, False]
    assert meets(rules["L4"], values, half).tolist() == [False, True, True, False]
    assert meets(rules["L5"], np.array(["供而未用", "", "已建成达产"], dtype=object), half).tolist() == [
        True,
        False,
        False,
    ]
    assert not meets(rules["L3"], values, np.full(4, np.nan)).any()
