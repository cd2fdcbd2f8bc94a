"""The tests: a mirror of the code, and the flows, building, faults and bench beside it."""
