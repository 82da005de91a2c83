import Testing

@testable import DynamoJournalClient

@Suite("The XML of replies") struct XMLTests {
  @Test("texts are read with references, sections and comments, whatever the prefixes")
  func reads() {
    let fields = XMLFields(
      parsing: Array(
        """
        \u{FEFF}<?xml version="1.0"?>
        <!-- a reply -->
        <s:R xmlns:s='u' a = "1>"><s:A>
          <B>x &amp; y &lt;&#65;&#x1F600;</B><B>second</B><C/><D><![CDATA[<&>]]></D ></s:A></s:R>
        <!-- end -->
        """.utf8))
    #expect(fields?["A/B"] == "x & y <A😀")
    #expect(fields?["A/C"] == "" && fields?["A/D"] == "<&>" && fields?["R/B"] == nil)
  }

  @Test(
    "what is not well formed, or leads elsewhere, is no document",
    arguments: [
      "", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a/><a/>", "<a b></a>", "<a b=1/>", "<a b='<'/>",
      "<a>&x;</a>",
      "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&amp</a>", "<!DOCTYPE a><a/>", "<a><?p i?></a>", "<a><!-- </a>",
      "<a/>x",
      "<a b='1'c='2'/>", String(repeating: "<a>", count: 100_000),
      #"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#,
    ])
  func malformed(_ text: String) {
    #expect(XMLFields(parsing: Array(text.utf8)) == nil)
  }

  @Test("bytes that are not UTF-8 are no document")
  func notUTF8() {
    #expect(XMLFields(parsing: Array("<G".utf8) + [0xFF] + Array("y>a</G>".utf8)) == nil)
  }
}
