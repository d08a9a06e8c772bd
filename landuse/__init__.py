"""Industrial-land concentration: a defended share, a candidate list and a map."""
