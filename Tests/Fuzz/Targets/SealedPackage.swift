import Foundation
import MeshFiles

/// A 3MF package with encrypted parts that is sound around any key store, and the key that opens it
/// (3MF Secure Content 1.0.3).
enum SealedPackage {
  /// The one content key, by the UUID that the corpus calls it.
  static func keys() throws(MeshRefusal) -> SecureKeys {
    var keys = SecureKeys()
    try keys.add(
      contentKey: Array(0..<32), keyUUID: "00000000-0000-4000-8000-000000000001")
    return keys
  }

  static func withKeyStore(_ document: [UInt8]) -> [UInt8] {
    StoredPackage.zip([
      ("[Content_Types].xml", Array(contentTypes.utf8)),
      (
        "_rels/.rels",
        relationships([("/3D/3dmodel.model", model), ("/Secure/keystore.xml", store)])
      ),
      (
        "3D/_rels/3dmodel.model.rels",
        relationships(
          [deflated, authenticated].flatMap {
            [("/" + $0.name, model), ("/" + $0.name, encrypted)]
          })
      ),
      ("3D/3dmodel.model", Array(root.utf8)), deflated, authenticated,
      ("Secure/keystore.xml", document),
    ])
  }

  private static let schemas = "http://schemas.microsoft.com/3dmanufacturing"
  private static let opc = "http://schemas.openxmlformats.org/package/2006"
  private static let model = schemas + "/2013/01/3dmodel"
  private static let store = schemas + "/2019/04/keystore"
  private static let encrypted = opc + "/relationships/encryptedfile"

  private static let contentTypes = """
    <Types xmlns="\(opc)/content-types"><Default Extension="rels" \
    ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
    <Default Extension="model" \
    ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>\
    <Override PartName="/Secure/keystore.xml" \
    ContentType="application/vnd.ms-package.3dmanufacturing-keystore+xml"/></Types>
    """

  private static func relationships(_ all: [(target: String, type: String)]) -> [UInt8] {
    let list = all.enumerated().map {
      "<Relationship Id=\"r\($0.offset)\" Target=\"\($0.element.target)\" Type=\"\($0.element.type)\"/>"
    }
    return Array(
      "<Relationships xmlns=\"\(opc)/relationships\">\(list.joined())</Relationships>".utf8)
  }

  private static let root = """
    <model xmlns="\(schemas)/core/2015/02" xmlns:p="\(schemas)/production/2015/06" \
    requiredextensions="p"><resources/><build><item objectid="7" p:path="/3D/deflated.model"/>\
    <item objectid="7" p:path="/3D/authenticated.model"/></build></model>
    """

  /// AES-256-GCM of a deflated model of one tetrahedron under `keys`, with the nonce 0 and no additional data.
  private static let deflated = part(
    "3D/deflated.model",
    """
    ey3U0DYMjzin6pG1DeAjIVo0B//io9IvmilgzCU4AWCx68lF0KhKrocqAddaUA9pQe+8BX+Roi3qx6ZwmHopnnYm\
    nat5pWPNrqoupcMYyK1LlNF1IpHiNFF3jYa0K6TVDWoESHh4BNw+Y7ts1A/g8g6zWFxadYvPIp7S7044avvwLD2w\
    rOBafxj5ayXqwZicgnxm9A2B1HJop2nGa7FRLC1NCl2IxCRuaevOI//rx0bSbEYbw8abY+4Gs3C7a6sCYQ==
    """)

  /// The same with the nonce 1 and the additional data `job 17`.
  private static let authenticated = part(
    "3D/authenticated.model",
    """
    YEfe8sfUPJuhbGm5+WqIT53oTfiukOaEabfQlsb3L2jFIkgI0nZ2lO02syP3emEUxv6ucfsO+c8EZIQziq/8cps4\
    xlv5Pa7pt4jJ05UFGN3CJD37dmcnbaYoVKV+KB1slszrdQj8HrAh+K3AbMFV2GEUAXjGXXIvJD732eMNGBzCIIBm\
    ftqOyQPolLc6z/jccYQVUntnfBnAlADz75svCb5fNyiM3wJpipqSwp9AcgIUSsY7npMU82/4h9wOTMdAfA==
    """)

  /// A cipher file: magic number, version, and the length of the header (appendix D).
  private static func part(_ name: String, _ ciphertext: String) -> (name: String, bytes: [UInt8]) {
    (name, Array("%3McF\0\0\0\u{c}\0\0\0".utf8) + (Data(base64Encoded: ciphertext) ?? Data()))
  }
}
