"""The rules of expressions of interest. Pure: no ORM."""
