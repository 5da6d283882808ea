"""One clause -> what it tells: the first relation with a form that matches, else "told" in the person's own words."""

from __future__ import annotations

import re

from circadian.lessons.news import NO_NEWS, NOTHING, OF_OTHERS, PEOPLE_SAY, TALK
from circadian.lessons.second import capital, small, turned
from circadian.lessons.times import UNITS
from circadian.lessons.trims import LATELY, as_work, variants, whole
from circadian.lessons.wordings import BEINGS, WORK, Relation, nouns, relations, slot, slot_text
from circadian.records import Fact

TOLD = "told"
SMALL_START = re.compile(
    r"(?:one|two|three|some|all|both|most|none|they|he|she|it|the|an?|this|that|every|each|on|in|at|when|after|before|because|for|"
    r"since|as|from|with|by|last|next|there)\b",
    re.IGNORECASE,
)
MINE = re.compile(r"(?:i|we|(?:(?:one|two|three|some|all|both|most|none)(?: of)? )?(?:my|our))\b", re.IGNORECASE)
BEING = re.compile(rf"(?:my|our) {slot('being').pattern}(?![\w'-])", re.IGNORECASE)
MOVING = frozenset({"plan", "habit", "third person does"})  # forms so wide that NO_NEWS must be asked
COUNTING = frozenset({"habit", "number of", "third person does"})  # relations whose value may be "one" or "never …"
PLACES = {  # relations whose value is none of LATELY, with what stands before it where the answer's words fit
    "home": re.compile(r".*\b(?:in|to) $", re.IGNORECASE),
    "third person lives": re.compile(r".*\b(?:in|to) $", re.IGNORECASE),
    "work place": re.compile(r".*\bat $", re.IGNORECASE),
}
STREET = re.compile(
    r"^\d|(?: (?:street|st|road|rd|lane|avenue|alley|drive|terrace)|gasse|stra(?:ße|sse|at)|weg|laan)(?: \d+)?(?=$|,)",
    re.IGNORECASE,
)
PLACES_LIVED = re.compile(rf"(?:{slot_text('count')}|many|several|a few|lots of|some) [\w ]+s\b", re.IGNORECASE)
BESIDE = re.compile(
    r"(?:with|alone|an? (?:\w+ )?(?:flat|house|apartment|studio|cottage|bungalow|caravan|houseboat|van|farm|loft|basement)|"
    r"the \w+(?:-\w+)? floor|by (?:my|your)self|on (?:my|your) own|from home|nights|days|shifts|part|full|freelance|"
    r"remotely)\b",
    re.IGNORECASE,
)
AGELESS = re.compile(r" old$| in (?:my|his|her|their) \S+$", re.IGNORECASE)
OURS = re.compile(
    rf"(?!.*\b(?:tell|say|think|ask|{PEOPLE_SAY}|errors?|bugs?|code|script|file|text)\b)(?:nobody|no one|everyone|"
    rf"everybody|someone|somebody|people|friends|there (?:is|are|was|were)|home|both|"
    r"(?!(?:it|this|that|which|he|she|what)\b)[\w'-]+ (?:gives|makes|drives|keeps|helps|relaxes|calms|bothers|"
    r"hurts)(?= me\b))\b"
    r".*\b(?:me|my|our|us|mine|ours|i)\b",
    re.IGNORECASE,
)
IDIOM = re.compile(
    r"fish and chips|rock and roll|rock 'n' roll|mac and cheese|arts and crafts|drum and bass|bed and breakfast|"
    r"peace and quiet|"
    r"gin and tonic|black and white|r and b|r&b|salt and vinegar|country and western|bread and butter|rhythm and blues|cut and",
    re.IGNORECASE,
)
ITEMS = re.compile(r",? (?:and|or|&) |, ")
DOES = re.compile(r"[a-z]+s (?:an?|the|his|her|their|my|our|no) ")  # no item: "is allergic to nuts and carries an EpiPen"
INNER = re.compile(r"\b(?:in|with|of|to|for|at|on|from|by|about|that|when|the way|my|our|between|both)\b", re.IGNORECASE)
LISTED = frozenset(
    {"like", "dislike", "allergy", "health", "diet", "instrument", "language", "third person allergy", "third person likes"}
)
SINGLE = re.compile(
    r".*[\d:]|(?:an?|the|on|in|at|from|my|your|our|near|next|called|about) |[A-ZÀ-Þ]|(?:(?:light|dark|bright|"
    r"pale) )?(?:red|blue|green|black|"
    r"white|grey|gray|yellow|brown|orange|pink|purple|silver|gold|golden|beige|turquoise|teal|violet|blond|blonde)\b|"
    rf"(?:{UNITS})\b"
)
THINGS = frozenset("car bike bicycle house flat apartment home boat garden job kitchen room office van motorbike".split())
MANY = re.compile(  # "is" and "lives" of an answer would be wrong
    r"(?:my|our) (?:.*?\b(?:are|live|work|come|were|have)\b|(?:[\w-]+ ){0,3}?(?:[\w-]*[^\Ws]s|children) (?:moved|turned|"
    r"came|grew)\b)",
    re.IGNORECASE,
)
TOUCHING = re.compile(
    r"(?:\S+ ){3,}.*\b(?:i|i'm|i've|me|my|mine|our|us)\b|(?:the|at|on|in) .*\b(?:i|i'm|i've|me|my|our)\b(?: \S+){2}", re.I
)
QUOTES = re.compile(r":|(?:^|\s)'|, (?:take|give|let|bring|carry|tell)\b")  # and songs
OF_THIS = re.compile(
    r"(?:it|it's|that|that's|this|these|those|there|there's|here|what|how|why|who|when|where|which|thanks|thank|please|can|could|"
    r"remind|do|does|did|is|are|was|will|should|shall|let|tell|give|show|help|make|write|explain|ok|okay|no|yes|so|sorry|he|she|they|\w+ing)\b",
    re.IGNORECASE,
)  # what begins so speaks of the moment, of a task, or of what was said before
SMALL = frozenset(
    "about after again also always been before being from have having just last like more most much never only "
    "over really some everything something anything nothing everyone someone anyone everybody somebody nobody "
    "than that their them then there these they this today used usually getting going very were what when which with yesterday "
    "the and but for not are was has had can get got out off too all any its his her our one two who how why she "
    "him you been did do "
    "live lives lived work works don't doesn't didn't can't won't isn't aren't wasn't anymore longer".split()
)


