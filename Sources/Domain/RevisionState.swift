/// Where a revision of a design stands.
public enum RevisionState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Files may be added; nobody can order it.
  case draft
  /// Immutable; the design's parts are sold from it.
  case released
  /// Immutable; a newer one is sold. Orders that were placed on it are still made.
  case superseded
  /// Immutable and over: nothing is ordered from it and no key of it is released any more.
  case withdrawn
  /// Immutable and gone: the keys of its files are destroyed.
  case shredded
}

/// What happens to a revision.
public enum RevisionEvent: String, Hashable, Sendable, Codable, CaseIterable {
  /// The brand releases it.
  case release
  /// A newer one was released.
  case supersede
  /// The brand takes it back, or gives a draft up.
  case withdraw
  /// The brand has the keys of its files destroyed.
  case shred
}

extension RevisionState {
  /// The state after an event, or a refusal (`revision.state`): a total function over all pairs.
  public func after(_ event: RevisionEvent) throws(Problem) -> RevisionState {
    switch (self, event) {
    case (.draft, .release): .released
    case (.released, .supersede): .superseded
    case (.draft, .withdraw), (.released, .withdraw), (.superseded, .withdraw): .withdrawn
    // What is sold is withdrawn first: that stops its orders.
    case (.draft, .shred), (.superseded, .shred), (.withdrawn, .shred): .shredded
    default:
      throw Problem(
        .conflict, "revision.state",
        "A revision that is \(rawValue) does not take the event “\(event.rawValue)”.")
    }
  }

  /// Whether keys to its files may go to a bureau, for an order that was placed on it.
  public var releasesKeys: Bool {
    switch self {
    case .released, .superseded: true
    case .draft, .withdrawn, .shredded: false
    }
  }

  /// Refuses what needs a revision whose keys may be released: `revision.withdrawn`, `revision.shredded`,
  /// or `release.revision` for a draft.
  public func requireReleasesKeys() throws(Problem) {
    switch self {
    case .released, .superseded: return
    case .withdrawn:
      throw Problem(
        .conflict, "revision.withdrawn",
        "The brand has withdrawn this revision of its design: nothing is made from it any more.")
    case .shredded: throw Problem.shredded
    case .draft:
      throw Problem(.conflict, "release.revision", "The job's revision is not released.")
    }
  }
}

extension Problem {
  /// What needs the files of a shredded revision is refused with this.
  public static var shredded: Problem {
    Problem(
      .gone, "revision.shredded",
      "The brand has shredded this revision of its design: the keys of its files are destroyed, and nobody "
        + "can bring them back.")
  }
}
