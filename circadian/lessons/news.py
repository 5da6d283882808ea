"""What is no news: moods, talk about the talk, what other people say, and values that say nothing."""

from __future__ import annotations

import re

PEOPLE_SAY = (
    "says?|said|thinks?|thought|wants?(?! to (?:be|become|study|learn) )|wanted|"
    "wish|wishes|hopes?|hoped|asks?|asked|tells?|told|claims?|claimed|"
    "believes?|dreams?|"
    "wonders?|suggests?|suggested|insists?"
)
TALK = (
    "question|problem|guess|point|bad|mistake|request|issue|task|opinion|answer|fault|turn|code|script|query|"
    "prompt|apologies|thanks"
)
MOOD = (
    "sorry|fine|sure|done|back|ok|okay|good|well|great|glad|happy|ready|confused|curious|kidding|joking|lost|stuck|here|afraid(?! of)|"
    "asking|looking|trying|wondering|thinking|about to|saying|talking|telling|busy|bored|tired|hungry|thirsty|"
    "serious|impressed|"
    "surprised|referring|testing|right|wrong|mistaken|going to (?:bed|sleep|try|go|ask|do|say|need|be (?:late|"
    "back|busy|honest))|"
    "getting an? error|having (?:trouble|problems)|doing (?:well|fine|good|ok)|feeling|all ears|"
    "writing an? (?:e-?mail|letter|text|essay)|looking forward|running (?:late|out|into)"
)
NO_NEWS = re.compile(
    rf"(?:my|our) (?:\w+ )?(?:{TALK})\b|my (?:goodness|god|gosh|word|dear)\b|"
    r"(?:i|we) .{0,60}\b(?:wrong|mixed up|mistyped|misremembered|an? (?:mistake|error|typo))$|"
    rf"(?:i|we) (?:am|are|was|were|have been|will be) (?:(?:just|so|very|really|a bit|a little|not|all|quite|"
    rf"still) )*(?:{MOOD})\b|"
    r"(?:i|we) (?:(?:already|just|always|never|often|usually|sometimes) )?(?:(?:want|wanted|think|thought|wonder|"
    r"guess|mean|meant|see(?! (?:my|our|an?) .*\b(?:every|once|twice|on \w+days?)\b)|"
    r"agree|understand|know|dream|must|should|shall|said|told|asked|tried|feel|appreciate|will (?:try|see|do|check|ask|tell)|"
    r"need (?:help|an?|some|to|more|the|this|that|it)|"
    rf"have (?:to|got to|no|(?:an? )?(?:\w+ )?(?:{TALK}|idea|doubt|suggestion)s?|(?:one|some) more|some))\b|"
    r"(?:take|get|have) (?:it|that|everything)\b|am (?:on|at) (?:the|this|it|step)\b(?: (?:\w+ )?(?:step|part|point|"
    r"page|bit)\b|$)|"
    r"am (?:in a (?:hurry|rush)|off$|with you|the one (?:who|that))|go with the|follow$|"
    r"(?:keep|am|was) (?:getting|seeing|having) (?:the same|an? error|errors|this|that)|"
    r".*\b(?:errors?|bugs?|script|function|the code|the exercise|the step)\b|"
    r"got (?:it|this|that|an? (?:\w+ )?(?:error|question|message))\b|"
    r"(?:do|did|can|could)(?: not|n't|not)? (?:know|understand|think|want|need|care|mind|mean|see|get|agree|"
    r"remember|believe|ask|"
    r"say|find|decide|wait|open|install|figure|help|tell|try|imagine|have (?:a clue|an idea|time))\b|(?:do|did)$|"
    r".*\b(?:it|this|that)$)",
    re.IGNORECASE,
)
OF_OTHERS = re.compile(
    rf"(?:my|our) (?:(?!(?:is|are|name|called|favou?rite)\b)[\w'-]+ ){{1,4}}?(?:{PEOPLE_SAY})\b", re.IGNORECASE
)
NOTHING = re.compile(
    rf"(?:(?:(?-i:[Ii]t)|that|this|them|those|these|so|not|him|her|more|one|none|nothing|something|anything|everything)$|"
    r"(?:how|what|when|where|why|this|only if) |"
    r"(?:the|that) (?:first|second|third|last|latter|former|other|next|previous|shorter|longer|new|old)"
    r"(?: (?:ones?|option|version|answer|choice|way|example|part|point|line|sentence|paragraph|suggestion|idea|list|text|code))?$|"
    rf"(?:(?:\w+ )?(?:{TALK}|doubt|idea|suggestion|look|feeling)s?|lot|bit|little)\b|(?:not|no longer|never) )",
    re.IGNORECASE,
)
