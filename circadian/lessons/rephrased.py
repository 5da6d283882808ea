"""A clause that says in a roundabout way what a form knows, as plainer clauses: "I spent four years studying law" -> "I studied law"."""

from __future__ import annotations

import re

from circadian.lessons.phrases import TONGUES
from circadian.lessons.slots import NAME
from circadian.lessons.times import NUMBER
from circadian.lessons.wordings import slot, slot_text

BEING, ILLNESS = slot_text("being"), slot_text("illness")
STREETS = (
    "Street|Road|Lane|Close|Way|Avenue|Alley|Drive|Terrace|Grove|Hill|View|Square|Place|Court|Crescent|Gardens|Row|Walk|Park"
)
STREET = rf"{NAME} (?:{STREETS})"
FORMS = (  # in this order
    (rf"(?:as|being) an? ({NUMBER})[- ]year[- ]old,? (\S.*)", (r"I'm \1 years old", r"\2")),
    (rf"(?:as|being) an? ({slot('job').pattern}),? ((?:i|i'm|i've|my) \S.*)", (r"I'm a \1", r"\3")),
    (rf"(?:at|being) ({slot('feet').pattern}),? ((?:i|i'm|i've|my) \S.*)", (r"I'm \1", r"\3")),
    (rf"(?:because of|due to|thanks to|with) my ({slot('illness').pattern}),? (i \S.*)", (r"I have \1", r"\3")),
    (rf"(i (?:take|am on|use|need) .+) for my ({slot('illness').pattern})", (r"\1", r"I have \2")),
    (rf"living with ({slot('illness').pattern}) (?:is|isn't|has|hasn't|can|gets|means) .*\b(?:i|me|my)\b.*", (r"I have \1",)),
    (r"no more ([\w' -]+?) for (?:me|us)(?: any ?more)?", (r"I've given up \1",)),
    (r"(?:(?:it's )?an? )?(?:hard|firm|definite|big) no (?:to|for me on) (\S.*)", (r"I hate \1",)),
    (r"(?:where|the place) i work,? (at|for) ([^,]+),.*", (r"I work \1 \2",)),
    (r"i (?:own|have|drive|ride|play|bought) (an? [^,]+), (?:that|this|it)(?:'s| is) my ([\w'-]+(?: [\w'-]+)?)", (r"My \2 is \1",)),
    (r"it's (my|our) ([\w'-]+(?: [\w'-]+)?) ((?:on|next|tomorrow|in) .*)", (r"\1 \2 is \3",)),
    (rf"(?:this is|meet) (my|our) ({BEING}),? ({NAME})", (r"\1 \2 is called \3",)),
    (r"((?:my|our) [\w' -]+?) (?:has|have) (?:always |long |also )?been ((?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+)*)", (r"\1 is \2",)),
    (r"(?:my|our|the) (?:\w+ )?(?:doctor|gp|hospital|clinic|specialist|consultant|psychiatrist|[a-z]+ologist) "
     r"(?:(?:has|have|had|just|now|recently) )*(?:put|started) me on (?!an? |the )(\S.*?)(?: (?:now|last \w+|for (?:my|the) .*))?",
     (r"i take \1",)),
    (r"i spent my (?:student|university|uni|college) (?:years|days|time) (?:in|at) (\S.*)", (r"i went to university in \1",)),
    (r"(\w+day)s?((?: (?:night|evening|morning|afternoon))?)s? (?:is|are) ([\w-]+) (?:night|evening|morning|time)s?"
     r" (?:for|with) (?:me|us)", (r"i do \3 on \1\2s",)),
    (r"(\w+day)s are for ([a-z]+ing\b.*)", (r"i spend every \1 \2",)),
    (r"(?:my|our|the) (?:\w+ )?(?:doctor|gp|dentist|nurse|midwife|dietitian|pharmacist|[a-z]+ologist) (?:says?|said|tells me|told me|"
     r"advised me)(?: that)? i (?:(?:must|should|may)(?:n't| not| never)|can(?:'t|not)) (\S.*)", (r"i can't \1",)),
    (r"i (?:always )?(?:save|put)(?: (?:a bit|a little|some|money|something))*(?: (?:aside|away|up))? so (?:that )?i can "
     r"(?:buy|afford|get) (?:myself )?(\S.*?)((?: (?:each|every) \w+)?)", (r"i'm saving up for \1",)),
    (r"(?:every\w+|all|each|we|they|the others|my \w+) .*\b(?:has|have|had|got) (?:an?|their|his|her)(?: own)? ((?:[\w-]+ )?[\w-]+),?"
     r"(?: and)? mine(?: is|'s) (\S.*)", (r"my \1 is \2",)),
    (r"both (?:of )?(my|our) ([\w-]+) (\S.*)", (r"I have two \2", r"\1 \2 \3")),
    (rf"(?:({NAME}), )?(\d\d),? (?:and )?(from|living in|based in) (\S.*)", (r"I'm \1", r"I'm \2", r"I'm \3 \4")),
    (rf"(i am|i'm) ({NAME}), ({NUMBER})", (r"\1 \2", r"\1 \3")),
    (r"((?:i|we) (?:was|were) born) ((?:in|at) \D+?),? (on .*\d.*|in \d{4})", (r"\1 \2", r"\1 \3")),
    (r"((?:i|we) (?:was|were) born) ((?:on .*\d\S*|in \d{4})) ((?:in|at) \D+)", (r"\1 \2", r"\1 \3")),
    (r"((?:i|we)(?:'ve been| have been|'m|'re| am| are)? (?:live|living)) ((?:alone|with) .*?|alone) (?:in|near) (.*)",
     (r"\1 \2", r"\1 in \3")),
    (r"i (?:always |usually |normally |mostly )?(?:have|eat) (\S.*?) for (breakfast|lunch) (?:every|each|most) (?:day|morning|weekday)s?",
     (r"i always eat \1 for \2",)),
    (r"i (?:now )?(?:have|eat) (\S.*?) for (breakfast|lunch) (?:now|these days|nowadays)", (r"i always eat \1 for \2 now",)),
    (r"i start (?:every|each|my|the) (?:day|morning) with (?:a|my) (?:cup|mug|pot|glass) of (\S.*)",
     (r"i always drink \1 in the morning",)),
    (r"i (?:enjoy|like|love|do|go) (\S.*?),? in my (?:free|spare) time", (r"my hobby is \1",)),
    (r"i spent (?:\w+ )?years (?:studying|reading) (\S.*)", (r"i studied \1",)),
    (rf"((?:my|our) {BEING}) (?:is doing|is taking|does|is reading for|has started) an? (?:degree|masters?|phd|doctorate) "
     r"in (\S.*)",
     (r"\1 studies \2",)),
    (rf"((?:my|our) {BEING}) (?:has |have )?(?:moved|gone|went|left)(?: \w+){{0,3}}? to study (\S.*)", (r"\1 studies \2",)),
    (rf"((?:my|our) {BEING}) (?:has|has got|'s got) (?:an? )?(?:\w+ )?collection of (\S.*)", (r"\1 collects \2",)),
    (r"(i|we) (?:have|have got|'ve got) (?:an? )?(?:\w+ )?collection of (\S.*)", (r"\1 collect \2",)),
    (rf"((?:my|our) {BEING}) (?:earns|makes) (?:her|his|their|a) (?:money|living) (?:as|by being) (an? \S.*)", (r"\1 works as \2",)),
    (r"i (?:earn|make) (?:my|a) (?:money|living) (?:as|by being) (an? \S.*)", (r"i work as \1",)),
    (r"(?:the |my |our )?doctors? (?:have |has )?(?:found out|discovered|told me|says?|said|think|confirmed)(?: [\w ]{1,20}?)? that "
     r"((?:i have|i've got|i am|i'm) \S.*)", (r"\1",)),
    (r"i(?:'ve| have) had ([a-z-]+(?:aemia|emia|algia|itis|osis|pathy|phobia|lepsy|rrhea)|vertigo|allergies|acne|anxiety|"
     rf"(?:my )?{ILLNESS}) (?:since|all|for|ever since|most) .*", (r"i suffer from \1",)),
    (rf"(?:now )?i (?:now )?report to ({NAME})", (r"my boss is called \1",)),
    (r"(?:i|we) (?:(?:play|sing|drum|perform) in|make|host|run|write|produce|record) (?:an?|the) ((?:[\w-]+ )?[\w-]+) "
     rf"(?:called|named) ({NAME}.*)", (r"my \1 is called \2",)),
    (r"i (?:practi[sc]e|rehearse) (?:on|with) my ([\w-]+(?: [\w-]+)?)(?: (?:whenever|every|as often|each|when) .*)?", (r"i play the \1",)),
    (r"(?:i'm|i am) (?:taking|doing|attending) (?:an? )?(?:[\w-]+ )?(?:course|class|classes|lessons) (?:to learn|in) ((?-i:[A-Z])\w+)",
     (r"i'm learning \1",)),
    (rf"(?:i'm|i am)(?: now)? doing ({TONGUES})(?: now)?", (r"i'm learning \1",)),
    (rf"(?:i'm|i am|we're|we are) (?:going to see|seeing) ({NAME}) (?:live|in concert|on stage)\b(.*)",
     (r"i have tickets for a concert by \1\2",)),
    (r"(?:my|our) next (?:holiday|vacation|trip) (?:will be|is going to be|is|takes me|will take me) (?:in|to) (\S.*)",
     (r"i'm planning to travel to \1 on my next holiday",)),
    (r"(?:i|we)(?:'ve| have)? (?:picked out|chosen|bought|got|found|ordered|made) (an? \S.*?) for (my [\w-]+)'s "
     r"(birthday|wedding|graduation)",
     (r"\2's \3 present from me will be \1",)),
    (r"the first thing (?:that )?i (?:eat|have) (?:every|each) (?:day|morning) is (\S.*)", (r"i always eat \1 for breakfast",)),
    (r"the first thing (?:that )?i drink (?:every|each) (?:day|morning) is (\S.*)", (r"i always drink \1 in the morning",)),
    (r"my (?:real|actual|proper|true) (?:first )?name is (\S.*)", (r"my name is \1",)),
    (rf"(?:my|our) (?:flat|house|apartment|home) is (?:on|in|at) ({STREET})", (r"my address is on \1",)),
    (r"(?:my|our) street is(?: called| now)? (\S.*)", (r"my address is on \1",)),
    (r"(?:i|we) live (?:in|on) an? (?:[\w-]+ )?(?:street|road|lane|square|avenue) (?:called|named) (\S.*)", (r"my address is on \1",)),
    (rf"(?:now )?(?:i'm|i am|we're|we are)(?: now)? (?:on|in|at) ({STREET})(?: now)?", (r"my address is on \1",)),
)  # fmt: skip
PARTS = [(re.compile(form, re.IGNORECASE), parts) for form, parts in FORMS]


def rephrased(clause: str) -> list[str]:
    """The plainer clauses, or none where no form knows the clause."""
    for form, parts in PARTS:
        match = form.fullmatch(clause)
        if match:
            return [match.expand(part) for part in parts if match.expand(part).strip() != "I'm"]
    return []
