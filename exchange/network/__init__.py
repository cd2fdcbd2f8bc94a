"""The network: its cities and their membership, people, groups, boards, partners and themes. No programme."""
