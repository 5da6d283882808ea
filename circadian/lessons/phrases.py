"""Slots that are lists of phrases: ways to get about, to work and to live, foods, illnesses, tongues and the like."""

from __future__ import annotations

from circadian.lessons.times import NUMBER, UNITS

RIDES = (
    "bus|train|tram|tube|metro|ferry|subway|underground|boat|car|bike|coach|bicycle|scooter|e-scooter|motorbike|taxi|cab|lift"
)
TO_WORK = r"to (?:work|school|the office|my (?:office|job)|university|uni|college|campus|town)\b.*?"
ABOUT = "(?:(?:about|nearly|almost|around|roughly|exactly|just over|just under|a bit over|a bit under) )?"
DRUG = (  # by the stem of its name (WHO, "The use of stems in the selection of International Nonproprietary Names", 2018), or whole
    r"(?:\w+(?:cillins?|mycin|micin|cycline|floxacin|profen|caine|oxicam|prazole|zole|statin|pril|sartan|oxine|formin|codone|"
    r"orphone?|azepam|barbital)|cef\w+|sulf(?:a|onamides?|amethoxazole)|aspirin|tramadol|paracetamol|acetaminophen|codeine|"
    r"morphine|diclofenac|naproxen|insulin|iodine|heparin|warfarin|trimethoprim|pills?|tablets?|painkillers?)"
)
METRES = r"(?: ?(?:m|cm|metres?|meters?|centimetres?|centimeters?|feet|foot|ft|inches)\b)"
FEET = r"(?:four|five|six|seven) (?:foot|feet)(?: \w+)?(?: inch(?:es)?)?"
TONGUES = (
    "english|german|french|spanish|italian|portuguese|dutch|danish|swedish|norwegian|finnish|icelandic|polish|czech|slovak|"
    "hungarian|romanian|bulgarian|greek|turkish|russian|ukrainian|serbian|croatian|slovenian|arabic|hebrew|persian|farsi|urdu|"
    "hindi|bengali|tamil|punjabi|thai|vietnamese|chinese|mandarin|cantonese|japanese|korean|tagalog|indonesian|malay|swahili|"
    "yoruba|igbo|hausa|amharic|zulu|afrikaans|welsh|irish|gaelic|basque|catalan|galician|latin|esperanto|sign language|yiddish|"
    "estonian|latvian|lithuanian|albanian|armenian|georgian|sami|maltese|nepali|mongolian|somali|breton"
)
PHRASES = {
    "height": rf"(?P<value>{ABOUT}(?:\d[\d.,]*{METRES}?(?: ?\d[\w\"]*)?(?: (?:inches|inch|cm))?|{FEET}))",
    "feet": rf"(?P<value>{ABOUT}(?:\d'\d{{0,2}}|\d[\d.,]*{METRES}(?: ?\d[\w\"]*)?|{FEET}))",
    "tall": rf"(?P<value>{ABOUT}(?:one|two) (?:metres?|meters?)(?: \w+)?)",
    "commute": r"(?P<value>(?:cycle|bike|walk|drive|run|go|commute|travel|get|ride|swim|carpool|scoot|skate|jog|row|"
    rf"(?:take|get|catch) (?:\w+ ){{1,3}}?\w+)(?: \w+){{0,3}}? {TO_WORK}|commute (?:by|on|with|in) .*)",
    "ride": rf"(?P<value>(?:take|catch|get) (?:the|an?) (?:[\w-]+ ){{0,3}}?(?:{RIDES})\b(?: (?:in|across|there|every|"
    rf"most|to)\b.*)?)",
    "transport": rf"(?P<value>(?:by|on|in) (?:(?:an?|the|my) )?(?:[\w-]+ )?(?:{RIDES}|foot)\b.*)",
    "company": r"(?P<value>(?:with|alone|by myself|on my own)\b.*)",
    "alone": r"(?P<value>(?:alone|by myself|on my own|upstairs|downstairs|abroad|next door)\b.*?)",
    "where": r"(?P<value>(?:downstairs|upstairs|next door|abroad|opposite|alone|nearby|close by|far|with|across|above|"
    r"below|behind|"
    r"outside|around|down|up|just|by|two|a few|five|ten|in|overseas|here|next to)\b.*)",
    "care": r"(?P<value>(?:care|nursing|retirement) home\b.*)",
    "vehicle": r"(?P<value>(?!(?:kids?|children|sons?|daughters?|boys?|girls?|to|friends?|mum|mother)\b)\S.*)",
    "make": r"(?P<value>(?-i:[A-Z])[\w-]+s)",
    "force": r"(?P<value>(?:royal )?(?:army|navy|police|air force|military|marines|fire (?:service|brigade)|civil service|"
    r"building trade|film industry|coast ?guard)\b.*)",
    "decade": r"(?P<value>(?:(?:early|mid|late)[ -])?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|"
    r"nineties|\d0'?s))",
    "org": r"(?P<value>(?:the|a|an|our|my) (?!time\b|moment\b|end\b|same\b|age\b)\S.*|(?-i:[A-ZÀ-Þ])\S*.*)",
    "how": r"(?P<value>(?:from home|nights|days|shifts|night shifts|weekends|remotely|part[- ]time|full[- ]time|freelance|"
    r"abroad|offshore|two jobs|for myself|the night shift|outdoors|four days a week)\b.*)",
    "field": r"(?P<value>(?:(?-i:IT|HR|PR|TV)|marketing|sales|finance|logistics|advertising|publishing|construction|education|"
    r"insurance|real estate|retail|healthcare|catering|banking|law|politics|the (?:army|navy|police|military|air force|civil "
    r"service|building trade|music business|film industry))\b.*)",
    "business": r"(?P<value>(?:[\w-]+ ){0,3}?(?:business|company|shop|bakery|café|cafe|restaurant|farm|school|firm|"
    r"agency|studio|"
    r"salon|pub|bar|hotel|b&b|guesthouse|start-?up|store|gallery|gym|nursery|workshop|brewery|vineyard)\b.*)",
    "food": r"(?P<value>(?!(?:an?|any|my|the|children|kids|pets|people|to|him|her|them|fun)\b)[a-z][\w-]*(?: [\w-]+){0,2}"
    r"(?:(?:,| or| and) [\w-]+(?: [\w-]+)?){0,3})",
    "condition": r"(?P<value>(?:[\w-]+ ){0,3}?(?:condition|disorder|disease|syndrome|injury|deficiency|infection|hernia|"
    r"intolerance|implant|fracture|concussion)\b.*?)",
    "abstain": r"(?P<value>(?:don't|do not|never) drink(?: alcohol)?)",
    "drum": r"(?P<value>(?:drum|busk|play bass|play by ear)\b.*)",
    "lang": rf"(?P<value>(?:{TONGUES})(?:,? (?:and|or) (?:{TONGUES}))?)(?: .{{1,50}})?",
    "worded": r"\S.{0,50}?",
    "nth": r"(?:first|second|third|fourth|fifth|last|final|next|\d+(?:st|nd|rd|th))",
    "sport": r"(?:football|soccer|basketball|baseball|hockey|rugby|cricket)",
    "subject": r"(?P<value>(?!(?:\d|may|june|july)\b)[a-z]+(?: [a-z]+)?)",
    "sporty": r"(?P<value>do (?:karate|judo|yoga|pilates|crossfit|ballet|tai chi|aikido|taekwondo|gymnastics|boxing|archery|"
    r"aerobics|meditation|calligraphy|pottery|crosswords|parkrun)\b.*|meditate\b.*)",
    "active": r"(?P<value>(?:sing|dance|swim|jog|act|fish|hunt|camp|game|busk|juggle|surf|ski|box|row|knit|paint|garden|"
    r"volunteer)"
    r"(?: (?:in|on|at|for|with|most|and|a lot|semi)\b.*)?)",
    "going": r"(?P<value>\w+ing\b.*|to (?:the gym|church|mosque|synagogue|night school|evening classes|choir)\b.*)",
    "medicine": rf"(?P<value>(?:[\w-]+ ){{0,4}}?(?:{DRUG}|\w+(?:ine|ol)|medication|antidepressants|antibiotics|vitamins?|"
    r"supplements|beta[- ]?blockers|antihistamines|iron)\b.*)",
    "sized": rf"(?:size )?(?P<value>(?:small|medium|large|xs|xl|xxl|xxxl|extra (?:small|large)|(?:\d[\d.]*|{NUMBER}|"
    rf"{UNITS}))\b.*)",
    "est": r"(?P<value>(?:\w+est|middle|first|only|second|third)\b (?!one\b|of all\b|thing\b|person to\b)\S.*|"
    r"(?:youngest|oldest|eldest))",
    "trait": r"(?P<value>(?:colou?r-?blind|left-handed|right-handed|ambidextrous|shy|introverted|extroverted|religious|jewish|"
    r"muslim|catholic|christian|buddhist|hindu|protestant|atheist|agnostic|adopted|bilingual|pregnant|bald|dyslexic)\b.*)",
}
