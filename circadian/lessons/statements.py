"""What a person states about themselves: memories -> statements, by a small grammar that needs no model.

Questions, wishes, suppositions, quotations and what the assistant said are no statements. What the table of
relations does not know still becomes a statement of the relation "told", asked for by its longest words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from circadian.lessons.wordings import Relation, relations
from circadian.records import Memory

TOLD = "told"
LONGEST = 2000  # characters of a turn that are read: what is longer is a pasted text, not a statement
FLUFF = re.compile(
    r"^(?:(?:by the way|btw|also|oh|hi|hello|hey|well|so|actually|and|but|just so you know|fyi|you know|today|now|okay|ok|"
    r"please remember(?: that)?|remember(?: that)?|note that|did you know(?: that)?|thanks|thank you|fun fact|guess what|yes|no|"
    r"i (?:should|must|want to) (?:tell you|mention|say)(?: that)?|i forgot to (?:say|mention)(?: that)?|for your information|"
    r"good (?:morning|evening|night)|as you know|for the record|to be honest|honestly|in fact|one more thing|"
    r"(?:don't forget|keep in mind|you should know|let me tell you)(?: that)?)\b[\s,:!.-]*)+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:,? (?:now|these days|by the way|too|actually|currently|at the moment|you know|as well|please|thanks|thank you))+$",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"(?:,? (?:(?:last|this) (?:year|month|week|spring|summer|autumn|fall|winter)|recently|yesterday|today|"
    r"(?:a|one|two|three|four|five|ten|\d+|some|a few|many) (?:day|week|month|year)s? ago|(?:in|since) \d{4}|when i was .*))+$",
    re.IGNORECASE,
)
PLACES = frozenset({"home", "third person lives", "work place"})  # relations whose value is none of WHEN
SPLIT = re.compile(
    r"(?:,|;)? ?\b(?:and|but|so|while) (?=(?:my|our|i|i'm|i've|we|we've) )|; |, (?=(?:my|i|i'm|i've|our|we) )", re.IGNORECASE
)
OWNED = re.compile(r"(?:my|our) [\w-]+(?: [\w-]+)? and (?:my|our) ", re.IGNORECASE)  # "my cat and my dog are …" is one clause
ABBREVIATED = re.compile(r"\b(Dr|Mrs?|Ms|St|Prof|Jr|Sr|vs|No|e\.g|i\.e)\. ")
AFTER = re.compile(r"(?:, (?=[a-z])| - | – | \(|: | (?:because|since|although|which|who|where|and (?:he|she|it|they)|but) ).*$")
PASTED = re.compile(
    r"(?:please |can you |could you )?(?:translate|correct|rewrite|rephrase|paraphrase|proofread|summari[sz]e|shorten|spell|repeat|"
    r"say|write|continue|complete|fix|check|improve|classify|analy[sz]e|explain)\b",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"\b(?:if|would|could|imagine|suppose|pretend|assume|let's say|wish|hope|maybe|perhaps|might|you|your|i'd|we'd)\b|"
    r"[\"“”„«»`{}<>]",
    re.IGNORECASE,
)
TALK = "question|problem|guess|point|bad|mistake|request|issue|task|opinion|answer|fault|turn|code|script|query|prompt|apologies|thanks"
MOOD = (
    "sorry|fine|sure|done|back|ok|okay|good|well|great|glad|happy|ready|confused|curious|kidding|joking|lost|stuck|here|afraid|"
    "asking|looking|trying|wondering|thinking|about to|saying|talking|telling|busy|bored|tired|hungry|thirsty|serious|impressed|"
    "surprised|referring|testing|right|wrong|going to (?:bed|sleep|try|go|ask|do|say|need)|getting an? error|"
    "having (?:trouble|problems)|doing (?:well|fine|good|ok)|feeling|all ears|writing an? (?:e-?mail|letter|text|essay)|"
    "looking forward"
)
NO_NEWS = re.compile(
    rf"(?:my|our) (?:\w+ )?(?:{TALK})\b|"
    rf"(?:i|we) (?:am|are|was|were|have been|will be) (?:(?:just|so|very|really|a bit|a little|not|all|quite|still) )*(?:{MOOD})\b|"
    r"(?:i|we) (?:(?:already|just) )?(?:(?:want|wanted|think|thought|wonder|guess|mean|meant|see|agree|understand|know|dream|must|"
    r"should|shall|said|told|asked|tried|feel|appreciate|will (?:try|see|do|check|ask|tell)|"
    r"need (?:help|an?|some|to|more|the|this|that|it)|"
    rf"have (?:to|got to|no|(?:an? )?(?:\w+ )?(?:{TALK}|idea|doubt|suggestion)s?|(?:one|some) more|some))\b|"
    r"got (?:it|this|that|an? (?:\w+ )?(?:error|question|message))\b|"
    r"(?:do|did|can|could)(?: not|n't|not)? (?:know|understand|think|want|need|care|mind|mean|see|get|agree|remember|believe|ask|"
    r"say|find|decide|wait|open|install|figure|help|tell|try|imagine|have (?:a clue|an idea|time))\b|(?:do|did)$|.*\b(?:it|this|that)$)",
    re.IGNORECASE,
)
NOTHING = re.compile(
    rf"(?:(?:it|that|this|them|those|these|so|not|him|her|more|one|none|nothing|something|anything|everything)$|"
    r"(?:how|what|when|where|why|this) |"
    r"(?:the|that) (?:first|second|third|last|latter|former|other|next|previous|shorter|longer|new|old)(?: \w+)?$|"
    rf"(?:(?:\w+ )?(?:{TALK}|doubt|idea|suggestion|look|feeling)s?|lot|bit|little)\b|(?:not|no longer|never) )",
    re.IGNORECASE,
)
SUBJECT = {"i'm": "i am", "i've": "i have", "we've": "we have", "we're": "we are"}
ADVERB = re.compile(
    r"((?:i|we)(?: am| have| was| are)?) (?:just|really|now|currently|also|still|recently|actually|absolutely|finally|originally) ",
    re.IGNORECASE,
)
MANY = re.compile(r"(?:my|our) .*?\b(?:are|live|work)\b", re.IGNORECASE)  # "is" and "lives" of an answer would be wrong
TURNED = {
    "i am": "you are", "i'm": "you're", "i was": "you were", "i've": "you've", "am i": "are you",
    "i'd": "you'd", "i'll": "you'll", "i": "you", "me": "you", "my": "your", "of mine": "of yours", "myself": "yourself",
    "we": "you", "our": "your", "ours": "yours", "ourselves": "yourselves", "us": "you",
}  # fmt: skip
TURN = re.compile(r"\b(?:" + "|".join(sorted(TURNED, key=len, reverse=True)) + r")\b(?!\.\w)", re.IGNORECASE)
SMALL = frozenset(
    "about after again also always been before being from have having just last like more most much never only over really some "
    "than that their them then there these they this today used usually getting going very were what when which with yesterday".split()
)


@dataclass(frozen=True)
class Statement:
    """Something a person stated: `about` what (a thing, or search words), the value, and the answer to asking."""

    relation: str
    about: str
    value: str
    answer: str
    memory: str
    at: str

    @property
    def key(self) -> tuple[str, ...]:
        """Statements with the same key are about the same thing: the newest one wins."""
        many = self.relation == TOLD or next(r.many for r in relations() if r.name == self.relation)
        return (self.relation, self.about.lower()) + ((self.value.lower(),) if many else ())


def live_statements(memories: Iterable[Memory]) -> list[Statement]:
    """All statements of the memories, of those about the same thing only the newest, oldest first."""
    newest: dict[tuple[str, ...], Statement] = {}
    for memory in sorted(memories, key=lambda m: m.at):
        for text in memory.said("user"):
            for statement in statements(text, memory.id, memory.at):
                newest.pop(statement.key, None)
                newest[statement.key] = statement
    return list(newest.values())


def statements(text: str, memory: str = "", at: str = "") -> list[Statement]:
    """The statements of one turn, in order."""
    found = []
    read = ABBREVIATED.sub("\\1.\ue000", text[:LONGEST].replace("’", "'"))
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", read):
        if PASTED.match(FLUFF.sub("", sentence.strip())):
            if ":" in sentence:
                break  # what follows is a text to work on
            continue
        if sentence.rstrip().endswith("?"):
            continue
        for clause in _clauses(FLUFF.sub("", sentence.strip())):
            statement = _statement(FLUFF.sub("", clause.strip()).replace("\ue000", " ").rstrip(" .!…,;"), memory, at)
            if statement:
                found.append(statement)
    return found


def _clauses(sentence: str) -> list[str]:
    """A sentence's main clauses."""
    clauses: list[str] = []
    start = 0
    for cut in SPLIT.finditer(sentence):
        if not OWNED.match(sentence[start : cut.end() + 4]):
            clauses.append(sentence[start : cut.start()])
            start = cut.end()
    return [*clauses, sentence[start:]]


