"""What a correct product finds in the synthetic city."""
