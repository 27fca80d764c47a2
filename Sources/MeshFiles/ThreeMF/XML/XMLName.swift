/// A name of an element or an attribute, its prefix resolved.
struct XMLName {
  var namespace: XMLNamespace
  /// Where its local part lies in the document.
  let local: Range<Int>
  /// The local part as `XMLName.packed` has it.
  let packed: UInt64

  /// Whether it is that name of the core namespace, or with `.none` an attribute without a prefix.
  @inline(__always)
  func `is`(_ name: UInt64, in namespace: XMLNamespace = .core) -> Bool {
    packed == name && self.namespace == namespace
  }

  /// Names of more than eight bytes that something here looks for.
  private static let long: [String: UInt64] = {
    let names = [
      "resources", "metadatagroup", "basematerials", "triangles", "component", "components",
      "requiredextensions", "recommendedextensions", "transform", "partnumber", "thumbnail",
      "displaycolor", "meshresolution", "colorgroup", "texture2d", "texture2dgroup",
      "compositematerials", "multiproperties", "contenttype", "matindices", "blendmethods",
      "printable", "paint_color", "paint_supports", "paint_seam", "paint_fuzzy_skin",
      "face_property", "Extension", "ContentType", "TargetMode",
    ]
    let numbered = names.enumerated().map { ($1, unknown + UInt64($0) + 1) }
    return Dictionary(uniqueKeysWithValues: numbered)
  }()

  /// Stands for every name of more than eight bytes that nothing here looks for.
  static let unknown: UInt64 = 1 << 63

  /// A name as a number, without mistaking one for another: its bytes where there are at most eight,
  /// else what a list of known names gives it.
  static func packed(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    guard bytes.count > 8 else {
      var packed: UInt64 = 0
      var shift: UInt64 = 0
      for byte in bytes {
        packed |= UInt64(byte) &<< shift
        shift &+= 8
      }
      return packed
    }
    // Bytes of a name are never zero, as the middle ones of these numbers are.
    return long[String(decoding: bytes, as: UTF8.self)] ?? unknown
  }

  /// The number of a name in the program's text; a long one must be in the list.
  static func packed(_ name: String) -> UInt64 {
    let packed = packed(Array(name.utf8)[...])
    precondition(packed != unknown, "the list of long names lacks one")
    return packed
  }
}

/// An attribute of the element that was last started.
struct XMLAttribute {
  var name: XMLName
  /// Where the name with its prefix lies in the document.
  let qualified: Range<Int>
  /// Where its value lies, without the quotes.
  let value: Range<Int>
  /// Whether the value is what it says: without references and white space other than blanks.
  let isPlain: Bool
}
