"""What is said of a relocation plan: its status, its proof, what blocks it, and what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.format import wan
from landuse.results.relocation import FEASIBLE, INFEASIBLE, NOT_NEEDED, OPTIMAL, PROVED
from landuse.units import shown_mu, to_mu

if TYPE_CHECKING:
    from landuse.results.relocation import Relocation, Shortfall, Stage
    from landuse.results.run import RunResult


def action_word(action: str) -> str:
    """Return the wording of what is done with a plot."""
    return {"move": _("move"), "clear": _("clear"), "rebuild": _("rebuild on site")}[action]


def fit_word(fit: str) -> str:
    """Return the wording of how a plot's industries fit a block; "" for a plot that does not move."""
    return {
        "leading": _("leading industry"),
        "related": _("same chain"),
        "any": _("takes any industry"),
        "": "",
    }[fit]


def status_word(status: str) -> str:
    """Return the wording of a plan's status."""
    return {
        OPTIMAL: _("optimal (proved)"),
        FEASIBLE: _("feasible, near the bound"),
        INFEASIBLE: _("no feasible plan"),
        NOT_NEEDED: _("no plan needed"),
    }[status]


def objective_word(objective: str) -> str:
    """Return the wording of an objective."""
    return {"plots": _("fewest plots"), "area": _("least land treated"), "cost": _("least cost")}[objective]


def plan_name(name: str) -> str:
    """Return the wording of the plan and of what stands beside it."""
    return {
        "plan": _(labels.THIS_PLAN),
        "greedy": _("Cheapest next step (greedy)"),
        "nearest": _("Nearest park with room"),
    }[name]


def stage_words(stage: Stage) -> str:
    """Return an objective's value, its bound and the gap between them."""
    amounts = {
        "plots": _("{value:,.0f} plots, at least {bound:,.0f}", value=stage.value, bound=stage.bound),
        "area": _("{value:,.2f} mu, at least {bound:,.2f}", value=shown_mu(stage.value), bound=shown_mu(stage.bound)),
        "cost": _("{value:,.0f} x 10,000 yuan, at least {bound:,.0f}", value=wan(stage.value), bound=wan(stage.bound)),
    }
    said = amounts[stage.objective]
    if stage.gap <= PROVED:
        return _("{objective}: {amount}: proved optimal", objective=objective_word(stage.objective), amount=said)
    return _(
        "{objective}: {amount}: at most {gap:.2%} above the best possible",
        objective=objective_word(stage.objective),
        amount=said,
        gap=stage.gap,
    )


def plan_sentence(result: RunResult) -> str:
    """Return the plan in a sentence; empty where the stage did not run."""
    r = result.relocation
    if r is None:
        return ""
    target = r.rule.targets[max(r.rule.targets)]
    if r.status == NOT_NEEDED:
        return _("Relocation plan: none needed, the target is reached.")
    if r.status == INFEASIBLE:
        words = _(labels.SEMICOLON).join(shortfall_words(x, result) for x in r.shortfalls)
        return _("Relocation plan: none is possible. Missing: {what}.", what=words)
    counts = r.moves["action"].value_counts()
    number = {action: int(counts.get(action, 0)) for action in ("move", "clear", "rebuild")}
    done = [
        _("{n} plots move ({mu:,.2f} mu)", n=number["move"], mu=shown_mu(r.moved_m2)) if number["move"] else "",
        _("{n} are cleared", n=number["clear"]) if number["clear"] else "",
        _("{n} are rebuilt on site", n=number["rebuild"]) if number["rebuild"] else "",
    ]
    return _(
        "Relocation plan: {done}, for {cost:,.0f} x 10,000 yuan; the share rises from {before:.2%} to {after:.2%} "
        "(target {target:.6g}%).",
        done=_(labels.COMMA).join(filter(None, done)),
        cost=wan(r.cost_yuan),
        before=r.before.share,
        after=r.after.share,
        target=target * 100,
    )


def proof_sentence(result: RunResult) -> str:
    """Return how good the plan is proved to be; empty where there is none."""
    r = result.relocation
    if r is None or not r.exists:
        return ""
    words = _(labels.SEMICOLON).join(stage_words(stage) for stage in r.stages)
    return words + (_(" (the search was cut short by its time limit)") if r.cut_short else "")


