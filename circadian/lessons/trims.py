"""A clause cut down to what a form can match: its subject written out, adverbs, asides and afterthoughts passed over."""

from __future__ import annotations

import re

from circadian.lessons.times import NUMBER, UNITS

SOME_TIME = (
    r"for (?:(?:about|over|almost|nearly|around|more than|the last|the past|at least) )?(?:(?:an?|one|two|three|four|"
    r"five|six|seven|"
    r"eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|\d+|some|a few|many|several|a couple of|donkey's) )?"
    r"(?:day|week|month|year|decade)s?|for (?:ages|a while|a long time|now|good|life)|for (?:like )?the \w+ time|all my life|"
    r"most of my life|when i (?:retired|moved|started|left|got|turned|had)\b.*|since (?:\d{4}|then|childhood|birth|uni|"
    r"school|last \w+|(?:january|february|march|april|may|june|"
    r"july|august|"
    r"september|october|november|december)(?: \d{4})?|(?:i|we|he|she|they) (?:was|were|had|left|got|moved|started) .*)"
)
LATELY = re.compile(
    rf"(?:,? (?:(?:last|this) (?:year|month|week|spring|summer|autumn|fall|winter)|recently|yesterday|today|{SOME_TIME}|"
    r"(?:a|one|two|three|four|five|ten|\d+|some|a few|many) (?:day|week|month|year)s? ago|(?:in|since) \d{4}|"
    r"when (?:i|we|he|she|they) .*))+$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:,? (?:now|these days|nowadays|lately|by the way|too|actually|currently|at the moment|right now|you know|"
    r"as well|please|"
    r"thanks|thank you|again|as a matter of fact|by now|a lot|very much|so much|instead|after all|for sure|though|either|yet|"
    rf"otherwise|so far|at heart|mostly|haha|lol|tbh|{SOME_TIME}))+$",
    re.IGNORECASE,
)
BEST = re.compile(  # of a like: how much it is liked
    r"^((?:i|we) (?:like|love|prefer|enjoy|adore|favou?r|dislike|hate|loathe|detest) .+?) "
    r"(?:(?:the )?(?:best|most)(?: of (?:all|everything|them all))?|"
    r"(?:(?:more|better) than|above|over|to) (?:all|any|every)(?:thing|one)?(?: (?:of )?the)?(?: (?:other|else|rest)\w*)?)$",
    re.IGNORECASE,
)
BREAK = re.compile(
    r"(?: - | – | — | \(|: | (?:because|since (?!\S+$|\d|last |the )|although|though|which|who|where|and (?:he|"
    r"she|it|they)|but|so that) ).*$"
)
COMMA = re.compile(r", (?=[a-z]).*$")
LIST = re.compile(r".*?[^,]{2,80}(?:, [^,]{2,40}){1,9}(?:, ?|,? )(?:and|&|or) [^,]{2,60}$|.*?[^,]{2,80}(?:, [^,]{2,40}){2,9}$")
ASIDE = re.compile(
    r", (?:who|which|because|so|but|not|he|she|it|they|and (?:i|my|he|she|it|they)|thank|please|since|although|"
    r"where|when|while|then|also)\b"
)
SUBJECT = {"i'm": "i am", "i've": "i have", "we've": "we have", "we're": "we are", "i'll": "i will", "we'll": "we will"}
ADVERBS = (
    "just|really|now|currently|also|still|recently|actually|absolutely|finally|originally|officially|already|both|"
    "mostly|mainly|"
    "kind of|sort of|basically|pretty much|technically|definitely|totally|simply|only|even|proudly|happily|lately|newly|"
    "secretly|literally|genuinely|sadly|once|all|truly|quite|completely|obviously"
)
ADVERB = re.compile(
    r"((?:i|we|people|friends|everyone|(?:my|our) [\w'-]+(?: [\w'-]+)?)(?: am| have(?: been)?| has(?: been)?| is| was|"
    r" are| can)?) "
    rf"(?:{ADVERBS}) ",
    re.IGNORECASE,
)
VERBAL = r"(?!.*\b(?:is|are|was|were|has|have|had|'s|lives|works|died|isn't)\b)"
SHORT = re.compile(
    rf"^((?:my|our) (?:[\w-]+ ){{0,3}}?[\w-]+)'s (?=(?:an?|called|named|from|allergic|not|\d+|now|no longer|in|on|"
    rf"at|getting|going|based|married|about|into|nearly|almost|over|under|next|tomorrow) |(?:{NUMBER}|{UNITS})$|"
    rf"{VERBAL}(?:(?:really|so|very|pretty|quite|just|still|only|totally|obsessed|scared|afraid|retired|pregnant|dead|"
    rf"off|out|away|"
    r"back|living|working|learning|studying|training|turning|expecting|planning|[a-z]+ years)\b|"
    r"(?-i:[A-ZÀ-Þ])[\w'-]*(?: (?-i:[A-ZÀ-Þ])[\w'-]*){0,2}$))",
    re.IGNORECASE,
)
HAS = re.compile(
    rf"^((?:my|our) (?:[\w-]+ ){{0,3}}?[\w-]+)'s (?={VERBAL}(?:been|got|gone|outgrown|moved|started|become|put|taken|had|"
    rf"lost|bought|"
    r"grown|turned|stopped|quit|left)\b)",
    re.IGNORECASE,
)
NEWER = re.compile(r"^((?:my|our)) (?:new|current|latest|present|own) (?!year)", re.IGNORECASE)
TODAY = re.compile(
    r"^((?:my|our) [\w'-]+(?: [\w'-]+){0,3}?) (?:these days|nowadays|at the moment|currently|at present|right now) "
    r"(?=(?:is|are|has|have) )",
    re.IGNORECASE,
)
ONGOING = re.compile(
    r"^(i|we|(?:my|our) .{2,40}?) (have|has) been (?=[a-z]+ing\b|single\b|married\b|engaged\b|vegan\b|"
    r"vegetarian\b|(?:afraid|scared|terrified|frightened) of\b)",
    re.IGNORECASE,
)
OWNING = re.compile(r"^i am the (?:\w+ )?owner of ", re.IGNORECASE)
BOTH = re.compile(r"^(?:my|our) [\w'-]+(?: [\w'-]+)? and i ", re.IGNORECASE)
GOT = re.compile(r"^(i|we|(?:my|our) .{2,40}?) (have|has) got ", re.IGNORECASE)

