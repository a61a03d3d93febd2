"""Texts that would run, or break out of where they stand, if anything let them: by family and by way of hiding."""

from __future__ import annotations

CALLS = (
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script src=//x.fr/a.js>", "</script><script>alert(1)",
    "<!--<script>", "--><script>alert(1)//", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>", "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>1'>",
    "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>x</a>", "<a href='data:text/html,<script>1'>x", "<math><mi xlink:href=javascript:1>",
    "<form action=//x.fr><button>x", "<button formaction=javascript:alert(1)>x", "<base href=//x.fr/>",
    "<meta http-equiv=refresh content='0;//x.fr'>", "<link rel=stylesheet href=//x.fr>",
    "<style>*{display:none}</style>",
    "<object data=javascript:1>", "<embed src=javascript:1>", "<video><source onerror=alert(1)>", "<template><script>1",
    "<noscript><p title='</noscript><img src=x onerror=1>'>", "<textarea></textarea><script>1</script>",
    "<title></title><script>1</script>", "<select><option></select><img src=x onerror=1>", "]]><script>1</script>",
    "{{ 7 * 7 }}", "{% include '/etc/passwd' %}", "${alert(1)}", "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)", "vbscript:msgbox(1)", "data:text/html;base64,PHNjcmlwdD4x", "';alert(1)//",
    '";alert(1)//', "`;alert(1)//", "\\';alert(1)//", "expression(alert(1))", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;", "\\u003cscript\\u003e", "%3Cscript%3Ealert(1)", "\u2028alert(1)",
    "＜script＞alert(1)＜/script＞",
    "x\nEND:VCARD\nBEGIN:VCARD\nTEL:0600000000", "x\nEND:VEVENT\nEND:VCALENDAR", "x;TEL=0600000000:y", "a,b;c\\nTEL:06",
    "hx-get=//x.fr hx-trigger=load", "<p hx-get=/effacer hx-trigger=load>", '"Mo-Su 00:00-24:00"', "; Mo-Su open",
    "__proto__", "constructor",
)  # fmt: skip
WAYS = ("{}", '">{}', "'>{}", '" onmouseover=alert(1) x="{}', "</p></div>{}", "</textarea></title>{}")
ALONE = ("javascript:", "vbscript:", "data:", "hx-get", "__proto__", "constructor", "expression(")
LONGEST = 88  # the shortest field takes 90 characters


def hostile_texts() -> list[str]:
    """More than three hundred, each short enough for every field."""
    return [text for call in CALLS for way in WAYS if len(text := way.format(call)) <= LONGEST]


def grouped_texts() -> list[str]:
    """The same, several on end where they fit: a page that lets one out has another shape, whatever stands beside it.
    What is only dangerous as the whole of a field stands alone."""
    texts = hostile_texts()
    groups = [text for text in texts if text.startswith(ALONE)]
    room = ""
    for text in texts:
        if room and len(room) + len(text) >= LONGEST:
            groups.append(room)
            room = ""
        room = f"{room} {text}" if room else text
    return [*groups, room]
