import BureauProtocol
import Domain
import FoundationEssentials
import Logging
import PrintPackage

/// What the bureau's tools answer, read from the marker files beside a part. A file that says less
/// than it has to, or what the broker would refuse, is waited for as if it were not there; what is
/// wrong with it is logged once for each content. So is what cannot be opened, or is no regular file: the
/// lease is kept meanwhile, and a person has one line to go by.
struct Markers: Sendable {
  /// How a print ended.
  enum Outcome: Hashable, Sendable {
    case done(PrintOutcome)
    /// With the reason to hold the job for.
    case failed(String)
  }

  let folder: HotFolder
  let log: Logger
  let said: SaidOnce

  /// How the print ended; nil while it is not known. Of two answers the failure counts.
  func outcome(of name: String) throws -> Outcome? {
    struct Failure: Decodable { let reason: String? }
    let failure = try read(.failed, of: name, as: Failure.self) { _ in [] }
    if let failure {
      guard let reason = failure.reason else { return .failed("The print failed.") }
      // Within the 500 bytes of a report, with what stands before it.
      return .failed(
        reason.isPlainText(maximumBytes: 400)
          ? "The print failed: \(reason)" : "The print failed; the reason given is not plain text.")
    }
    return try read(.done, of: name, as: PrintOutcome.self, faults: \.faults).map(Outcome.done)
  }

  /// The same file once everything planned is measured, or the bureau has failed the part.
  func inspection(of name: String, plan: [InspectionItem]) throws -> PrintOutcome? {
    try read(.done, of: name, as: PrintOutcome.self) { outcome in
      let missing = plan.map(\.feature).filter { outcome.measurements?[$0] == nil }
      guard outcome.passed != false, !missing.isEmpty else { return outcome.faults }
      return outcome.faults
        + ["not measured yet: \(missing.map { "“\($0)”" }.joined(separator: ", "))"]
    }
  }

  /// How the parcel travels.
  func shipment(of name: String) throws -> Shipment? {
    struct Parcel: Decodable {
      let carrier: String?
      let tracking: String?
    }
    return try read(.shipped, of: name, as: Parcel.self) { parcel in
      [
        PrintOutcome.fault("carrier", parcel.carrier),
        PrintOutcome.fault("tracking", parcel.tracking),
      ].compactMap(\.self)
    }.map { Shipment(carrier: $0.carrier ?? "", tracking: $0.tracking ?? "") }
  }

  private func read<Value: Decodable>(
    _ marker: HotFolder.Marker, of name: String, as type: Value.Type,
    faults: (Value) -> [String]
  ) throws -> Value? {
    let bytes: [UInt8]
    do {
      guard let content = try folder.content(marker, of: name) else { return nil }
      bytes = content
    } catch let problem as Problem {
      complain(marker, of: name, [problem.detail], about: [])
      return nil
    }
    do {
      let value = try JSONDecoder().decode(Value.self, from: Data(bytes))
      let faults = faults(value)
      if faults.isEmpty { return value }
      complain(marker, of: name, faults, about: bytes)
    } catch {
      complain(marker, of: name, [Self.describe(error)], about: bytes)
    }
    return nil
  }

  private func complain(
    _ marker: HotFolder.Marker, of name: String, _ faults: [String], about bytes: [UInt8]
  ) {
    guard said.isNew("\(name) \(marker) \(faults) \(ContentDigest(of: bytes))") else { return }
    log.warning(
      "a marker file cannot be used yet: put it right",
      metadata: [
        "file": "\(name).\(marker.rawValue)", "wrong": "\(faults.joined(separator: "; "))",
      ])
  }

  /// Where a file departs from what it has to be. Only our own members' names are repeated.
  private static func describe(_ error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      guard let member = context.codingPath.first?.stringValue else {
        return "it is not a JSON object"
      }
      return context.codingPath.count > 1
        ? "a value in “\(member)” is of another type" : "“\(member)” is of another type"
    default: return "it is not JSON"
    }
  }
}
