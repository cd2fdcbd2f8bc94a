"""Exchange: the scheduler of a network of cities that prepare for terrorism together.

Importing the package pins zone data to the tzdata distribution; it starts nothing.
"""

import zoneinfo

# The system's zone files may be years old (Vancouver, 2026): only the tzdata package is asked.
zoneinfo.reset_tzpath(to=())
