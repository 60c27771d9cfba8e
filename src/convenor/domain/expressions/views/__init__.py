"""The screens of calls: for everybody, for who applies, who assesses, who runs them."""
