"""What the review of parks reads: its own files pass the same gate as every other."""

import pytest

from landuse.errors import InputError
from landuse.pipeline.compare_parks import admit_review
from landuse.pipeline.load_inputs import admit

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize("path", ["/vsicurl/http://127.0.0.1:9/rules.toml", "http://127.0.0.1:9/rules.toml"])
def test_indicators_of_ones_own_pass_the_gate(city, path):
    section = city.study.evaluation.model_copy(update={"rules": path})
    study = city.study.model_copy(update={"evaluation": section})
    with pytest.raises(InputError) as caught:
        admit_review(study, admit(study, enterprises=False))
    twin = study.efficiency.model_copy(update={"rules": path})
    with pytest.raises(InputError) as other:
        admit(study.model_copy(update={"efficiency": twin}))
    assert [str(p) for p in caught.value.problems] == [str(p) for p in other.value.problems]


def test_a_year_to_compare_is_one_of_the_table(city):
    inputs = admit(city.study)

    def asked(year):
        section = city.study.evaluation.model_copy(update={"year": year})
        study = city.study.model_copy(update={"evaluation": section})
        return admit_review(study, inputs)

    with pytest.raises(InputError, match=r"2019.*no row") as caught:
        asked(2019)
    assert "2025" in caught.value.problems[0].fix
    assert asked(2025)
