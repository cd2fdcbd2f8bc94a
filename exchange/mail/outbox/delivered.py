"""What one run of delivery did, as a value. Not the delivering."""

from dataclasses import dataclass


@dataclass
class Delivered:
    """What one run did. ``unreachable`` holds the server's words when the run had to stop, ``stopped``
    those in which it refused most letters alike, to the domain ``stopped_to`` or ("") to everybody."""

    sent: int = 0
    refused: int = 0
    put_off: int = 0
    withdrawn: int = 0
    unreachable: str = ""
    stopped: str = ""
    stopped_to: str = ""
