"""What the analysis answers: frozen results in SI units that check their own accounting and present themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from landuse.i18n import _

MET, NOT_MET, UNCERTAIN = "met", "not_met", "uncertain"
#: What may happen to a parcel on the edge.
RULES = ("clip", "centroid", "majority")


@dataclass(frozen=True)
class Definition:
    """What exactly a share means; printed with every number.

    Attributes
    ----------
    classes : {"core", "with_storage", "with_mining"}
        Which land counts as industrial.
    boundary : {"approved", "planned", "jurisdiction", "control"}
        Which outline of the parks.
    rule : {"clip", "centroid", "majority"}
        What happens to a parcel on the edge.
    area : {"registered", "ellipsoidal", "planar"}
        How land is measured.
    """

    classes: str = "core"
    boundary: str = "approved"
    rule: str = "clip"
    area: str = "registered"

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Classes, boundary, rule and area in words."""
        return (
            {
                "core": _("core industrial land"),
                "with_storage": _("industrial and storage land"),
                "with_mining": _("industrial and mining land"),
            }[self.classes],
            {
                "approved": _("approved boundary"),
                "planned": _("planned boundary"),
                "jurisdiction": _("jurisdiction boundary"),
                "control": _("control-line boundary"),
            }[self.boundary],
            {
                "clip": _("parcels cut at the boundary"),
                "centroid": _("parcels by their centroid"),
                "majority": _("parcels by their larger part"),
            }[self.rule],
            {
                "registered": _("registered area"),
                "ellipsoidal": _("ellipsoidal area"),
                "planar": _("planar area"),
            }[self.area],
        )

    def __str__(self) -> str:
        return " · ".join(self.words)


@dataclass(frozen=True)
class Gap:
    r"""How far a share is from its target, in four currencies; negative means surplus.

    With T total, I inside, t target and k the park land used per unit of land moved:

    .. math:: clear = T - I/t, \quad relocate = tT - I, \quad compact = \frac{tT - I}{t + k(1 - t)}, \quad
              supply = \frac{tT - I}{1 - t}

    Attributes
    ----------
    clear : float
        Land outside to clear away [m²].
    relocate : float
        Land to move inside one to one [m²].
    compact : float
        Land to move when one unit needs k units in a park [m²]; equals `relocate` at k = 1.
    new_supply : float
        Land to supply anew inside [m²].
    """

    clear: float
    relocate: float
    compact: float
    new_supply: float

    @classmethod
    def of(cls, total: float, inside: float, target: float, compaction: float = 1.0) -> Gap:
        """Return the gap of a region with `total` and `inside` m² against `target` (0-1).

        Examples
        --------
        100 ha of industry, 60 ha of it inside, 70 % wanted:

        >>> gap = Gap.of(100.0, 60.0, 0.7)
        >>> round(gap.clear, 3), round(gap.relocate, 3), round(gap.new_supply, 3)
        (14.286, 10.0, 33.333)
        """
        short = target * total - inside
        supply = short / (1 - target) if target < 1 else math.copysign(math.inf, short) if short else 0.0
        return cls(
            clear=total - inside / target,
            relocate=short,
            compact=short / (target + compaction * (1 - target)),
            new_supply=supply,
        )