def told(clause: str, memory: str, at: str) -> list[Fact]:
    """What a clause tells: facts of one relation, one for each value of a list; empty if it is no news."""
    if OF_OTHERS.match(clause):
        return []
    known = of_a_relation(clause, memory, at)
    if known is not None:
        return known
    full, about = whole(clause), subject_of(clause)
    own = (
        MINE.match(full) or OURS.match(full) or (TOUCHING.search(full) and not OF_THIS.match(full) and not QUOTES.search(full))
    )
    if len(full.split()) < 3 or not own or NO_NEWS.match(full) or not about:
        return []
    return [in_own_words(about, clause, memory, at)]


def in_own_words(subject: str, clause: str, memory: str, at: str, ended: bool = False) -> Fact:
    """A fact of the relation "told"."""
    said = small(clause) if SMALL_START.match(clause) or OURS.match(clause) else clause
    return Fact(subject, TOLD, clause, f"You told me that {turned(said)}.", memory, at, many=True, ended=ended)


def of_a_relation(clause: str, memory: str = "", at: str = "") -> list[Fact] | None:
    """The facts of the first relation with a matching form; empty if the form is filled with no news, None without a form."""
    tried = [(wording, wording.split(" ", 1)[0].lower()) for wording in variants(clause)]
    for relation in relations():
        for form in relation.forms:
            for wording, start in tried:
                match = form.pattern.fullmatch(wording) if not form.first or start in form.first else None
                if match and not (
                    (relation.name in MOVING and NO_NEWS.match(wording))
                    or (relation.name == "home" and PLACES_LIVED.match(match["value"]))
                ):
                    return _known(relation, form.subject, match, wording, memory, at)
    return None


def subject_of(clause: str) -> str:
    """The word to ask by: the being it begins with ("my sister"), else the first of subjects_of(); empty without one."""
    being = BEING.match(clause)
    return being["thing"].split()[-1] if being else next(iter(subjects_of(clause)), "")


def subjects_of(clause: str) -> list[str]:
    """The words that something is said of ("my wrist", "a lighthouse"), else all that say something, the longest first."""
    named = re.findall(r"\b(?:my|our|an?|the) ([^\W\d_][\w-]{2,})", clause, re.IGNORECASE)
    said = [
        word.removesuffix("'s")
        for word in re.findall(r"(?<![\w'-])(?!(?:i|we|he|she|it|they)')[^\W\d_][\w'-]{2,}", clause, re.IGNORECASE)
    ]
    telling = [[word for word in words if word.lower() not in SMALL] for words in (named, said)]
    return sorted(telling[0] or telling[1] or said, key=lambda word: (len(word), word[0].isupper()), reverse=True)


def _known(relation: Relation, subject: str, match: re.Match[str], clause: str, memory: str, at: str) -> list[Fact]:
    groups = match.groupdict()
    thing, value = groups.get("thing") or subject, groups["value"]
    if (NOTHING.match(value) and relation.name not in COUNTING) or re.fullmatch(TALK, thing, re.IGNORECASE):
        return []
    if relation.name in PLACES:
        value = LATELY.sub("", value)
    start = match.start("value")
    if relation.name == "home" and (STREET.search(value) or re.search(r"\b(?:on|address is) $", clause[:start])):
        thing = "address"  # which stands beside the town
    facts = []
    for item in _items(value) if relation.name in LISTED else [value]:
        words = (
            clause
            if item == value == groups["value"]
            else clause[:start] + item + ("" if relation.name in LISTED else clause[match.end("value") :])
        )
        fits = relation.name not in PLACES or PLACES[relation.name].match(clause[:start])
        own = not relation.answer or not fits or MANY.match(clause) or AGELESS.search(clause)
        if relation.name in WORK:
            words = as_work(words, relation.name != "work" and not MANY.match(clause))
        answer = capital(turned(words)) + "." if own else relation.answer.format(thing=turned(thing), value=turned(item))
        facts.append(Fact(thing, relation.name, turned(item), answer, memory, at, many=_several(relation, thing, item)))
    return facts


def _items(value: str) -> list[str]:
    """The items of a list of short ones; other values as they are."""
    items = [re.sub(r"^the ", "", item) for item in ITEMS.split(value)]
    items = [item for item in items if not DOES.match(item)]
    if IDIOM.search(value) or any(not item or len(item.split()) > 3 or INNER.search(item) for item in items):
        return [value]
    return items if len(items) > 1 else [value]


def _several(relation: Relation, thing: str, value: str) -> bool:
    """Whether other values of the same stay true beside this one: "my sister is pregnant" does not end "my sister is tall"."""
    if relation.name in {"home", "work"}:
        return bool(BESIDE.match(value))
    if relation.name == "diet":
        return value.lower() not in nouns()["diet"]
    if relation.name == "is":
        last = thing.lower().split()[-1]
        being = last in THINGS or any(last in nouns()[kind] for kind in BEINGS)
        return being and not SINGLE.match(value)
    return relation.many
