/// What a statement of OBJ other than `v`, `f` and a comment means to a reader of polygons.
enum OBJStatement: Sendable {
  /// Nothing: attributes, groups, points, lines, and curves without a surface.
  case readPast
  /// A face, by its name before version 3.
  case face
  /// The name of what follows.
  case object
  /// A free-form surface or, before version 3, a patch.
  case surface
  /// Another file, or a command of the shell.
  case outside

  /// Nil for a word that the format does not know.
  init?(_ word: Span<UInt8>) {
    guard word.count <= 10 else { return nil }
    let text = String(decoding: word.indices.map { word[$0] }, as: UTF8.self)
    guard let statement = Self.statements[text] else { return nil }
    self = statement
  }

  /// Whether `word` may begin a line of an OBJ.
  static func isKnown(_ word: String) -> Bool {
    word == "v" || word == "f" || statements[word] != nil
  }

  /// The statements by appendix B1, "superseded statements" included.
  private static let statements: [String: OBJStatement] = {
    var statements: [String: OBJStatement] = [
      "fo": .face, "o": .object, "surf": .surface, "bsp": .surface, "bzp": .surface,
      "cdp": .surface, "call": .outside, "csh": .outside,
    ]
    let others = """
      vt vn vp deg bmat step cstype p l curv curv2 parm trim hole scrv sp end con g s mg bevel \
      c_interp d_interp lod maplib usemap usemtl mtllib shadow_obj trace_obj ctech stech cdc res
      """
    for word in others.split(separator: " ") { statements[String(word)] = .readPast }
    return statements
  }()
}
