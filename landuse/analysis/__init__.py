"""The science: layers in, results out."""
