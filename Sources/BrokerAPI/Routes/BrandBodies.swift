import Brokering
import Domain
import Vault

// What goes into a brand's routes, and what comes out where no use case has a type for it.

extension BrandRoutes {
  struct NewComparison: Codable, Sendable {
    /// 64 hexadecimal digits.
    let sha256: String
  }

  struct FileComparison: Codable, Sendable {
    let same: Bool
  }

  /// Those of the revision before if both are left out.
  struct NewRevision: Codable, Sendable, TakesProfiles {
    let profile: PrintProfile?
    let profiles: [NamedProfile]?
  }

  struct NewProfiles: Codable, Sendable {
    let profiles: [NamedProfile]
  }

  struct NewSizes: Codable, Sendable {
    let size: BoxSize
    /// In cubic millimetres.
    let volume: Double
    /// In square millimetres.
    let area: Double

    private enum CodingKeys: String, CodingKey {
      case size = "size_mm"
      case volume = "volume_mm3"
      case area = "area_mm2"
    }
  }

  struct Withdrawal: Codable, Sendable {
    /// For the brand itself; 1 to 500 bytes of plain text.
    let reason: String
  }

  struct NewSettings: Codable, Sendable {
    let releaseApprovals: Int

    private enum CodingKeys: String, CodingKey {
      case releaseApprovals = "release_approvals"
    }
  }

  struct NewDesign: Codable, Sendable, TakesProfiles {
    let name: String
    let profile: PrintProfile?
    let profiles: [NamedProfile]?
    let licence: LicenceTerms
    /// Whether only post-quantum keys may receive it; true if left out. False takes an owner's key.
    let pqOnly: Bool?
    /// The brand's own name for it, which no other of its designs has.
    let reference: String?

    private enum CodingKeys: String, CodingKey {
      case name, profile, profiles, licence, reference
      case pqOnly = "pq_only"
    }
  }
}

/// A body with one print profile, which then has the usual name, or with several that have names.
protocol TakesProfiles {
  var profile: PrintProfile? { get }
  var profiles: [NamedProfile]? { get }
}

extension TakesProfiles {
  /// - Throws: `design.profiles` where there is neither or both.
  func named() throws(Problem) -> [NamedProfile] {
    switch (profile, profiles) {
    case (let profile?, nil): return [NamedProfile(profile: profile)]
    case (nil, let profiles?): return profiles
    default:
      throw Problem(
        .invalid, "design.profiles",
        "Send one print profile as “profile”, or several with names as “profiles”, not both.")
    }
  }
}

extension Call where Tenant == BrandID {
  /// To let classical keys receive a design cannot be undone for what they have received: an owner decides
  /// that (`auth.role`).
  func requireOwner(ifAllowingClassicalKeys pqOnly: Bool?) throws(Problem) {
    guard pqOnly == false, let owner = principal?.owner, owner.role != BrandRole.owner.rawValue
    else { return }
    throw Problem(
      .forbidden, "auth.role",
      "That classical keys may receive a design (pq_only false) is for a key of the role owner to say; "
        + "yours has the role \(owner.role).")
  }
}
