"""Which plots are inefficient: indicators, rules and a score."""
