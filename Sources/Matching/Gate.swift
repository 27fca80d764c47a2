public import Domain

/// One condition that a way of making a job must meet. It says yes with no reasons, or no with at
/// least one. A gate looks at its arguments and at nothing else, so a decision can be replayed.
public struct Gate: Sendable {
  /// What a gate looks at: one machine, where it stands and whose it is.
  public struct Way: Sendable {
    /// The bureau.
    public var bureau: BureauSnapshot
    /// The site.
    public var site: SiteSnapshot
    /// The machine.
    public var machine: Machine

    /// A way of making a job.
    public init(bureau: BureauSnapshot, site: SiteSnapshot, machine: Machine) {
      self.bureau = bureau
      self.site = site
      self.machine = machine
    }
  }

  let reasons: @Sendable (Requirement, Way) -> [Exclusion]

  /// A gate from the function that gives its reasons against a way, none meaning yes.
  public init(_ reasons: @escaping @Sendable (Requirement, Way) -> [Exclusion]) {
    self.reasons = reasons
  }

  /// The gates that need nothing but the network: process, material, build volume, certifications, key.
  public static let ground: [Gate] = [process, material, buildVolume, certifications, keyType]

  /// The design may be sealed to the bureau's kind of key (`design.key_type`). A bureau without a key
  /// is not asked which kind it has: that it is not enrolled is its own reason.
  public static let keyType = Gate { requirement, way in
    requirement.keys.permits(postQuantum: way.bureau.recipient != .classical)
      ? []
      : [
        Exclusion(
          code: DesignKeyPolicy.code, message: DesignKeyPolicy.message, audience: .brand)
      ]
  }

  /// The machine runs the process (`match.process`).
  public static let process = Gate { requirement, way in
    way.machine.process == requirement.process
      ? []
      : [
        Exclusion(
          code: "match.process", message: "No machine here runs the process.", audience: .everyone)
      ]
  }

  /// The machine is set up for the material (`match.material`).
  public static let material = Gate { requirement, way in
    way.machine.materials.contains(requirement.material)
      ? []
      : [
        Exclusion(
          code: "match.material", message: "The machine is not set up for the material.",
          audience: .everyone)
      ]
  }

  /// Each file fits into the build volume in one of the six axis-aligned orientations
  /// (`match.build_volume`). Where nothing was measured, nothing is known to fit
  /// (`match.not_measured`).
  public static let buildVolume = Gate { requirement, way in
    guard !requirement.sizes.isEmpty else {
      return [
        Exclusion(
          code: "match.not_measured", message: "The part has no file whose size is known.",
          audience: .everyone)
      ]
    }
    return requirement.sizes.allSatisfy { $0.fits(in: way.machine.buildVolume) }
      ? []
      : [
        Exclusion(
          code: "match.build_volume", message: "The part is larger than the build volume.",
          audience: .everyone)
      ]
  }

  /// Every scheme that the profile asks for is held, for this site, machine and material, and valid
  /// on the production day (`match.certification_missing`, `match.certification_expired`,
  /// `match.certification_not_yet_valid`: one reason a scheme).
  public static let certifications = Gate { requirement, way in
    requirement.certifications.compactMap { scheme in
      let inScope = way.bureau.certifications.filter { certification in
        certification.scheme == scheme
          && certification.covers(
            site: way.site.id, machine: way.machine, material: requirement.material)
      }
      let day = requirement.productionDay
      if inScope.contains(where: { $0.validFrom <= day && day <= $0.validUntil }) { return nil }
      guard let latest = inScope.map(\.validUntil).max() else {
        return Exclusion(
          code: "match.certification_missing",
          message: "There is no certification to \(scheme) for this site, machine and material.",
          audience: .everyone)
      }
      return latest < day
        ? Exclusion(
          code: "match.certification_expired",
          message: "The certification to \(scheme) ends on \(latest), before production on \(day).",
          audience: .everyone)
        : Exclusion(
          code: "match.certification_not_yet_valid",
          message: "The certification to \(scheme) is not valid yet on \(day).",
          audience: .everyone)
    }
  }
}
