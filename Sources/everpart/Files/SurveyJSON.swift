import Geometry

/// What `everpart inspect --json` says of a part beyond one pass and welding. What was not measured is an
/// object that says why.
func surveyJSON(_ survey: Measured<PartSurvey>) -> [String: JSONValue] {
  switch survey {
  case .measured(let survey): surveyJSON(survey)
  case .notMeasured(let reason):
    [
      "convex_hull", "oriented_box", "wall_thickness", "gap", "self_intersections",
      "enclosed_voids", "orientations",
    ].reduce(into: ["holes": .null]) { $0[$1] = ["not_measured": .string(reason)] }
  }
}

private func surveyJSON(_ survey: PartSurvey) -> [String: JSONValue] {
  let facts = survey.facts
  return [
    "holes": facts.topology.value.map { .integer(Int64($0.holes)) } ?? .null,
    "convex_hull": json(survey.hull) {
      ["volume_mm3": .number($0.volume), "area_mm2": .number($0.area)]
    },
    "oriented_box": json(survey.orientedBox) {
      [
        "size_mm": json($0.size), "centre_mm": json($0.centre), "axes": .array($0.axes.map(json)),
        "exhaustive": .bool($0.isExhaustive),
      ]
    },
    "wall_thickness": json(facts.walls) {
      json($0.places, fifthPercentile: $0.fifthPercentile, $0.coverage)
    },
    "gap": json(facts.gaps) {
      json($0.places, fifthPercentile: $0.quantiles.dropFirst().first, $0.coverage)
    },
    "self_intersections": json(facts.selfIntersections) {
      [
        "pairs": .integer(Int64($0.count)), "complete": .bool($0.isComplete),
        "at_mm": $0.place.map(json) ?? .null,
        "facets": json(facets: $0.facets),
      ]
    },
    "enclosed_voids": json(facts.voids) {
      [
        "count": .integer(Int64($0.count)), "volume_mm3": .number($0.volume),
        "complete": .bool($0.isComplete),
      ]
    },
    "orientations": json(facts.orientations) { .array($0.map { .object(json($0)) }) },
  ]
}

private func json<Value>(_ measured: Measured<Value>, _ body: (Value) -> JSONValue) -> JSONValue {
  switch measured {
  case .measured(let value): body(value)
  case .notMeasured(let reason): ["not_measured": .string(reason)]
  }
}

func json(_ vector: SIMD3<Double>) -> JSONValue {
  .array([.number(vector.x), .number(vector.y), .number(vector.z)])
}

private func json(
  _ places: [WallPlace], fifthPercentile: Double?, _ coverage: SamplingCoverage
) -> JSONValue {
  [
    "minimum_mm": places.first.map { .number($0.distance) } ?? .null,
    "fifth_percentile_mm": fifthPercentile.map { .number($0) } ?? .null,
    "places": .array(
      places.map {
        [
          "distance_mm": .number($0.distance), "at_mm": json($0.point),
          "opposite_mm": json($0.opposite),
          "facets": [.integer(Int64($0.facet)), .integer(Int64($0.oppositeFacet))],
        ]
      }),
    "samples": .integer(Int64(coverage.samples)),
    "area_per_sample_mm2": .number(coverage.areaPerSample), "complete": .bool(coverage.isComplete),
  ]
}

/// Numbers of facets, counted from 0 as the file has them; at most a hundred.
func json(facets: [Int]) -> JSONValue { .array(facets.prefix(100).map { .integer(Int64($0)) }) }

func json(_ orientation: OrientationMeasurement) -> [String: JSONValue] {
  [
    "up": json(orientation.orientation.up), "height_mm": .number(orientation.height),
    "bed_contact_mm2": .number(orientation.bedContactArea),
    "overhang_mm2": .number(orientation.overhangArea),
    "support_mm3": .number(orientation.supportVolume),
    "stable": orientation.isStable.map { .bool($0) } ?? .null,
  ]
}
