/// Reads a 3MF package (ISO/IEC 25422 and its extensions): what is to be built, in millimetres.
///
/// What the specifications say a consumer must refuse is refused, with a code that names the rule; what
/// does not change the shape of the bodies is read past (`MeshDocument.readPast`).
enum ThreeMFReader {
  /// Reads a package that is in memory whole: a body for each mesh of each build item, named after its
  /// object. Models that are encrypted (Secure Content) are opened with `keys`; nothing then says who
  /// encrypted them. Throws the refusal if there is one, or if there is nothing to build.
  static func read(
    _ bytes: [UInt8], limits: MeshLimits = MeshLimits(), keys: SecureKeys = SecureKeys()
  ) throws(MeshRefusal) -> MeshDocument {
    guard bytes.count <= limits.bytesMax else {
      throw MeshRefusal(.tooLarge, "The file has more than \(limits.bytesMax) bytes.")
    }
    var package = try Package(bytes, limits: limits.threeMF)
    var secure = try SecureContent(&package, keys: keys)
    let models = try ModelSet(&package, limits: limits) { (part, package) throws(MeshRefusal) in
      try secure.content(of: part, in: &package)
    }
    let bodies = try Instancing(models, limits: limits).bodies()
    guard !bodies.isEmpty else {
      throw MeshRefusal(.empty, "The package has nothing to build.")
    }
    let root = models.models[0]
    return MeshDocument(
      format: .threeMF, unit: root.unit, readAs: root.unit, bodies: bodies, title: root.title,
      readPast: models.context.readPast)
  }
}
