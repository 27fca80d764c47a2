import BlobStore
import TestSupport
import Testing

/// What every blob store promises, run against each implementation. A new one adds a case.
enum Implementation: CaseIterable, CustomTestStringConvertible {
  case directory, memory, failingWithoutFaults

  var testDescription: String { "\(self)" }

  /// Runs a closure with an empty store and a source of names.
  func with(_ body: (any BlobStore, inout SeededGenerator) async throws -> Void) async throws {
    var generator = SeededGenerator(seed: 7)
    switch self {
    case .memory: try await body(MemoryBlobStore(), &generator)
    case .failingWithoutFaults:
      try await body(FailingBlobStore(MemoryBlobStore()), &generator)
    case .directory:
      try await TemporaryDirectory.with { directory in
        try await body(DirectoryBlobStore(directory: directory.path), &generator)
      }
    }
  }
}

extension BlobStore {
  func put(_ name: BlobName, _ bytes: [UInt8]) async throws {
    let writer = try await create(name)
    try await writer.append(bytes)
    try await writer.commit()
  }

  func everything(_ name: BlobName, chunkBytes: Int = 256 * 1024) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in chunks(name, chunkBytes: chunkBytes) { bytes += chunk }
    return bytes
  }
}

@Suite("every blob store")
struct BlobStoreConformance {
  @Test("gives back what was committed", arguments: Implementation.allCases)
  func roundTrip(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      for size in [0, 1, 1000, 256 * 1024, 256 * 1024 + 1, 1_000_003] {
        let name = BlobName(using: &generator)
        let bytes = generator.bytes(size)
        try await store.put(name, bytes)
        #expect(try await store.everything(name) == bytes)
        #expect(try await store.size(name) == size)
      }
    }
  }

  @Test(
    "another blob under a name has another identity, the same blob the same",
    arguments: Implementation.allCases)
  func identities(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      let bytes = generator.bytes(1000)
      try await store.put(name, bytes)
      let first = try await store.identity(name)
      #expect(first.bytes == 1000)
      #expect(try await store.read(name, from: 0, maxLength: 10).count == 10)
      #expect(try await store.identity(name) == first)
      try await store.delete(name)
      await #expect(throws: BlobError.absent(name)) { try await store.identity(name) }
      try await store.put(name, bytes)
      let second = try await store.identity(name)
      #expect(second != first || !second.isSettled)
    }
  }

  @Test("keeps appends of every size in order", arguments: Implementation.allCases)
  func appends(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      var expected: [UInt8] = []
      let writer = try await store.create(name)
      for size in [1, 0, 70_000, 300_000, 5, 262_144, 262_143, 600_000, 3] {
        let bytes = generator.bytes(size)
        expected += bytes
        // A slice that does not begin at zero.
        try await writer.append(([0xFF, 0xFF] + bytes).dropFirst(2))
      }
      try await writer.commit()
      #expect(try await store.everything(name, chunkBytes: 100_001) == expected)
    }
  }

  @Test(
    "reads from an offset, and nothing at the end or beyond", arguments: Implementation.allCases)
  func offsets(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      try await store.put(name, Array(0..<100))
      #expect(try await store.read(name, from: 10, maxLength: 5) == Array(10..<15))
      #expect(try await store.read(name, from: 98, maxLength: 5) == [98, 99])
      #expect(try await store.read(name, from: 100, maxLength: 5) == [])
      #expect(try await store.read(name, from: 1_000_000, maxLength: 5) == [])
      var tail: [UInt8] = []
      for try await chunk in store.chunks(name, from: 90, chunkBytes: 4) { tail += chunk }
      #expect(tail == Array(90..<100))
    }
  }

  @Test("shows nothing before commit", arguments: Implementation.allCases)
  func invisible(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      let writer = try await store.create(name)
      try await writer.append(generator.bytes(300_000))
      await #expect(throws: BlobError.absent(name)) { try await store.size(name) }
      await #expect(throws: BlobError.absent(name)) {
        try await store.read(name, from: 0, maxLength: 1)
      }
      #expect(try await store.list() == [])
      try await writer.commit()
      #expect(try await store.list() == [name])
    }
  }

  @Test("never overwrites", arguments: Implementation.allCases)
  func noOverwrite(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      let late = try await store.create(name)
      try await late.append([9])
      try await store.put(name, [1])
      await #expect(throws: BlobError.exists(name)) { try await late.commit() }
      await #expect(throws: BlobError.exists(name)) { try await store.put(name, [2]) }
      #expect(try await store.everything(name) == [1])
    }
  }

  @Test("ends a writer with commit or abort", arguments: Implementation.allCases)
  func writerEnds(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let committed = try await store.create(BlobName(using: &generator))
      try await committed.commit()
      await #expect(throws: BlobError.writerOver) { try await committed.append([1]) }
      await #expect(throws: BlobError.writerOver) { try await committed.commit() }
      await committed.abort()
      #expect(try await store.list().count == 1)

      let aborted = try await store.create(BlobName(using: &generator))
      try await aborted.append(generator.bytes(500_000))
      await aborted.abort()
      await #expect(throws: BlobError.writerOver) { try await aborted.append([1]) }
      await #expect(throws: BlobError.writerOver) { try await aborted.commit() }
      #expect(try await store.list().count == 1)
    }
  }

  @Test("deletes, and does not mind what is not there", arguments: Implementation.allCases)
  func deletion(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      try await store.put(name, [1])
      try await store.delete(name)
      try await store.delete(name)
      await #expect(throws: BlobError.absent(name)) { try await store.size(name) }
      #expect(try await store.list() == [])
    }
  }

  @Test("lists in order and in pages", arguments: Implementation.allCases)
  func listing(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      var names: [BlobName] = []
      for _ in 0..<50 {
        let name = BlobName(using: &generator)
        try await store.put(name, [])
        names.append(name)
      }
      names.sort()
      #expect(try await store.list() == names)
      #expect(try await store.list(after: nil, limit: 20) == Array(names[..<20]))
      #expect(try await store.list(after: names[19], limit: 20) == Array(names[20..<40]))
      #expect(try await store.list(after: names[49], limit: 20) == [])
    }
  }

  @Test("serves many writers and readers at once", arguments: Implementation.allCases)
  func concurrency(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let names = (0..<40).map { _ in BlobName(using: &generator) }
      try await withThrowingTaskGroup { group in
        for (index, name) in names.enumerated() {
          group.addTask {
            let bytes = [UInt8](repeating: UInt8(index), count: 100_000 + index)
            try await store.put(name, bytes)
            #expect(try await store.everything(name, chunkBytes: 30_000) == bytes)
          }
        }
        try await group.waitForAll()
      }
      #expect(try await store.list() == names.sorted())
    }
  }

  @Test("stops reading chunks in a cancelled task", arguments: Implementation.allCases)
  func cancelledChunks(_ implementation: Implementation) async throws {
    try await implementation.with { store, generator in
      let name = BlobName(using: &generator)
      try await store.put(name, [1, 2, 3])
      let reading = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await store.everything(name)
      }
      await #expect(throws: CancellationError.self) { try await reading.value }
    }
  }
}
