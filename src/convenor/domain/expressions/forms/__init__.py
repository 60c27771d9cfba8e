"""Forms of calls. They parse and label; they never save."""
