"""What bound expressions and the library stand on: types, signatures of members, one evaluation and its bounds, exceptions."""
