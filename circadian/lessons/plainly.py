"""What a turn says in a roundabout way, as it is said plainly: "My hobby is something else now, it's chess" -> "my hobby is now chess"."""

from __future__ import annotations

import re
from collections.abc import Callable

from circadian.lessons.slots import NAME
from circadian.lessons.times import DAYS, MONTHS

SCHOOL = r"(?:(?:primary|elementary|secondary|high|middle|nursery|junior|grammar) school|kindergarten|university|college)"
CARE = r"(?:dentist|doctor|optician|vet|physio|therapist|hairdresser|dermatologist|cardiologist|orthodontist|gynaecologist|surgeon)"
TITLES = ("Dr", "Mr", "Ms", "Prof")
MASTER = r"(?:teacher|tutor|professor|coach)"
ELSE = re.compile(  # "My hobby is something else now, it's chess": what it is
    r"\b((?:my|our) [\w' -]{1,40}?) (?:is|are|has|have)(?: now)? (?:(?:some(?:thing|body|one|where) )?(?:else|different)|changed)"
    r"(?: (?:now|these days|nowadays|lately))?(?:[,;:.!]| -| –) ?(?:now )?(?:it's|it is|he's|she's|they're|they are) (?=\S)",
    re.IGNORECASE,
)
ANEW = re.compile(  # "I've taken up a new hobby, chess, and dropped the old one": what it is
    r"\b(?:i|we)(?:'ve| have)? (?:just |recently |finally )?(?:taken up|took up|found|got|picked up|started|discovered) an? "
    r"(?:new|different|other) (hobby|pastime|passion|obsession|instrument|sport), ([^,;.!?]+?)"
    r"(?:,? and (?:i |we )?(?:have )?(?:dropped|gave up|given up|quit|stopped|left) (?:the|my|our) (?:old|other|previous) (?:one|\1))?"
    r"(?=[.!;]|$)",
    re.IGNORECASE,
)
UNWANTED = re.compile(  # "Never give me parsnip, I find it disgusting"
    r"\b(?:please )?(?:never|don't(?: ever)?) (?:give|serve|offer|cook|bring|buy) me (?P<what>[^,;.!?]{2,40})[,;:] (?:because )?"
    r"(?P<who>i) (?P<find>find|hate|detest|loathe|(?:can't|cannot) (?:stand|bear)) (?:it|them)\b",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(  # "I get up at a different time now, at seven"
    r"\b(at|in|on|to|with|for|by) (?:a|an|some) ?(?:different|other|new) [\w'-]+(?: (?:now|these days|nowadays))?[,:;] (?:now )?(?=\1 \S)",
    re.IGNORECASE,
)
NO_LONGER_SO = (  # "I do something else on Monday evenings now"
    rf"(?:i|we)(?: do something (?:else|different) on|(?:'ve| have)? changed (?:my|our)) (?P<when>(?P<day>{DAYS})s?(?: \w+s)?)"
    r"(?: (?:now|these days|nowadays))?"
)
OTHERWISE = re.compile(  # the same with what is done then: ", I go to choir"
    rf"\b({NO_LONGER_SO})[,;:] (?P<now>(?:i|we)\b[^.!?;]+?)(?:,? instead)?(?=[.!?;]|$)",
    re.IGNORECASE,
)
ANOTHER = re.compile(  # "I go to another dentist now, Dr Rao"
    rf"\b(?:i|we)(?: go to| have| see|'ve got)(?: now)? (?:another|a new|a different) ([\w-]+)(?: (?:now|these days|nowadays))?, ({NAME})"
    r"(?=[.!;,]|$)",
    re.IGNORECASE,
)
NAMES = (  # in this order: what says what something is called, and how it is usually said
    (rf"\b(my|our) ([\w'-]+(?: [\w'-]+)?) has (?:an?|got an?) (?:(?:new|different) )?name(?: now)?(?:,|:| -) (?:and )?"
     rf"(?:it's |it is |he's |she's |its name is )?(?:called )?({NAME})", r"\1 \2 is called \3"),
    (rf"\b(?:i|we) [\w' ]{{2,25}} the (?:wrong )?name (?:on|of|for) (my|our) ([\w'-]+)(?: [\w ]{{1,12}})?, (?:it's|it is|he's|she's)"
     rf"(?: really| actually| called)* ({NAME})", r"\1 \2 is called \3"),
    (rf"\b((?:my|our) [\w'-]+(?: [\w'-]+)?) goes by (?:an? (?:new|different|other) |the )name(?: now)?,? (?:of )?(?={NAME})",
     r"\1 is called "),
    (rf"\ban? ([\w-]+(?: [\w-]+)?),? and (?:we |i |have |then )*(?:named|called|christened) (?:it|him|her|them) ({NAME})",
     r"a \1. My \1 is called \2"),
    (rf"\b({NAME}), (?:that|this|it)(?:'s| is| was) the (?:first )?name of (?:my|our) ([\w'-]+(?: [\w'-]+)?)", r"\1. My \2 is called \1"),
    (r"\bthe (?:\w+ )?(?:lady|man|woman|guy|bloke|chap|person) (?:who lives )?(?:next door|upstairs|downstairs|opposite|across the "
     r"(?:street|road|hall))(?: to (?:me|us))?(?= is )", "my neighbour"),
    (rf"((?:^|[.!?;,] )(?:and |but )?(?:now )?|\b(?:and|but) (?:now )?)({NAME}) lives next door(?: to (?:me|us))?(?: now)?(?=[.!,;]|$)",
     r"\1my neighbour is called \2"),
    (rf"\b(?:at|in) ({SCHOOL}),? (?:i|we) had an? ((?:\w+ )?{MASTER}) (?:called|named) ({NAME})", r"my \1 \2 is called \3"),
    (rf"\bmy ((?:\w+ )?{MASTER}) (?:in|at|from) ({SCHOOL}) (?:is|was)(?: called| named)? ({NAME})", r"my \2 \1 is called \3"),
)  # fmt: skip
OTHERS = (  # likewise of other things
    (rf"\b(?:the|my) ({CARE})(?: has| just)* (?:gave|given|offered) me an appointment (?:for|on) ", r"my \1 appointment is on "),
    (rf"\b(?:i'm|i am) (?:seeing|going to|going to see) (?:the|my) ({CARE}) on (?=\d|{MONTHS}|the \d)", r"my \1 appointment is on "),
    (rf"\bi (?:have|need|'ve got) to (?:go to|see|visit) (?:the|my) ({CARE}) on (?=\d|{MONTHS}|the \d)", r"my \1 appointment is on "),
    (r",? (?:so|and) i have an? (?:drug|food|medicine|medication) allergy\b", ""),
    (r"\b(on|of|for|with|about|in) ((?:[\w-]+ )?(?!\w*(?:hours|minutes|days|weeks|months|years)\b)[\w-]+s), "
     r"((?:he|she|they|i|we) (?:also |really |always )?\w+) them\b", r"\1 \2, \3 \2"),
    (r"\b(my|our) ([\w-]+), ((?:i|we) (?:always |often |usually |still |never )?[a-z]+) it\b", r"\1 \2, \3 \1 \2"),
    (r"\b(my|our) ([\w-]+) ([^,.;]*),? (?:because|since|as|after) ((?:i|we) (?:broke|sprained|twisted|injured|hurt|cut|burnt|"
     r"burned|bruised)) it\b", r"\1 \2 \3. \4 \1 \2"),
    (r"\b(my|our) (?:mum|mom|mother|mam) and (?:my |our )?(?:dad|father|pa)\b", r"\1 parents"),
    (r"\b(?:i|we)(?:'ve| have)?(?: just| now)?(?: got| found| discovered)? an? (?:new|different) (favou?rite [\w'-]+(?: [\w'-]+)?)(?: now)?"
     r"(?:,|:| -| –) (?:it's |it is |called )?(?=\S)", r"my \1 is "),
    (rf"\b((?:my|our) [\w' -]{{1,40}}?) (?:is|are)(?: now)? (?:some(?:thing|body|one|where) else|an? (?:different|new|other) one)"
     rf"(?: (?:now|these days))?[,:] (?={NAME}(?:[.!]|$))", r"\1 is now "),
    (rf"\b(?:i|we)(?:'ve| have)? (?:just |already |now )?booked (?:an?|our|my) (?:\w+ )?(?:trip|holiday|vacation|cruise|break) "
     rf"(?:to|in|at) ({NAME})", r"I'm planning to travel to \1 on my next holiday"),
    (r"\b(?:my|our) address (?:has|is) (?:changed|new|different)(?: now)?[,;:.] (?:now )?(?:the|my) (?:street|road) is (?:now )?",
     "my street is "),
    (r"\b(?:(?:doctors|nurses|they|people) (?:(?:must|should|may)(?: not|n't| never)|can(?:'t|not))|"
     r"(?:nobody|no one) (?:must|should|can|may)) (?:ever )?(?:give|prescribe|serve|offer) me ([\w -]{3,30}), "
     r"(?:because |as |since )?i(?:'m| am| have)[^,.;]{0,12} (?:allergic|allergy|intolerant)\b[^,.;]*", r"I'm allergic to \1"),
    (r"\bthere (?:must|should|can|may)(?:n't| not| never)? be (?:no|any) ([\w -]{3,30}) in (?:my|our) [\w ]{3,20}, (?:because |as |since )?"
     r"i(?:'m| am) (?:\w+ )?(?:allergic|intolerant)(?: to (?:it|them|that))?", r"I'm allergic to \1"),
    (r"(?:if [^,.]*, )?\b(?:everything|anything|it all) (?:would|should|could) be (\w[\w -]{1,20}), (?:that's|it's) my (favou?rite \w+)",
     r"my \2 is \1"),
    (r"\b(?:i'll|i will|i'd|i) (?:do|eat|drink|watch|read) (?:any|all|every)(?:thing)?(?: the)?((?: [\w-]+){0,2}?),? "
     r"(?:except(?: for)?|but|apart from) ([\w -]+), (?:because )?i (?:hate|loathe|can't stand|dislike) (?:that|it|them)\b",
     r"Of all the\1, I hate \2"),
    (r"\bi (?:don't|do not) (?:really )?(?:like|care for) ([\w-]+?)s? (?:much|at all)?, (?:but|and) the worst(?: one)?(?: of all)? "
     r"(?:is|are) (?=\S)", r"my least favourite \1 is "),
)  # fmt: skip
Saying = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]  # something said in a roundabout way, and what it says
PLAINLY: tuple[Saying, ...] = (  # in this order
    *((re.compile(said, re.IGNORECASE), plain) for said, plain in (*NAMES, *OTHERS)),
    (ELSEWHERE, ""),
    (UNWANTED, r"\g<who> \g<find> \g<what>"),
    (ELSE, r"\1 is now "),
    (ANEW, r"my \1 is \2 now"),
    (ANOTHER, lambda m: f"my {m[1]} is {'called ' * m[2].startswith(TITLES)}{m[2]}"),
    (OTHERWISE, r"\1. On \g<when> \g<now>"),
)


def plainly(text: str) -> str:
    """A turn with all of it that is said in such a way as it is said plainly."""
    for said, plain in PLAINLY:
        text = said.sub(plain, text)
    return text
