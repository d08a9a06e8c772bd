"""What is known of plots: their parts, firms, buildings, pixels and surroundings, and which are scattered."""
