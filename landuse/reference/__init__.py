"""Tables with a source and a trust level: land classes, rules, industries, indicators."""
