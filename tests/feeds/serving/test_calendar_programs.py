import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.feeds.serving.calendar_programs import LONGEST, program_of
from exchange.models import CalendarProgram

SENT = {  # as programs send it
    "Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)": "outlook",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17029; Pro)": "outlook",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)": "outlook",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; WOW64; Trident/7.0; SLCC2; "
    + ".NET CLR 3.5.30729; " * 10
    + "Microsoft Outlook 14.0.7162; ms-office; MSOffice 14)": "outlook",
    "Google-Calendar-Importer": "google",
    "iOS/17.0 (21A329) dataaccessd/1.0": "apple",
    "macOS/14.0 (23A344) CalendarAgent/958": "apple",
    "Mac+OS+X/10.10.5 (14F27) CalendarAgent/316.1": "apple",
    "CalendarStore/5.0 (1127); iCal/5.0 (1535); Mac OS X/10.7.1 (11B26)": "apple",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0": "thunderbird",
    "ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)": "android",
    "DAVx5/4.3.3.2-ose (2023/09/12; dav4jvm; okhttp/4.11.0) Android/13": "android",
    "Nextcloud Webcal Service": "nextcloud",
    "Nextcloud-Server-Crawler/33.0.0": "nextcloud",
    "Evolution/3.40.3": "linux",
    "Mozilla/5.0 (X11; Linux x86_64) KIO/5.86 akonadi_davgroupware_resource_1/5.18.2 (21.08.2)": "linux",
    "vdirsyncer/0.21.0": "command line",
    "curl/8.5.0": "command line",
    "azure-logic-apps/1.0 (workflow 0123; version 0857)": "automation",
    "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0": "browser",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Safari/604.1": "browser",
    "": "other",
    "x": "other",
}


@pytest.mark.parametrize(("said", "program"), SENT.items())
def test_programs_are_told_by_what_they_send(said: str, program: str) -> None:
    assert program_of(said) == program


@given(st.text(max_size=3 * LONGEST))
def test_any_header_is_one_of_the_families(said: str) -> None:
    assert program_of(said) in list(CalendarProgram)


def test_header_is_read_to_a_bound() -> None:
    assert program_of("x" * LONGEST + "Thunderbird") == "other"
