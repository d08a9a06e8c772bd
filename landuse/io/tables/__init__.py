"""Workbooks and text tables to rows of text."""
