"""What a file says of itself: to programs, and above its window. XMP (ISO 16684-1) repeats what the older form says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape


@dataclass(frozen=True)
class About:
    """What a reader program shows of a file, and the language of what has no other."""

    title: str
    author: str
    subject: str
    keywords: str
    languages: tuple[str, ...]
    made_at: datetime


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag>{languages}</rdf:Bag></dc:language>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>
<xmp:CreatorTool>{author}</xmp:CreatorTool><pdf:Keywords>{keywords}</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(about: About) -> str:
    """Return the metadata as XMP (ISO 16684-1), without the statement of conformance that nobody has checked."""
    return _XMP.format(
        title=escape(about.title),
        author=escape(about.author),
        subject=escape(about.subject),
        keywords=escape(about.keywords),
        languages="".join(f"<rdf:li>{language}</rdf:li>" for language in dict.fromkeys(about.languages)),
        made=about.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
