import BlobStore
import Domain
import FoundationEssentials
import Ledger

/// What is known of the newest database outside of every copy of it.
struct KnownState: Sendable, Hashable, Codable {
  /// The installation, with the generation and the beat of its newest database.
  let installation: Installation
  /// The number of the ledger's last entry at that beat.
  let ledgerNumber: Int64
  /// When that was.
  let at: Instant

  init(installation: Installation, ledgerNumber: Int64, at: Instant) {
    self.installation = installation
    self.ledgerNumber = ledgerNumber
    self.at = at
  }

  private static let format = "everpart-state-1"

  private enum CodingKeys: String, CodingKey {
    case format, installation, generation, beat, at
    case ledgerNumber = "ledger_number"
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    guard try members.decode(String.self, forKey: .format) == Self.format else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: members, debugDescription: "another format")
    }
    installation = Installation(
      id: try members.decode(InstallationID.self, forKey: .installation),
      generation: try members.decode(Int.self, forKey: .generation),
      beat: try members.decode(Int64.self, forKey: .beat))
    ledgerNumber = try members.decode(Int64.self, forKey: .ledgerNumber)
    at = try members.decode(Instant.self, forKey: .at)
    // No installation counts so far; a number beyond it would overflow when it is counted on.
    guard installation.generation < 1 << 53, installation.beat < 1 << 53, ledgerNumber < 1 << 53
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .beat, in: members, debugDescription: "a number is too large")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(Self.format, forKey: .format)
    try members.encode(installation.id, forKey: .installation)
    try members.encode(installation.generation, forKey: .generation)
    try members.encode(installation.beat, forKey: .beat)
    try members.encode(ledgerNumber, forKey: .ledgerNumber)
    try members.encode(at, forKey: .at)
  }
}

/// The file beside the key ring that knows how far the newest database has come. It holds no secret, and is
/// no part of any backup of the data: a copy that was restored with the database would say nothing.
struct StateFile: Sendable {
  private static let bytesMax = 4096

  let path: String

  /// The state file of a key ring.
  init(keyRingPath: String) { path = keyRingPath + ".state" }

  /// What it says; nil when there is none.
  ///
  /// - Throws: ``InstallationError/stateFile(path:reason:)``.
  func read() throws(InstallationError) -> KnownState? {
    let bytes: [UInt8]?
    do throws(FileFailure) {
      bytes = try DurableFile.read(path, bytesMax: Self.bytesMax)
    } catch {
      throw .stateFile(path: path, reason: error.description)
    }
    guard let bytes else { return nil }
    guard let state = try? JSONDecoder().decode(KnownState.self, from: Data(bytes)) else {
      throw .stateFile(
        path: path,
        reason:
          "it is no state that this version can read. Move it away; the start then says how to "
          + "go on")
    }
    return state
  }

  /// Writes it anew. When this returns, it is durable; when it throws, the old or the new one is there.
  func write(_ state: KnownState) throws(InstallationError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Texts and integers only: there is nothing in it that JSON cannot hold.
    let bytes = ((try? encoder.encode(state)).map(Array.init) ?? []) + [UInt8(ascii: "\n")]
    do throws(FileFailure) {
      try DurableFile.replace(path, with: bytes)
    } catch {
      throw .stateFile(path: path, reason: error.description)
    }
  }
}
