"""The workbook (台账)."""
