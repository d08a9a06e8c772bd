"""The table the corpus prints at the end of a test run."""

from collections import Counter, defaultdict

KINDS = ("right", "refused", "false refusal", "silent wrong", "untyped traceback", "not shown")


def pytest_terminal_summary(terminalreporter):
    """Print, for each table of bad inputs, what became of its cases; works with several workers too."""
    done = [
        dict(report.user_properties)
        for kind in ("passed", "failed")
        for report in terminalreporter.stats.get(kind, [])
        if report.when == "call" and "corpus_kind" in dict(report.user_properties)
    ]
    if not done:
        return
    rows, counts = defaultdict(set), defaultdict(Counter)
    for case in done:
        table = case["corpus_row"][0]
        rows[table].add(case["corpus_row"])
        counts[table][case["corpus_kind"]] += 1
    write = terminalreporter.write_line
    terminalreporter.section("bad inputs")
    write(f"{'table':8}{'rows':>6}{'cases':>7}" + "".join(f"{k:>19}" for k in KINDS))
    for table in sorted(rows):
        n = counts[table]
        write(f"{table:8}{len(rows[table]):>6}{sum(n.values()):>7}" + "".join(f"{n[k]:>19}" for k in KINDS))
    total = sum(counts.values(), Counter())
    all_rows = sum(map(len, rows.values()))
    write(f"{'all':8}{all_rows:>6}{sum(total.values()):>7}" + "".join(f"{total[k]:>19}" for k in KINDS))
    for case in sorted(done, key=lambda c: c["corpus_row"]):
        if case["corpus_kind"] == "not shown":
            write(f"not shown: {case['corpus_row']}: {case['corpus_why']}")
