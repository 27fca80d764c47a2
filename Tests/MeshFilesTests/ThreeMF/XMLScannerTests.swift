import Testing

@testable import MeshFiles

@Suite("XML scanner")
struct XMLScannerTests {
  /// The events of a document as one line.
  private func events(
    _ document: [UInt8], limits: ThreeMFLimits = ThreeMFLimits(), allowsUTF16: Bool = false
  ) throws(MeshRefusal) -> String {
    // In the middle of something larger, as a part that is stored is in its archive.
    let archive = Array("<&".utf8) + document + Array("/></a>".utf8)
    var scanner = try XMLScanner(
      archive[2..<(2 + document.count)], subject: "The document", limits: limits,
      allowsUTF16: allowsUTF16)
    var line = ""
    while true {
      switch try scanner.next() {
      case .start:
        line += "<" + String(decoding: scanner.bytes[scanner.name.local], as: UTF8.self)
        for attribute in scanner.attributes {
          let name = String(decoding: scanner.bytes[attribute.name.local], as: UTF8.self)
          line += " \(name)=\(scanner.text(of: attribute))"
        }
        line += ">"
      case .end: line += "</>"
      case .text: line += scanner.text()
      case .finished: return line
      }
    }
  }

  private func code(_ document: String) -> MeshRefusal.Code? {
    do throws(MeshRefusal) {
      _ = try events(Array(document.utf8))
      return nil
    } catch { return error.code }
  }

  @Test(
    "elements, attributes and text are what they stand for",
    arguments: [
      ("<a/>", "<a></>"),
      ("\u{feff}<?xml version=\"1.0\" encoding='utf-8' standalone='yes' ?>\n<a></a >\n", "<a></>"),
      ("<a b='1' c=\"&lt;2&#x41;&#66;\"/>", "<a b=1 c=<2AB></>"),
      ("<a b='x\ty\nz'/>", "<a b=x y z></>"),
      ("<a>x&amp;y<!-- <b> --><?p i?><![CDATA[<&z]]></a>", "<a>x&y<&z</>"),
      ("<a>x\r\ny\rz</a>", "<a>x\ny\nz</>"),
      ("<ä:b xmlns:ä='u'/>", "<b></>"),
      ("<!-- before --><a/><?after?><!-- it -->", "<a></>"),
      ("<a>]] > ü</a>", "<a>]] > ü</>"),
    ]
  )
  func read(document: String, expected: String) throws {
    #expect(try events(Array(document.utf8)) == expected)
  }

  @Test(
    "what is not well-formed is refused",
    arguments: [
      "", " ", "x", "<a>", "<a", "<a b", "<a b=", "<a b='", "</a>", "<a></b>", "<a></a", "<a/><b/>",
      "<a/>x", "x<a/>", "<a b=1/>", "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>", "< a/>",
      "<1/>", "<a:/>", "<:a/>", "<a:b:c xmlns:a='u'/>", "<a>]]></a>", "<a><!-- -- --></a>",
      "<a><!--->", "<!-- ", "<a><![CDATA[</a>", "<![CDATA[x]]><a/>", "<a>\u{1}</a>",
      "<a b='\u{1}'/>",
      "<a>\u{fffe}</a>", "<?xml?><a/>", "<?xml version='1.1'?><a/>", "<a/><?xml version='1.0'?>",
      "<?xml encoding='utf-8' version='1.0'?><a/>", "<?xml version='1.0' version='1.0'?><a/>",
      "<?p", "<a><!x></a>", "<a xmlns:p='u' p:x='1' p:x='2'/>",
      "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "<a xmlns='u' xmlns='v'/>",
      "<?xml version='1.0' standalone='maybe'?><a/>",
    ]
  )
  func malformed(document: String) {
    #expect(code(document) == .xmlSyntax)
  }

