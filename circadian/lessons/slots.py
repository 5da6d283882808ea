"""What the slots of a form stand for: {name}, {number}, {job} and the like, as parts of regular expressions."""

from __future__ import annotations

from collections.abc import Mapping

from circadian.lessons.phrases import PHRASES
from circadian.lessons.times import DAYS, MONTHS, NUMBER, OFTEN, TEENS, TENS, TIME, UNITS

CAPITAL = r"[^\W\d_a-zß-öø-ÿ](?=[\w'-]*[a-zß-öø-ÿ])[\w'-]*(?![\w'-])"
NAME = rf"(?-i:{CAPITAL}(?: (?:(?:von|van|de|der|la|da|bin|al) ){{0,2}}{CAPITAL}){{0,2}})"
NO_NAME = (
    "ready happy sorry fine back sure done here okay good glad great well tired busy home vegan vegetarian "
    "pregnant married single "
    "german austrian swiss french italian spanish dutch english british american irish scottish welsh polish czech russian "
    "ukrainian turkish greek portuguese danish swedish norwegian finnish icelandic indian chinese japanese korean canadian "
    "australian mexican brazilian african european asian muslim jewish catholic protestant buddhist hindu later tomorrow when"
).replace(" ", "|") + f"|(?:{DAYS})s?"
ENDS_NO_NAME = r"\w+(?:ian|can|ese|ish|ean|lim|hindu|sikh|dutch|swiss|greek|thai|iraqi|french|german)\b"
NO_HABIT = "said|asked|meant|thought|knew|heard|wanted|understood|understand|forget|wonder|believed|remember|know|think|saw"
TRAVEL = (
    "flying|travell?ing|driving|moving|visiting|getting married|emigrating|sailing|cruising|backpacking|camping|running|cycling"
)
NO_DEED = (
    "is|has|was|does|says|thinks|wants(?! to (?:be|become|study|learn) )|"
    "wishes|hopes|asks|tells|claims|believes|dreams|needs|knows|seems|looks|"
    "means|always|sometimes|"
    "calls|his|its|this|lives|works|comes|likes|loves|enjoys|hates|dislikes|prefers|turns|wonders|expects|plans|"
    "insists|suggests"
)
DEEDS = (
    "run|play|study|collect|grow|own|sing|teach|speak|drive|ride|train|paint|breed|keep|practise|practice|go|bake|make|write|"
    "cook|dance|swim|sell|build|fish|hunt|volunteer|travel"
)
NONE = (
    "siblings?|brothers?|sisters?|children|kids|pets?|sons?|daughters?|cousins?|grandchildren|nieces|nephews|car|cars|tattoos"
)


