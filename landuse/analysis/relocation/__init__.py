"""Which plots should move where: the problem, its solution and the proof."""
