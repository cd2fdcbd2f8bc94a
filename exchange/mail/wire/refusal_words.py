"""What a mail server's words of refusal are about: the address, or the letter and us (RFC 3463). Pure."""

import re

_WORDS_MAX = 2_000  # characters that are read: a report holds whatever its sender likes

# The enhanced code stands directly after the three digits (RFC 2034 4); elsewhere such numbers are
# addresses of machines, versions of programs or numbers of rules.
_ANSWER = re.compile(r"(?<![\d.])([245]\d\d)(?:[ -]+#?(\d\.\d{1,3}\.\d{1,3})(?![\d.]*\d))?(?![\d.]*\d)")
_STATUS = re.compile(r"\d\.\d{1,3}\.\d{1,3}")
_OF_THE_ADDRESS = frozenset(
    {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6", "5.1.10", "5.2.0", "5.2.1"}
)
_SAYS_NOTHING = re.compile(r"\d\.0\.0")
_ABOUT_US = re.compile(
    r"""
      sender (?:\ e?-?mail)? (?:\ address)? \b .{0,30}? \b
        (?:reject|refus|den(?:y|ied)|block|unknown|invalid|does\ not\ exist|verif|not\ (?:allow|found|exist))
    | (?:bad|invalid|unknown|unverified|illegal) \ sender
    | mail\ from | return\ path | callout | domain\ of\ sender
    | (?:client|sending|your) \ (?:host|server|ip|ip\ address|network|domain)\b
    | (?:connection|access) \ from
    | \d+\.\d+\.\d+\.\d+ \]? .{0,20}? \b (?:block|refus|reject|den|not\ allow|ban)
    | (?:black|block|deny) [ -]? list | \b(?:is|are|been|was) \ listed\b | \blisted\ (?:at|by|in|on)\b
    | \brbl\b | dnsbl | \bspf\b | dkim | dmarc | \bspam | junk | unsolicited | \bbulk\b | reputation
    | reverse\ dns | \brdns\b | \bptr\b | \bhelo\b | \behlo\b
    | relay(?:ing)? \b .{0,20}? \b (?:den|not|prohib|disallow|reject)
    | virus | malware | phish | content | attachment
    | authenticat | too\ many | rate\ limit | throttl | greylist | too\ quickly
    | (?:receiving|sending) \ (?:e?-?mail|messages) \ (?:at|too) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)

_UNKNOWN = re.compile(
    r"""
      \b(?:no\ such|unknown|invalid|non-?existent|unrouteable)
        \ (?:user|recipient|mailbox|address|account|local)
    | \b(?:user|recipient|mailbox|address|account) \b .{0,40}? \b
        (?:unknown|not\ (?:found|exist|known|here)|invalid|does(?:n.t|\ not)\ exist|disabled|no\ longer)
    """,
    re.IGNORECASE | re.VERBOSE,
)


_NAMES = re.compile(r"[^\s@]+@\S+|https?://\S+")


def enhanced_code(words: str) -> str:
    """The enhanced code in a server's answer, "5.1.1"; "" where none stands after its three digits."""
    return next((found.group(2) for found in _ANSWER.finditer(words[:_WORDS_MAX]) if found.group(2)), "")


def basic_code(words: str) -> str:
    """The three digits of a server's answer; "" where it has none."""
    found = _ANSWER.search(words[:_WORDS_MAX])
    return found.group(1) if found else ""


def status_of(status: str, words: str) -> str:
    """What a report says of one recipient: its own status, unless that is bare and the answer says more."""
    own = _STATUS.search(status)
    if own and not _SAYS_NOTHING.fullmatch(own.group()):
        return own.group()
    return enhanced_code(words) or (own.group() if own else "")


def is_about_address(status: str, words: str, *, unless_said: bool) -> bool:
    """Whether a refusal for good is about the address and not about the letter or us (RFC 3463 3).

    5.1.x (no such mailbox or domain) and 5.2.0, 5.2.1 (mailbox disabled) are; 5.1.7, 5.1.8 (our own
    address) and 5.7.x (a policy, which may meet every letter that we send) are not, nor is any whose words
    are about our host, our address or what a letter holds. ``unless_said`` is the answer where no code
    says more than that it failed.
    """
    if _ABOUT_US.search(_without_addresses(words)):
        return False
    if not status or _SAYS_NOTHING.fullmatch(status):
        return unless_said
    return status in _OF_THE_ADDRESS


def says_unknown(words: str) -> bool:
    """Whether the words themselves say that nobody is there: for answers without a code that does."""
    return _UNKNOWN.search(_without_addresses(words)) is not None


def is_dead_address(words: str, *, unless_said: bool) -> bool:
    """The same of a server's answer as it was said."""
    return is_about_address(enhanced_code(words), words, unless_said=unless_said)


def _without_addresses(words: str) -> str:
    """Names of mailboxes and links may hold any word: spam@, https://host/blocklist."""
    return _NAMES.sub(" ", words[:_WORDS_MAX])
