import Domain
import FoundationEssentials
import Glibc

/// The connector to a folder that the bureau's tools watch. What reaches a disk: the part, in that
/// folder, from its preparation until the broker has accepted its completion.
///
/// Beside a part `job_…-1.stl` lies its job sheet, `job_…-1.stl.ticket.json`: what the ticket says of
/// profile, inspection plan and address, for the people and tools that print, measure and ship. It is
/// personal data, and goes when the parcel has gone. So do the package's documents,
/// `job_…-1.stl.drawing-1.pdf` and the like, once the part is inspected. The part is answered by marker files beside it:
/// `job_…-1.stl.done`, `.failed` and `.shipped`, which ``Markers`` reads.
///
/// Until the hand-over all of them have names that begin with a dot, which tools ignore.
struct HotFolder: Sendable {
  enum Marker: String, Sendable, CaseIterable {
    case done
    case failed
    case shipped
  }

  let path: String
  private let lock: FileLock

  /// Makes the folder if it is missing, and takes its lock until the last copy of the value is gone:
  /// two agents would put away each other's parts.
  ///
  /// - Throws: `agent.directory` if it is no folder that can be used, `agent.hot_folder_in_use`.
  init(path: String) throws {
    self.path = path
    try SmallFile.makeDirectory(path)
    guard access(path, W_OK | X_OK) == 0 else { throw AgentDirectory.problem(path) }
    let held = Problem(
      .conflict, "agent.hot_folder_in_use",
      "Another agent hands parts over in \(path): stop it first, or give this one a hot folder of "
        + "its own.")
    do {
      lock = try FileLock(directory: path, held: held)
    } catch let problem as Problem where problem.code == "agent.directory" {
      // NFS locks no directories; a file is the next best thing there.
      lock = try FileLock(path: "\(path)/.everpart-agent.lock", held: held)
    }
  }

  /// The name that a part gets: job and attempt, so that no two hand-overs share one.
  static func partName(job: JobID, attempt: Int, fileName: String) -> String {
    let ending = fileName.split(separator: ".").last.map { String($0).lowercased() } ?? "bin"
    let plain =
      ending.utf8.count <= 8
      && ending.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    return "\(job)-\(attempt).\(plain ? ending : "bin")"
  }

  /// A drawing or an inspection plan beside a part.
  struct Document {
    /// What comes after the part's name and a dot: `drawing-1.pdf`. Made of purpose, number and media
    /// type alone, so that no name from outside can leave the folder or meet a marker's.
    let suffix: String
    let content: [UInt8]

    /// - Throws: `package.files` for what is no document.
    init(
      _ purpose: FilePurpose, number: Int, mediaType: String, content: [UInt8]
    ) throws(Problem) {
      guard purpose != .geometry, let ending = FilePurpose.documentEnding(ofMediaType: mediaType)
      else {
        throw Problem(
          .invalid, "package.files",
          "A hot folder takes one part and documents; \(mediaType) is none that it knows.")
      }
      suffix = "\(purpose.rawValue)-\(number).\(ending)"
      self.content = content
    }

    /// Whether a file's name ends so because it is a document.
    static func isSuffix(_ text: some StringProtocol) -> Bool {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, let dash = parts[0].lastIndex(of: "-"),
        let purpose = FilePurpose(rawValue: String(parts[0][..<dash])), purpose != .geometry,
        let number = Int(parts[0][parts[0].index(after: dash)...]), number > 0
      else { return false }
      return purpose.mediaTypes.contains {
        "\(purpose.rawValue)-\(number)." + (FilePurpose.documentEnding(ofMediaType: $0) ?? "")
          == text
      }
    }
  }

  /// Writes a part, its job sheet and its documents beside their final names, durably.
  func prepare(
    _ content: [UInt8], sheet: [UInt8], documents: [Document] = [], as name: String
  ) throws {
    for document in documents {
      try SmallFile.writeDurably(document.content, to: file(".\(name).\(document.suffix)"))
    }
    try SmallFile.writeDurably(sheet, to: temporarySheet(name))
    try SmallFile.writeDurably(content, to: temporary(name))
    try synchronize()
  }