def slots(words: Mapping[str, str]) -> dict[str, str]:
    """Every slot with what it matches; `words` are the lists of nouns of relations.toml, singular, a space between."""
    male, female, person, animal, job, music, illness, diet = (_nouns(words[name]) for name in WORDS)
    people = f"{male}|{female}|{person}"
    thing = (
        r"[^\W\d_][\w'-]*(?: (?!(?:is|are|was|were|has|had|have|who|which|that|i|we|he|she|they|should|must)\b)[\w'-]+){0,4}?"
    )
    some = r"(?:[\w'-]+ ){0,3}?"
    return {
        "thing": rf"(?P<thing>{thing})",
        "person": rf"(?P<thing>{some}(?:{people}))",
        "being": rf"(?P<thing>{some}(?:{people}|{animal})(?:s|es)?)",
        "beings": rf"(?P<thing>{some}(?:(?:{people}|{animal})s|children|wives|mice|family))",
        "kind": r"(?P<thing>(?:[^\W\d_][\w-]+ ){0,2}?[^\W\d_][\w-]+(?:s|children|people|sheep|fish|mice)|"
        rf"(?:[\w-]+ ){{0,2}}(?:{people}|{animal}))",
        "no": r"(?P<value>no)",
        "none": rf"(?P<thing>{NONE})",
        "value": r"(?P<value>\S.*?)",
        "old": r"\S.{0,40}?",
        "name": rf"(?P<value>(?!(?:{NO_NAME})\b){NAME})",
        "names": rf"(?P<value>{NAME}(?:, {NAME}){{0,8}},? (?:and|&) {NAME})",
        "givenname": rf"(?P<value>(?!(?:{NO_NAME}|(?-i:{ENDS_NO_NAME}))\b)(?!{ENDS_NO_NAME}){NAME})",
        "tongue": rf"(?P<value>(?-i:{CAPITAL}).*?)",
        "fan": rf"(?P<value>{NAME}|(?-i:[A-Z]{{2,}}))",
        "number": rf"(?P<value>{NUMBER})",
        "years": rf"(?P<value>(?:about |almost |nearly )?(?:{NUMBER}|{UNITS})(?: and a half)?)",
        "span": r"(?P<value>(?:\S+ ){1,3}(?:month|week|day|year)s?)",
        "count": rf"(?P<value>\d{{1,3}}|{UNITS}|{TEENS}|{TENS}|a couple of|several|many|lots of)",
        "date": rf"(?P<value>(?:\d|(?:{MONTHS})\b).*?)",
        "time": rf"(?P<value>{TIME}.*?)",
        "to": rf"(?:(?:from|forward|back) .{{1,30}}? )?(?:forward |back )?to (?P<value>{TIME}.*?)",
        "place": rf"(?P<value>(?!a (?:\w+ )?(?:family|line)\b|work\b|school\b|(?:{DAYS})s?\b)\S.*?)",
        "school": r"(?P<value>(?:\S+ ){0,4}?(?:school|college|university|academy|kindergarten)\b.*?|(?:Oxford|"
        r"Cambridge|Yale|Harvard))",
        "job": rf"(?P<value>(?:(?!big |good |bad |great |terrible |huge )[\w-]+ ){{0,3}}?(?:{job}|[\w-]*(?:keeper|"
        rf"maker|smith|wright|"
        r"ologist|monger|teacher|engineer|worker|driver))(?: (?:at|in|for|with|by|from|and) .*)?)",
        "jobless": r"(?P<value>(?:self[- ]employed|freelance|freelancing|unemployed|retired|between jobs|on (?:parental|"
        r"maternity) leave|"
        r"out of work)\b.*?)",
        "allergy": r"(?P<value>(?!(?:bad|severe|serious|mild|slight|terrible|nasty|food|drug|medicine)\b)\w+(?: \w+)?)",
        "illness": rf"(?P<value>(?:(?:chronic|mild|severe|bad|type \w+) )*(?:{illness})(?: (?:and|or|in|since) .*)?)",
        "sick": r"(?P<value>(?:diabetic|asthmatic|epileptic|colou?r-?blind|deaf|blind|anaemic|anemic|dyslexic|"
        r"autistic|short-sighted)\b.*?)",
        "diet": rf"(?P<value>{diet})",
        "weight": r"(?P<value>(?:(?:about|around|roughly|almost|nearly|just over|just under) )?\d[\d.,]* ?(?:kg|kilos?|"
        r"kilograms?|pounds|lbs?|stone)\b.*?)",
        "music": rf"(?P<value>(?:(?:bass|electric|acoustic|double|french|jazz|classical) )*(?:{music})(?: (?:and|"
        rf"or|in|at|with) .*)?)",
        "travel": rf"(?P<value>(?:{TRAVEL}) .*)",
        "soon": rf"(?P<value>(?:[a-z]+ )(?:\S+ ){{0,8}}?{TIME}(?: \S+){{0,3}})",
        "always": rf"(?P<value>(?:always|usually|often|never|sometimes|normally|rarely|regularly|hardly ever|seldom|"
        rf"occasionally|"
        rf"generally|typically) (?!(?:{NO_HABIT})\b).*)",
        "often": rf"(?P<value>(?!(?:{NO_HABIT}|am|was|have|had|like|love|hate)\b)[a-z]\S* (?:\S+ ){{0,8}}?(?:{OFTEN})"
        r"(?: (?:from|until|till|at|before|after|around|with|in) .{1,40})?)",
        "deed": rf"(?P<value>(?!(?:{NO_DEED})\b)[a-z]{{2,}}s(?: .*)?)",
        "deeds": rf"(?P<value>(?:{DEEDS})\b .*)",
        "unattached": r"(?P<value>(?:(?:happily|newly|recently) (?:married|engaged|divorced|single)|single|divorced|separated|"
        r"widowed|an? (?:widow|widower|bachelor|divorcee))\b.*?)",
        "ages": rf"(?P<value>(?:{NUMBER}|{UNITS})(?:, (?:{NUMBER}|{UNITS})){{0,5}},? and (?:{NUMBER}|{UNITS}))",
        "digits": rf"(?:{NUMBER})",
        "dated": rf"(?P<value>(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTHS})|(?:{MONTHS}) (?:the )?\d{{1,2}}\w*))",
        "late": r"(?:in|on|last|this|next|soon|tomorrow|today|yesterday|and|two|a|three)\b.*",
        "event": rf"(?P<thing>(?!(?:no|some|more|any|gone|been|had|got|just|never|always|\w+ed)\b){thing})",
        **PHRASES,
    }


WORDS = ("male", "female", "person", "animal", "job", "music", "illness", "diet")


def _nouns(text: str) -> str:
    """A list of nouns as alternatives; a hyphen may also be a space or nothing."""
    return "|".join(word.replace("-", "[- ]?") for word in text.split())
