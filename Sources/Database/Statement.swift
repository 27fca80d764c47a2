/// One SQL statement in the common subset of SQLite and PostgreSQL 15, with placeholders `$1…$n`.
///
/// Stores declare each as a `static let` and list them in a ``StatementCatalogue``, so that a test can
/// prepare all of them on PostgreSQL too. Values go in as arguments, never into the text.
public struct Statement: Sendable, Hashable {
  /// The text as written, which is PostgreSQL's form.
  public let sql: String
  /// How many arguments it takes: the highest placeholder number.
  public let parameterCount: Int

  /// SQLite's form: its `$1` would be a name, numbered by first appearance; `?1` is a position.
  let sqliteSQL: String
  /// The first word when it is one that stores may not say, because transactions and settings belong to
  /// this module.
  let refusedVerb: String?

  /// Declares a statement.
  public init(_ sql: String) {
    let tokens = SQLToken.scan(sql)
    self.sql = sql
    parameterCount =
      tokens.filter { $0.kind == .parameter }.compactMap { Int($0.text.dropFirst()) }.max() ?? 0
    sqliteSQL =
      tokens.map { $0.kind == .parameter ? "?" + $0.text.dropFirst() : $0.text }.joined()
    let verb = tokens.first { $0.kind == .word }?.text.uppercased() ?? ""
    refusedVerb = Self.refusedVerbs.contains(verb) ? verb : nil
  }

  private static let refusedVerbs: Set<String> = [
    "", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PRAGMA",
    "ATTACH", "DETACH", "VACUUM", "SET",
  ]
}

/// A store's statements, all of them, for the test that prepares each on every engine.
public protocol StatementCatalogue: SendableMetatype {
  /// Every statement that the store runs.
  static var statements: [Statement] { get }
}