BECAME = re.compile(r"\b(?:(?:has|have) )?(?:become|became|(?:re)?trained as)\b(?= an? )", re.IGNORECASE)
JOB = re.compile(r"^((?:my|our) [\w' -]+)'s (?:job|profession|occupation) is (?:being |working as )?(?=an? )", re.IGNORECASE)
MY_JOB = re.compile(r"^my (?:job|profession|occupation) is (?:being|working as) (?=an? )", re.IGNORECASE)


def whole(clause: str) -> str:
    """A clause with its subject written out: "I'm a nurse" -> "i am a nurse"."""
    clause = BOTH.sub("we ", clause)
    first, _, rest = clause.partition(" ")
    return SHORT.sub(r"\1 is ", HAS.sub(r"\1 has ", f"{SUBJECT.get(first.lower(), first)} {rest}"))


def variants(clause: str) -> list[str]:
    """A clause in the wordings to try, each shorter or plainer than it is."""
    full = BREAK.sub("", whole(clause))
    listed = LIST.fullmatch(full) and not ASIDE.search(full)
    short = TAIL.sub("", full if listed else COMMA.sub("", full)).rstrip(" ,")
    plain = BEST.sub(r"\1", NEWER.sub(r"\1 ", TODAY.sub(r"\1 ", ADVERB.sub(r"\1 ", short))))
    simple = GOT.sub(r"\1 \2 ", OWNING.sub("i own ", plain))
    going = ONGOING.sub(lambda m: f"{m[1]} {'am' if m[1].lower() == 'i' else 'are' if m[2] == 'have' else 'is'} ", simple)
    return list(dict.fromkeys((plain, short, simple, going, LATELY.sub("", going))))


def as_work(clause: str, third: bool) -> str:
    """What somebody became or has for a job, as what they work as: as it is asked for, and as it is denied."""
    verb = "works as" if third else "work as"
    return BECAME.sub(verb, JOB.sub(rf"\1 {verb} ", MY_JOB.sub(f"i {verb} ", clause)), count=1)
