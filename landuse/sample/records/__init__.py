"""What registers and firms of the synthetic city say."""
