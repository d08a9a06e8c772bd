"""Results to what people read; a pure function of the result."""
