import Ledger
import Sealing

/// The key ring as a check uses it, beside a server that may rotate it meanwhile: read once, and again where
/// a version is not known, which may have come since.
struct CheckedKeys {
  private let read: @Sendable () throws -> any KeyHolder
  private var holder: any KeyHolder
  /// Versions that were destroyed, or never were. A version is in the ring before anything is wrapped under
  /// it, so that one which is not there when a row has named it does not come any more.
  private(set) var gone: Set<Int> = []

  /// - Parameter read: reads the ring as it is now.
  init(_ read: @escaping @Sendable () throws -> any KeyHolder) throws {
    self.read = read
    holder = try read()
  }

  /// The secret; to be overwritten.
  ///
  /// - Throws: `KeyHolderError`. Where the version is not known, the row may have been wrapped anew since it
  ///   was read: it has to be read again before that is a finding.
  mutating func unwrap(_ secret: WrappedSecret, _ context: KeyContext) async throws -> [UInt8] {
    do {
      return try await holder.unwrap(secret, context: context)
    } catch KeyHolderError.versionUnknown(let version) where !gone.contains(version) {
      holder = try read()
      // A number that is yet to come says that the row is damaged, and may be another row's one day.
      let isPast = try await holder.newestVersion() >= version
      do {
        return try await holder.unwrap(secret, context: context)
      } catch KeyHolderError.versionUnknown(let version) {
        if isPast { gone.insert(version) }
        throw KeyHolderError.versionUnknown(version)
      }
    }
  }

  /// Why a row's secret does not unwrap; nil when it does.
  mutating func refusal(of row: WrappedRow) async throws -> KeyHolderError? {
    guard let context = row.context else { return .notAuthentic }
    do {
      var secret = try await unwrap(row.secret, context)
      secret.wipe()
      return nil
    } catch let error as KeyHolderError {
      return error
    }
  }
}
