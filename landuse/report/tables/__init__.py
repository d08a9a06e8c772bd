"""The rows of tables that several outputs show."""
