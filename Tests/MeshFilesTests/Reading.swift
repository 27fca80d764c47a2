import Geometry

@testable import MeshFiles

let testKey = MeshHashKey(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)

/// How a test cuts a file into chunks.
enum Cut: Sendable, CaseIterable {
  case whole, singleBytes, sevens, atHeader, thousands

  func chunks(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    switch self {
    case .whole: [bytes[...]]
    case .singleBytes: split(bytes, 1)
    case .sevens: split(bytes, 7)
    case .atHeader: [bytes.prefix(84), [], bytes.dropFirst(84)]
    case .thousands: split(bytes, 1000)
    }
  }

  private func split(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
  }
}

func inspect(
  _ bytes: [UInt8],
  cut: Cut = .whole,
  limits: MeshLimits = MeshLimits(),
  declared: Bool = false
) throws(MeshRefusal) -> MeshInspection {
  var inspector = MeshInspector(
    key: testKey,
    limits: limits,
    declaredBytes: declared ? bytes.count : nil
  )
  for chunk in cut.chunks(of: bytes) { try inspector.update(chunk) }
  return try inspector.finish()
}

func summarise(
  _ bytes: [UInt8],
  limits: MeshLimits = MeshLimits()
) throws(MeshRefusal) -> MeshSummary {
  var measure = StreamingMeasure(key: testKey, limits: limits)
  try measure.update(bytes)
  return try measure.finish()
}

struct Collected: FacetSink {
  var facets: [Facet] = []

  mutating func add(_ facet: Facet) { facets.append(facet) }
}

func facets(_ bytes: [UInt8]) throws(MeshRefusal) -> [Facet] {
  var sink = Collected()
  var reader = STLReader()
  try reader.update(bytes.span, into: &sink)
  _ = try reader.finish(into: &sink)
  return sink.facets
}
