"""The rules of groups: who sits where on a day, what may follow what. Pure: no ORM."""
