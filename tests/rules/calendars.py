"""Calendars of member cities for the tests of the rules; facts, not fixtures."""

from datetime import time

from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.quiet_periods import QuietPeriod

CHRISTMAS = QuietPeriod("Christmas", "12-20", "01-06")
SUMMER = QuietPeriod("Summer", "W28", "W31")

STOCKHOLM = CityCalendar(
    city_id=1,
    city="Stockholm",
    time_zone="Europe/Stockholm",
    country="SE",
    subdivision="",
    categories=("public", "de_facto"),
    work_starts=time(8),
    work_ends=time(17),
    quiet=(SUMMER, CHRISTMAS),
    is_lead=True,
)
LONDON = CityCalendar(
    city_id=2,
    city="London",
    time_zone="Europe/London",
    country="GB",
    subdivision="ENG",
    categories=("public",),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(CHRISTMAS,),
    is_lead=True,
)
WASHINGTON = CityCalendar(
    city_id=3,
    city="Washington DC",
    time_zone="America/New_York",
    country="US",
    subdivision="DC",
    categories=("public",),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(CHRISTMAS,),
    is_lead=True,
)
SYDNEY = CityCalendar(
    city_id=4,
    city="Sydney",
    time_zone="Australia/Sydney",
    country="AU",
    subdivision="NSW",
    categories=("public",),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(),
)
AUCKLAND = CityCalendar(
    city_id=5,
    city="Auckland",
    time_zone="Pacific/Auckland",
    country="NZ",
    subdivision="AUK",
    categories=("public",),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(),
)
NEW_YORK = CityCalendar(
    city_id=6,
    city="New York",
    time_zone="America/New_York",
    country="US",
    subdivision="NY",
    categories=("public",),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(),
)

LEADS = (STOCKHOLM, LONDON, WASHINGTON)
CITIES = (*LEADS, SYDNEY, AUCKLAND, NEW_YORK)
