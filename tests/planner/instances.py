"""The five instances that the planner is measured on: 3, 15 and 60 cities, one year and four.

Start on Monday 4 January 2027; the network rests from 20 December to 3 January and 1 to 14 August;
each lead city is busy three times a week in the first 26 weeks, at random with seed 7.
"""

import random
from datetime import UTC, date, datetime, timedelta

from exchange.planner.files.problem_file import problem_from
from exchange.planner.problem.problem import Problem

START_ON = date(2027, 1, 4)
INSTANCES = ((3, 52), (15, 52), (60, 52), (15, 208), (60, 208))

# id, name, zone, country, subdivision
CITIES = """
STO Stockholm Europe/Stockholm SE
LON London Europe/London GB ENG
WAS Washington America/New_York US DC
PAR Paris Europe/Paris FR
RTM Rotterdam Europe/Amsterdam NL
BCN Barcelona Europe/Madrid ES CT
TOR Toronto America/Toronto CA ON
NYC New_York America/New_York US NY
MTR Montreal America/Toronto CA QC
MEL Melbourne Australia/Melbourne AU VIC
SYD Sydney Australia/Sydney AU NSW
CHC Christchurch Pacific/Auckland NZ CAN
WLG Wellington Pacific/Auckland NZ WGN
BER Berlin Europe/Berlin DE BE
SIN Singapore Asia/Singapore SG
MAN Manchester Europe/London GB ENG
DUB Dublin Europe/Dublin IE
LIS Lisbon Europe/Lisbon PT
REK Reykjavik Atlantic/Reykjavik IS
OSL Oslo Europe/Oslo NO
CPH Copenhagen Europe/Copenhagen DK
HEL Helsinki Europe/Helsinki FI
TLL Tallinn Europe/Tallinn EE
WAW Warsaw Europe/Warsaw PL
PRG Prague Europe/Prague CZ
VIE Vienna Europe/Vienna AT
ROM Rome Europe/Rome IT
ATH Athens Europe/Athens GR
BUH Bucharest Europe/Bucharest RO
IST Istanbul Europe/Istanbul TR
NBO Nairobi Africa/Nairobi KE
ADD Addis_Ababa Africa/Addis_Ababa ET
JNB Johannesburg Africa/Johannesburg ZA
LOS Lagos Africa/Lagos NG
ACC Accra Africa/Accra GH
TUN Tunis Africa/Tunis TN
BOS Boston America/New_York US MA
CHI Chicago America/Chicago US IL
HOU Houston America/Chicago US TX
DEN Denver America/Denver US CO
PHX Phoenix America/Phoenix US AZ
LAX Los_Angeles America/Los_Angeles US CA
SEA Seattle America/Los_Angeles US WA
VAN Vancouver America/Vancouver CA BC
HAL Halifax America/Halifax CA NS
MEX Mexico_City America/Mexico_City MX
BOG Bogota America/Bogota CO
LIM Lima America/Lima PE
SAO Sao_Paulo America/Sao_Paulo BR SP
BUE Buenos_Aires America/Argentina/Buenos_Aires AR
SCL Santiago America/Santiago CL
BNE Brisbane Australia/Brisbane AU QLD
ADL Adelaide Australia/Adelaide AU SA
PER Perth Australia/Perth AU WA
AKL Auckland Pacific/Auckland NZ AUK
TYO Tokyo Asia/Tokyo JP
SEL Seoul Asia/Seoul KR
BKK Bangkok Asia/Bangkok TH
MNL Manila Asia/Manila PH
DEL Delhi Asia/Kolkata IN DL
"""
LEADS = ("STO", "LON", "WAS")


def instance(cities: int, weeks: int) -> Problem:
    """One of the five, or any other part of the list."""
    return problem_from(document(cities, weeks))


def document(cities: int, weeks: int) -> dict[str, object]:
    """The PROBLEM.json of an instance."""
    rows = [line.split() for line in CITIES.strip().splitlines()][:cities]
    return {
        "start_on": START_ON.isoformat(),
        "weeks": weeks,
        "cities": [_city(*row) for row in rows],
        "cycles": {},
        "trainings": {},
        "forbidden_on": [
            span
            for year in range(2027, 2027 + weeks // 52 + 1)
            for span in ([f"{year}-12-20", f"{year + 1}-01-03"], [f"{year}-08-01", f"{year}-08-14"])
        ],
    }


def _city(city_id: str, name: str, zone: str, country: str, subdivision: str = "") -> dict[str, object]:
    is_lead = city_id in LEADS
    return {
        "id": city_id,
        "name": name.replace("_", " "),
        "time_zone": zone,
        "holidays": {
            "country": country,
            "subdivision": subdivision,
            "categories": ["public", "de_facto"] if country == "SE" else [],
        },
        "lead": is_lead,
        "required": is_lead,
        "busy": _busy(city_id) if is_lead else [],
    }


def _busy(city_id: str) -> list[list[str]]:
    """Three intervals a week of one to three hours, on working days between 08:00 and 17:00 UTC."""
    dice = random.Random(f"7 {city_id}")
    found = []
    for week in range(26):
        for _ in range(3):
            on = START_ON + timedelta(days=7 * week + dice.randrange(5))
            begins_at = datetime(on.year, on.month, on.day, dice.randrange(8, 15), tzinfo=UTC)
            ends_at = begins_at + timedelta(minutes=30 * dice.randrange(2, 7))
            found.append([begins_at.isoformat(), ends_at.isoformat()])
    return found