  /// Gives a prepared part its final name: the one moment at which it is handed over. Documents and job
  /// sheet get theirs just before, so that they are there when a tool sees the part. A crash between
  /// leaves some of them renamed; the next call renames the rest.
  func handOver(_ name: String) throws {
    guard !isPresent(name) else { throw AgentDirectory.problem(file(name)) }
    for document in try documents(of: ".\(name)") {
      guard rename(file(document), file(String(document.dropFirst()))) == 0 else {
        throw AgentDirectory.problem(file(document))
      }
    }
    if rename(temporarySheet(name), sheet(name)) != 0 {
      // A crash after this rename and before the next one: the sheet is where it belongs.
      guard errno == ENOENT, exists(sheet(name)) else { throw AgentDirectory.problem(sheet(name)) }
    }
    guard rename(temporary(name), file(name)) == 0 else { throw AgentDirectory.problem(file(name)) }
    try synchronize()
  }

  /// Whether the part is there under the name that it is prepared with, and its sheet. As long as it
  /// is, it was not handed over: the rename that hands it over takes this name away.
  func isPrepared(_ name: String) -> Bool {
    exists(temporary(name)) && (exists(temporarySheet(name)) || exists(sheet(name)))
  }

  /// Whether the part is there under its final name.
  func isPresent(_ name: String) -> Bool { exists(file(name)) }

  /// Whether anything under the final name shows that the tools had the part.
  func hasTrace(_ name: String) -> Bool {
    isPresent(name) || Marker.allCases.contains { exists(file(name, $0)) }
  }

  /// A marker's content; nil while it is not there. Refuses one over 64 KiB, and what is no regular
  /// file, as ``SmallFile/read(_:bytesMax:)`` does.
  func content(_ marker: Marker, of name: String) throws -> [UInt8]? {
    try SmallFile.read(file(name, marker), bytesMax: 64 << 10)
  }

  /// Removes the part under both names. What a journalling file system keeps of it is the bureau's.
  func removePart(_ name: String) {
    unlink(temporary(name))
    unlink(file(name))
  }

  /// Removes the documents under both names.
  func removeDocuments(_ name: String) throws {
    for document in try documents(of: ".\(name)") + documents(of: name) { unlink(file(document)) }
  }

  /// Removes all of an attempt, durably: part, documents, job sheet and markers.
  func clear(_ name: String) throws {
    removePart(name)
    try removeDocuments(name)
    unlink(temporarySheet(name))
    unlink(sheet(name))
    Marker.allCases.forEach { unlink(file(name, $0)) }
    try synchronize()
  }

  /// The names of a part's documents, final ones or those of preparation, which begin with a dot.
  private func documents(of name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter {
      $0.hasPrefix(name + ".") && Document.isSuffix($0.dropFirst(name.count + 1))
    }
  }

  // MARK: names

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
  private func synchronize() throws { try SmallFile.synchronizeDirectory(of: file("-")) }

  private func file(_ name: String) -> String { "\(path)/\(name)" }
  private func file(_ name: String, _ marker: Marker) -> String {
    "\(path)/\(name).\(marker.rawValue)"
  }
  private func sheet(_ name: String) -> String { "\(path)/\(name).ticket.json" }
  private func temporarySheet(_ name: String) -> String { "\(path)/.\(name).ticket.json" }
  private func temporary(_ name: String) -> String { "\(path)/.\(name).part" }
}

// MARK: what a crash left

extension HotFolder {
  /// The files that are there under names of preparation, with the attempts that they belong to.
  /// Names of any other form are somebody else's.
  func temporaryFiles() throws -> [(name: String, attempt: Journal.Attempt)] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted().compactMap { name in
      Self.attempt(ofTemporary: name).map { (name, $0) }
    }
  }

  /// Removes one of them, durably.
  func removeTemporary(_ name: String) throws {
    unlink(file(name))
    try synchronize()
  }

  private static func attempt(ofTemporary name: String) -> Journal.Attempt? {
    guard name.hasPrefix("."), let ending = ending(ofTemporary: name) else { return nil }
    let part = name.dropFirst().dropLast(ending.count)
    guard let dot = part.lastIndex(of: "."), let dash = part[..<dot].lastIndex(of: "-"),
      let job = JobID(String(part[..<dash])), let number = Int(part[part.index(after: dash)..<dot]),
      partName(job: job, attempt: number, fileName: String(part)) == part
    else { return nil }
    return Journal.Attempt(job: job, number: number)
  }

  /// `.part`, `.ticket.json` or a document's, such as `.drawing-1.pdf`.
  private static func ending(ofTemporary name: String) -> String? {
    if let ending = [".part", ".ticket.json"].first(where: { name.hasSuffix($0) }) {
      return ending
    }
    let last = name.split(separator: ".", omittingEmptySubsequences: false).suffix(2)
      .joined(separator: ".")
    return Document.isSuffix(last) ? "." + last : nil
  }
}
