"""Reading groups, their seats and who sits. Every read is for a viewer."""
