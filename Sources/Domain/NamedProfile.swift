/// A print profile under the name that it has in its revision.
///
/// The name is what stays from one revision to the next: a part that sells the profile `pa12` sells the
/// one of that name of whichever revision is released.
public struct NamedProfile: Hashable, Sendable, Codable {
  /// What a profile is called where nobody gave it a name.
  public static let standardName = "standard"
  /// A revision never has more profiles than this.
  public static let countMax = 20
  /// The longest name in bytes.
  public static let nameBytesMax = 60

  /// Unique in the revision, whatever the case of its letters.
  public var name: String
  /// How the revision is made.
  public var profile: PrintProfile

  /// A profile under a name.
  public init(name: String = Self.standardName, profile: PrintProfile) {
    self.name = name
    self.profile = profile
  }
}

extension [NamedProfile] {
  /// Refuses none and too many (`design.profiles`), names that are none (`design.profile_name`) or come
  /// twice (`design.profile_twice`), and what ``PrintProfile/check()`` refuses.
  public func check() throws(Problem) {
    guard (1...NamedProfile.countMax).contains(count) else {
      throw Problem(
        .invalid, "design.profiles",
        "A revision has 1 to \(NamedProfile.countMax) print profiles.")
    }
    var names: Set<String> = []
    for named in self {
      guard named.name.isPlainText(maximumBytes: NamedProfile.nameBytesMax) else {
        throw Problem(
          .invalid, "design.profile_name",
          "A print profile's name has 1 to \(NamedProfile.nameBytesMax) bytes and no control "
            + "characters.")
      }
      guard names.insert(named.name.lowercased()).inserted else {
        throw Problem(
          .invalid, "design.profile_twice",
          "Two print profiles are called “\(named.name)”: each needs a name of its own.")
      }
      try named.profile.check()
    }
  }
}
