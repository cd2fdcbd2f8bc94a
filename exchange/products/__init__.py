"""Products: what a cycle makes of its answers, written, reviewed, published, withdrawn. A capability."""
