"""The one place that sequences: load, ledgers, comparisons, run, publish."""
