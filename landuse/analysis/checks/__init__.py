"""What a careful clerk would check in the data, and what each issue does to the share."""
