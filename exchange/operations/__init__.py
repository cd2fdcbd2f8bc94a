"""How this installation is doing: the status page for administrators and the answer for monitors."""
