"""What a statement opens and closes with and says nothing: "By the way, …", "Did I mention that …", "…, if that helps"."""

from __future__ import annotations

import re

from circadian.lessons.second import small

OPENERS = (
    "just so you (?:know|can \\w+(?: \\w+)?)|just a heads[- ]up|heads[- ]up|hands down|on second thoughts?|without a doubt|"
    "by the way|btw|also|oh|hi|hello|hey|well|so|and|but|then|just so you know|fyi|you know|today|now|okay|ok|hmm|um|uh|lol|"
    "please remember(?: that)?|remember(?: that)?|(?:please )?note that|did you know(?: that)?|thanks|thank you|"
    "(?:fun|random|little[- ]known|quick|strange|weird) fact(?: about me)?|guess what|"
    "(?:perhaps |maybe )?i (?:should|must|want to|have to|might|may) (?:tell you|mention|say|add|admit|confess)(?: that)?|"
    "i forgot to (?:say|mention)(?: that)?|for your information|good (?:morning|evening|night)|as you know|for the record|"
    "(?:to be|if i'm) honest|honestly|in fact|one more thing|(?:don't forget|keep in mind|bear in mind|you should know|"
    "let me tell you|you might like to know|you may want to know|for context|as i said|like i said|as i mentioned|"
    "as a matter of fact|believe it or not|for what it's worth|just)(?: that)?|"
    "careful(?: with \\w+)?|"
    "(?:big|good|great|sad|bad|small|exciting) news|update|sadly|unfortunately|luckily|fortunately|happily|thankfully|"
    "it (?:turns|turned) out(?: that)?|"
    "turns out(?: that)?|as it happens|anyway|yes|yeah|yep|on another note|the thing is|in case (?:you|it) .{1,20}?,|"
    "you (?:can|may)(?= call me)|obviously|basically|although(?= i\\b)|even though(?= i\\b)|help me [^,]{1,40},(?= i)"
)
MENDING = (
    "no(?! more\\b| [\\w'-]+(?: [\\w'-]+)? (?:is|are) (?:better|nicer|more) )|"
    "nope|actually|sorry|oops|wait|correction|(?:my|a) (?:mistake|bad)|i was wrong|i misspoke|i made a "
    "mistake|i take that back|"
    "scratch that|not quite|that's (?:wrong|not right|not true|incorrect)|that was wrong|wrong|(?:a )?small correction|"
    "(?:let me|to|i (?:have|need|want) to) correct (?:that|myself|you)|what i meant (?:is|was)(?: that)?|i meant "
    "to say(?: that)?|"
    "i meant|i mean|rather|i should have said(?: that)?"
)
FLUFF = re.compile(rf"^(?:(?:{OPENERS}|{MENDING})\b[\s,:;!.–-]*)+", re.IGNORECASE)
MENDS = re.compile(rf"^(?:(?:{OPENERS})\b[\s,:;!.–-]*)*(?:{MENDING})\b", re.IGNORECASE)
ASKED = re.compile(
    r"(?:(?:oh|and|so|hey|btw|by the way),? )*(?:(?:did|have) i (?:ever |already )?(?:mention(?:ed)?|say|said|tell you|"
    r"told you)|"
    r"did you know)(?: (?:yet|already))?(?: that (?=\S)| (?=(?:i|i'm|i've|we|we're|we've) |(?:my|our) .*?"
    r"(?:'s (?!name|age|birthday)| is | are | was | were | has | have | lives | works )))(?P<told>[^?]+)\?",
    re.IGNORECASE,
)
AFTERTHOUGHT = (
    "by the way|btw|tbh|lol|haha|hehe|(?:it's )?(?:nice|good|lovely|great|pleased|a pleasure) to meet you|"
    "if you ask me|just so you know|just saying|fyi|if that (?:helps|matters|counts)|"
    "would you believe(?: it)?|"
    "believe it or not|you know|you see|thanks|thank you|please|as a matter of fact|in fact|to be (?:honest|fair)|honestly|"
    "for what it's worth|for the record|in case you (?:wonder|wondered|were wondering|need it)|trust me|no joke|i think|"
    "i guess|"
    "i suppose|i mean|of course|obviously|apparently|sadly|luckily|unfortunately|don't ask(?: me)?(?: why| how)?|"
    "as you know|but you (?:already )?kn[eo]w that|"
    "me included|for my sins|if you must know|i'm afraid|i must say|i have to say|for some reason"
)
CLOSING = re.compile(
    rf"(?:(?:,| -| –| —) ?(?:{AFTERTHOUGHT})|,? (?:by the way|btw|tbh|lol|haha|just so you know|"
    rf"as a matter of fact))+[\s.!,;]*$|"
    r"(?:,| -| –| —) ?(?:so (?!(?:i|my|we|our|i'm|i've|we're|we've|far)\b)|you (?:can|can't|should|may|might|will|know|"
    r"see|wouldn't|won't)\b|please |don't |if |would |could ).*$",
    re.IGNORECASE,
)
SPELLED = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "cant": "can't", "wont": "won't", "isnt": "isn't",
    "arent": "aren't", "didnt": "didn't", "bday": "birthday", "fav": "favourite", "fave": "favourite", "kinda": "kind of",
}  # fmt: skip
SLOPPY = re.compile(rf"(?<![\w'-])(?:{'|'.join(SPELLED)})(?![\w'-])", re.IGNORECASE)
LEFT_OUT = re.compile(r"(?:(been) (?=\w+ing )|(born) (?=in |and (?:bred|raised) in ))", re.IGNORECASE)
NOWADAYS = re.compile(
    r"(?:these days|lately|nowadays|currently|recently|at the moment|at present|right now|as of \w+|for (?:now|work)|"
    r"in general|"
    r"(?:with|thanks to|because of) (?:that|this|all that))\b,? (?=(?:i|i'm|i've|my|we|we're|we've|our)\b)",
    re.IGNORECASE,
)
WHEN = (
    r"(?:in|on|at|for|after|before|during|every|each|most|last|next|this|once|twice|until|by|from|as an?|when|since|"
    r"back in|two|"
    r"three|four|five|ten|\d+|a few|some)(?: (?!(?:if|is|was|are|were)\b)[\w'-]+){1,6}?|yesterday|tomorrow|tonight|"
    r"sometimes|usually|"
    r"normally|growing up"
)
LED = re.compile(WHEN, re.IGNORECASE)
OWN = r"(?:i|i'm|i've|we|we're|we've|(?:my|our) [\w'-]+|home)"
AHEAD = re.compile(rf"(?P<when>{WHEN}),? (?P<rest>{OWN} \S.*)", re.IGNORECASE)
OFTEN_FIRST = re.compile(r"(?:sometimes|usually|normally)", re.IGNORECASE)


def spelled(text: str) -> str:
    """Text as it is written with care: "im" -> "I'm", "been learning" -> "I've been learning"."""
    mended = SLOPPY.sub(lambda m: SPELLED.get(m[0].lower(), m[0]), text)
    return (
        LEFT_OUT.sub(lambda m: "I've been " if m[1] else "I was born ", mended, count=1) if LEFT_OUT.match(mended) else mended
    )


def ordered(clause: str) -> str:
    """A clause with its subject first: "Every morning I drink tea" -> "I drink tea every morning"."""
    bare = NOWADAYS.sub("", clause, count=1) if NOWADAYS.match(clause) else clause
    match = AHEAD.fullmatch(bare)
    if not match:
        return bare
    if OFTEN_FIRST.fullmatch(match["when"]):
        return re.sub(r"^(\S+) ", rf"\1 {match['when'].lower()} ", match["rest"])
    return f"{match['rest']} {small(match['when'])}"
