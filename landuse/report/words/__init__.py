"""Wording and formats that several outputs share."""