def beside_sentence(result: RunResult) -> str:
    """Return what the plan costs against the greedy one and the nearest-park assignment."""
    r = result.relocation
    if r is None or not r.exists:
        return ""
    said = []
    for name in ("greedy", "nearest"):
        row = r.alternatives.loc[name]
        if row["met"] and r.cost_yuan > 0:
            ratio = float(r.alternatives["cost_yuan"][name]) / r.cost_yuan
            said.append(_("{name}: {ratio:.2f} times the cost", name=plan_name(name), ratio=ratio))
        else:
            said.append(_("{name}: does not keep all conditions", name=plan_name(name)))
    return _("For comparison: {what}.", what=_(labels.SEMICOLON).join(said))


def shortfall_words(missing: Shortfall, result: RunResult) -> str:
    """Return what is missing for a plan, where, and how much."""
    names = result.concentration.districts["name"]
    where = str(names.get(missing.where, missing.where)) or _(labels.IN_NO_DISTRICT)
    mu, n = shown_mu(missing.amount), missing.amount
    return {
        "land": _("{mu:,.2f} mu: park land in {where} does not suffice", mu=mu, where=where),
        "target": _(
            "{mu:,.2f} mu: even with all that may be done the target of {where} is out of reach", mu=mu, where=where
        ),
        "district": _("{mu:,.2f} mu: the target of {where} is out of reach", mu=mu, where=where),
        "quota": _("{mu:,.2f} mu: the quota of {where} does not suffice", mu=mu, where=where),
        "goal": _(
            "{mu:,.2f} mu: the yearly goal of {where} asks for more plots than may be treated", mu=mu, where=where
        ),
        "budget": _("{n:,.0f} x 10,000 yuan: the budget does not suffice", n=wan(n)),
        "power": _("{n:,.2f}: electric power in {where} does not suffice", n=n, where=where),
        "water": _("{n:,.2f}: water in {where} does not suffice", n=n, where=where),
        "gas": _("{n:,.2f}: gas in {where} does not suffice", n=n, where=where),
    }[missing.kind]


def unknown_sentences(relocation: Relocation) -> list[str]:
    """Return what the plan takes for granted, and what it does not know."""
    r, rule = relocation, relocation.rule
    moved = r.moves[r.moves["action"] != "rebuild"]
    guessed = int((~moved["tax_known"].astype(bool)).sum()) if len(moved) else 0
    stays = r.pool["why"].value_counts()
    nowhere = int(((r.pool["choices"] == 0) & (r.pool["why"] == "") & ~r.pool["on_site"]).sum())
    computed = r.blocks[~r.blocks["stated"]]
    said = [
        _("Distances are straight lines between a point of the plot and one of the block, not roads."),
        _(
            "Prices are those of the study: {compensation:.6g} for land left, {haul:.6g} a km (10,000 yuan per mu), "
            "{years:g} years of tax for a firm that is cleared; defaults are examples.",
            compensation=wan(rule.compensation) / to_mu(1.0),
            haul=wan(rule.haul) / to_mu(1.0),
            years=rule.tax_years,
        ),
        _("Land efficiency of firms that move is not assumed to rise; a moved plot pays the tax it paid."),
        _("Where in its block a plot will lie is not known; areas are those of the register, not of a site plan."),
    ]
    if len(computed):
        spare = shown_mu(float(np.sum(computed["spare_m2"])))
        said.append(
            _(
                "The spare land of {n} blocks ({mu:,.2f} mu) is computed from the parcels, not stated; farmland counts "
                "as spare unless a protected layer says otherwise.",
                n=len(computed),
                mu=spare,
            )
        )
    if guessed:
        said.append(_("{n} treated plots have no known tax: their district's mean stands in.", n=guessed))
    if nowhere:
        said.append(_("{n} plots of the pool fit no block: they can only be cleared.", n=nowhere))
    for why, words in (
        ("excluded", _("{n} plots are excluded by the study.", n=int(stays.get("excluded", 0)))),
        ("whole", _("{n} plots stay because their parcel counts as a whole.", n=int(stays.get("whole", 0)))),
        ("contested", _("{n} plots stay because another parcel claims their land.", n=int(stays.get("contested", 0)))),
        ("together", _("{n} plots stay with one that has to.", n=int(stays.get("together", 0)))),
    ):
        if stays.get(why, 0):
            said.append(words)
    return said
