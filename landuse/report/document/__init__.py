"""The report and the park pages, as Word documents."""
