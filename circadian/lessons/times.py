"""Numbers, dates and times, and how often something is done, as parts of regular expressions."""

UNITS = "one|two|three|four|five|six|seven|eight|nine"
TEENS = r"(?:thir|four|fif|six|seven|eigh|nine)teen|ten|eleven|twelve"
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
NUMBER = rf"\d{{1,3}}|(?:{TENS})(?:[ -](?:{UNITS}))?|{TEENS}"
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
WHEN = (
    rf"(?:(?:(?:{DAYS})s?|{MONTHS})\b|tomorrow|tonight|today|midnight|noon|midday|easter|christmas|new year|"
    r"(?:next|this|the end of) (?:year|month|week|weekend|spring|summer|autumn|fall|winter|morning|afternoon|evening|\w+day)\b|"
    r"in (?:a|an|\w+) (?:hour|day|week|month|year|minute)s?\b|(?:half|(?:a )?quarter) (?:past|to) |"
    r"(?:the )?\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)\b|\d{1,2}:\d\d|"
    rf"\d{{1,2}} (?:{MONTHS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b|the (?:morning|afternoon|evening|weekend)\b)"
)
ORDINAL = (
    r"(?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|\w+teenth|"
    r"twentieth|thirtieth|\d{1,2}(?:st|nd|rd|th)"
)
FIGURE = (  # any of these
    rf"\d|\b(?:{NUMBER}|{UNITS}|{ORDINAL}|{MONTHS}|(?:{DAYS})s?|hundred|thousand|million|dozen|half|quarter|once|twice|"
    r"noon|midday|midnight)\b"
)
CLOCK = (
    rf"(?:\d{{1,4}}(?:[:.]\d\d)?|{UNITS}|{TEENS}|{TENS})(?=$| ?(?:am|pm|a\.m|p\.m|o'clock|h)\b| (?:{MONTHS}|in|on|"
    rf"at|past|to|thirty|"
    r"fifteen|forty|sharp|tomorrow|tonight|every)\b)"
)
SOON = rf"(?:{WHEN}|{CLOCK}|(?:the )?(?:{ORDINAL})(?=$| of\b| (?:{MONTHS})\b)|spring|summer|autumn|winter)"
EARLY = "(?:(?:next|this|early|late|mid|coming) )?"
TIME = rf"(?:(?:on|at|in|from|by|before|after|around|until) (?:the )?{EARLY}{SOON}|{EARLY}{WHEN})"
OFTEN = (
    rf"(?:every|each) (?!one\b|thing\b|time i ask)\S.*|(?:on )?(?:{DAYS})s(?: .*)?|on (?:weekdays|weekends)|"
    rf"at (?:the )?weekends?|"
    r"(?:once|twice|(?:two|three|four|five|six|\d+) times|a few times) (?:an?|per|every) \w+|daily|weekly|monthly|religiously|"
    r"regularly|before bed|most (?:days|nights|weekends|mornings|evenings)|(?:\w+ )?(?:an?|per) (?:day|week|month)|"
    r"now and then|once in a while|from time to time|all the time|(?:at|by) night|"
    r"in my (?:spare|free) time|(?:just )?for fun|as a hobby|on the side|all (?:day|year)(?: round)?|"
    r"in the (?:mornings?|evenings?|afternoons?|summers?|winters?)|(?:after|before|at|for) (?:breakfast|dinner|lunch|"
    r"work|school)"
)
