"""The synthetic sample city: layers to try the product on, and the exact answers it must find."""

from landuse.sample.write import SampleFiles, write_sample

__all__ = ["SampleFiles", "write_sample"]
