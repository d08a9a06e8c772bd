"""What the bureau keeps beside the layers: approval numbers, exceptions with their documents, counts by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from landuse.sample.arrays import Strings
    from landuse.sample.snapshots import History

#: Ends of the quarters that are counted.
QUARTERS = [f"{year}-{end}" for year in (2024, 2025) for end in ("03-31", "06-30", "09-30", "12-31")]


@dataclass(frozen=True, eq=False)
class Oversight:
    """Tables of the sample, all invented.

    Attributes
    ----------
    approvals : dict
        Plot to the number of its land supply; every second new plot has one.
    exceptions : pandas.DataFrame
        plot, document: one of the new plots outside the parks.
    counters : pandas.DataFrame
        date, renovated_mu (blank: nobody counted), factory_m2.
    """

    approvals: dict[str, str]
    exceptions: pd.DataFrame
    counters: pd.DataFrame

    @classmethod
    def of(cls, history: History, rng: np.random.Generator) -> Oversight:
        """Draw them for the new plots of a history."""
        new = [x["id"] for x in history.changes if x["kind"] in ("new_inside", "new_outside")]
        outside = [x["id"] for x in history.changes if x["kind"] == "new_outside"]
        excepted = outside[:1]
        exceptions = {"plot": excepted, "document": [f"示例政函〔2025〕{k}号" for k, _plot in enumerate(excepted, 1)]}
        floor = np.round(rng.uniform(8e4, 1.6e5, len(QUARTERS)), -2)
        return cls(
            {plot: f"SYN2025{k:07d}" for k, plot in enumerate(new[::2], 1)},
            pd.DataFrame(exceptions, dtype=object),
            pd.DataFrame({"date": QUARTERS, "renovated_mu": "", "factory_m2": floor}),
        )

    def column(self, ids: Strings) -> list[str]:
        """Return the approval number of each plot; "" for none."""
        return [self.approvals.get(str(plot), "") for plot in ids]

    def truth(self) -> dict[str, Any]:
        """Return what truth.json says of them."""
        return {
            "approvals": self.approvals,
            "exceptions": dict(zip(self.exceptions["plot"], self.exceptions["document"], strict=True)),
            "counters": self.counters.drop(columns="renovated_mu").to_dict("records"),
        }