  @Test(
    "document types, entities and undeclared prefixes are refused by name",
    arguments: [
      ("<!DOCTYPE a><a/>", MeshRefusal.Code.xmlDocumentType),
      ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .xmlDocumentType),
      ("<a>&b;</a>", .xmlEntity), ("<a b='&nbsp;'/>", .xmlEntity), ("<a>&#0;</a>", .xmlEntity),
      ("<a>&#xD800;</a>", .xmlEntity), ("<a>&#x110000;</a>", .xmlEntity), ("<a>&</a>", .xmlEntity),
      ("<a>&#+5;</a>", .xmlEntity), ("<a>&amp</a>", .xmlEntity),
      ("<p:a/>", .xmlNamespace), ("<a p:b='1'/>", .xmlNamespace),
      ("<a xmlns:p=''/>", .xmlNamespace), ("<a xmlns:xmlns='u'/>", .xmlNamespace),
      ("<a xmlns:xml='u'/>", .xmlNamespace),
      ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", .xmlNamespace),
      ("<a><b xmlns:p='u'/><p:c/></a>", .xmlNamespace),
      ("<?xml version='1.0' encoding='latin1'?><a/>", .xmlEncoding),
    ]
  )
  func named(document: String, expected: MeshRefusal.Code) {
    #expect(code(document) == expected)
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    let wrong: [[UInt8]] = [
      [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
    ]
    for bytes in wrong {
      let document = Array("<a>".utf8) + bytes + Array("</a>".utf8)
      let refusal = #expect(throws: MeshRefusal.self) { try events(document) }
      #expect(refusal?.code == .xmlEncoding, "\(bytes)")
    }
  }

  @Test("UTF-16 is read where it may be, and nowhere else", arguments: [false, true])
  func wide(isBigEndian: Bool) throws {
    let text = "\u{feff}<?xml version='1.0' encoding='UTF-16'?><a b='ü😀'/>"
    let document = text.utf16.flatMap { unit -> [UInt8] in
      let pair = [UInt8(unit & 0xff), UInt8(unit >> 8)]
      return isBigEndian ? pair.reversed() : pair
    }
    #expect(try events(document, allowsUTF16: true) == "<a b=ü😀></>")
    #expect(throws: MeshRefusal.self) { try events(document) }
    #expect(throws: MeshRefusal.self) { try events(document.dropLast(), allowsUTF16: true) }
    #expect(throws: MeshRefusal.self) { try events(Array(document.prefix(3)), allowsUTF16: true) }
  }

  @Test("depth and attributes have a limit, which is said")
  func limits() throws {
    let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
    let wide = "<a " + (0..<65).map { "a\($0)='' " }.joined() + "/>"
    for document in [deep, wide] {
      let refusal = #expect(throws: MeshRefusal.self) { try events(Array(document.utf8)) }
      #expect(refusal?.code == .xmlLimit)
      #expect(refusal?.message.contains("64") ?? false)
    }
    let names = (0..<300).map { "<b xmlns='u\($0)'/>" }.joined()
    #expect(code("<a>\(names)</a>") == .xmlNamespace)
  }

  @Test("prefixes are what the nearest declaration says")
  func namespaces() throws {
    let core = ThreeMFFixture.core
    let document =
      "<p:a xmlns:p='\(core)'><b xmlns='\(core)'><c xmlns=''/></b><p:b xmlns:p='v'/><p:d/>"
      + "<p:e xmlns='\(core)'><f xmlns='w'/><g/></p:e></p:a>"
    var scanner = try XMLScanner(
      Array(document.utf8)[...], subject: "It", limits: ThreeMFLimits())
    var namespaces: [XMLNamespace] = []
    var event = try scanner.next()
    while event != .finished {
      if event == .start { namespaces.append(scanner.name.namespace) }
      event = try scanner.next()
    }
    #expect(
      namespaces == [.core, .core, .none, .other(0), .core, .core, .other(1), .core])
  }

  @Test("a refusal names the line and quotes nothing")
  func lines() {
    let refusal = #expect(throws: MeshRefusal.self) {
      try events(Array("<a>\n<b>\n</secret></a>".utf8))
    }
    #expect(refusal?.message.contains("line 3") ?? false)
    #expect(!(refusal?.message.contains("secret") ?? true))
  }
}
