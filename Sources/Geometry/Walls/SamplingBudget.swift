/// How much a sampled measurement may spend. Work is counted, not timed, so that the same mesh gives the
/// same result on every machine.
public struct SamplingBudget: Hashable, Sendable, Codable {
  /// Points on the surface to look from.
  public var samples: Int
  /// Boxes and facets that may be looked at, all samples together. An ordinary part takes some hundreds a
  /// sample, and a ring of a million facets, whose balls touch it all around, some thousands; only facets
  /// that lie across each other everywhere take more.
  public var steps: Int

  /// A budget; by default 20,000 samples and 100 million steps, seconds at the worst.
  public init(samples: Int = 20_000, steps: Int = 100_000_000) {
    self.samples = max(1, samples)
    self.steps = max(1, steps)
  }

  /// The steps that may be used once that many samples are done. Half of all are shared out evenly, so
  /// that a hostile corner of a part does not hide the others; the rest is for whoever needs it first.
  func allowance(after done: Int) -> Int {
    let half = steps / 2
    return steps - half + half / samples * done + half % samples * done / samples
  }
}

/// What a sampled measurement looked at, so that nobody takes it for more than it is.
public struct SamplingCoverage: Hashable, Sendable, Codable {
  /// Points on the surface that were looked from.
  public var samples: Int
  /// Those of them for which there was something to measure.
  public var measured: Int
  /// The surface a sample stands for, in square millimetres: a flat facet larger than this has at
  /// least one sample, whatever the rest of the part looks like.
  public var areaPerSample: Double
  /// Boxes and facets looked at.
  public var steps: Int
  /// Whether every sample was measured within the budget's steps. If not, what was not reached may be
  /// worse than what is reported.
  public var isComplete: Bool

  private enum CodingKeys: String, CodingKey {
    case samples, measured, steps
    case areaPerSample = "area_per_sample"
    case isComplete = "complete"
  }

  /// A coverage from its parts.
  public init(
    samples: Int, measured: Int, areaPerSample: Double, steps: Int, isComplete: Bool
  ) {
    self.samples = samples
    self.measured = measured
    self.areaPerSample = areaPerSample
    self.steps = steps
    self.isComplete = isComplete
  }
}