def _statement(clause: str, memory: str, at: str) -> Statement | None:
    if not 6 <= len(clause) <= 300 or NEVER.search(clause):
        return None
    first, _, rest = clause.partition(" ")
    full = f"{SUBJECT.get(first.lower(), first)} {rest}"
    short = TAIL.sub("", AFTER.sub("", full))
    for relation in relations():
        for form in relation.forms:
            for wording in (short, ADVERB.sub(r"\1 ", short)):
                match = form.fullmatch(wording)
                if match:
                    return _known(relation, match, wording, memory, at)
    about = _about(clause)
    if len(full.split()) < 3 or not re.match(r"(?:i|my|our|we)\b", full, re.IGNORECASE) or NO_NEWS.match(full) or not about:
        return None
    return Statement(TOLD, about, clause, f"You told me that {turned(clause)}.", memory, at)


def _about(clause: str) -> str:
    """The word to ask by: the longest one that something is said of ("my wrist", "a lighthouse"), else the longest."""
    named = re.findall(r"\b(?:my|our|an?|the) ([^\W\d_][\w-]{2,})", clause, re.IGNORECASE)
    words = [word for word in re.findall(r"(?<!')\b[^\W\d_][\w-]{3,}", clause) if word.lower() not in SMALL]
    return max([word for word in named if word.lower() not in SMALL] or words, key=len, default="")


def _known(relation: Relation, match: re.Match[str], clause: str, memory: str, at: str) -> Statement | None:
    groups = match.groupdict()
    thing, value = groups.get("thing") or "", groups["value"]
    if NOTHING.match(value) or re.fullmatch(TALK, thing, re.IGNORECASE):
        return None
    if relation.name in PLACES:
        value = WHEN.sub("", value)
    value = turned(value)
    own = not relation.answer or MANY.match(clause)
    answer = capital(turned(clause)) + "." if own else relation.answer.format(thing=thing, value=value)
    return Statement(relation.name, thing, value, answer, memory, at)


def turned(text: str) -> str:
    """First person to second: "my dog and I" -> "your dog and you"."""
    return TURN.sub(lambda m: m[0] if m[0] == "US" else TURNED.get(m[0].lower(), m[0]), text)  # the Turkish İ is no i


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
