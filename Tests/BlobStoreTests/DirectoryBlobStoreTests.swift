import BlobStore
import Domain
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("a directory of blobs")
struct DirectoryBlobStoreTests {
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test(
    "a byte written in place changes the identity, and it is not settled until the clock has moved")
  func changedInPlace() async throws {
    try await TemporaryDirectory.with { directory in
      let store = try DirectoryBlobStore(directory: directory.path)
      var generator = SeededGenerator(seed: 5)
      let name = BlobName(using: &generator)
      try await store.put(name, generator.bytes(1000))
      let path = directory.path("\(name.text.prefix(2))/\(name.text)")
      // As if it had been written a while ago, so that a change within one tick shows.
      var times = [
        timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0),
      ]
      #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
      let first = try await store.identity(name)
      #expect(!first.isSettled)
      let file = open(path, O_WRONLY)
      #expect(pwrite(file, [UInt8(7)], 1, 500) == 1)
      close(file)
      let second = try await store.identity(name)
      #expect(second != first)
      #expect(second.bytes == first.bytes)
    }
  }

  @Test("lays blobs out in folders that only the owner can read")
  func layout() async throws {
    try await TemporaryDirectory.with { directory in
      let store = try DirectoryBlobStore(directory: directory.path("blobs"))
      let name = try #require(BlobName("ab0123456789abcdef0123456789abcd"))
      try await store.put(name, [1])
      #expect(try directory.files() == ["blobs/ab/\(name)"])
      #expect(mode(directory.path("blobs")) == 0o700)
      #expect(mode(directory.path("blobs/ab")) == 0o700)
      #expect(mode(directory.path("blobs/ab/\(name)")) == 0o600)
    }
  }

  @Test("finds its blobs again after it is opened anew")
  func reopened() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 1)
      let name = BlobName(using: &generator)
      try await DirectoryBlobStore(directory: directory.path).put(name, [1, 2])
      let again = try DirectoryBlobStore(directory: directory.path)
      #expect(try await again.everything(name) == [1, 2])
    }
  }

  @Test("refuses a directory that others may write to")
  func othersMayWrite() async throws {
    try await TemporaryDirectory.with { directory in
      #expect(chmod(directory.path, 0o770) == 0)
      #expect(throws: BlobError.self) { try DirectoryBlobStore(directory: directory.path) }
    }
  }

  @Test("leaves nothing of a writer that was aborted or dropped")
  func leavesNothing() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 2)
      let store = try DirectoryBlobStore(directory: directory.path)
      let aborted = try await store.create(BlobName(using: &generator))
      try await aborted.append(generator.bytes(300_000))
      #expect(try directory.files().count == 1)
      await aborted.abort()
      #expect(try directory.files() == [])

      var dropped: (any BlobWriter)? = try await store.create(BlobName(using: &generator))
      try await dropped?.append(generator.bytes(300_000))
      #expect(try directory.files().count == 1)
      dropped = nil
      #expect(try directory.files() == [])
    }
  }

  @Test("clears what a crash left, by age, and never lists it")
  func clearing() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 3)
      let store = try DirectoryBlobStore(directory: directory.path)
      let name = BlobName(using: &generator)
      try await store.put(name, [1])
      let left = "\(name.text.prefix(2))/.unfinished-\(name)-1-1"
      try directory.write([1, 2, 3], to: left)
      #expect(try await store.list() == [name])

      var status = stat()
      #expect(lstat(directory.path(left), &status) == 0)
      let written = Instant(milliseconds: Int64(status.st_mtim.tv_sec) * 1000)
      #expect(try await store.removeUnfinished(before: written) == 0)
      #expect(try directory.files().count == 2)
      #expect(try await store.removeUnfinished(before: written + .seconds(2)) == 1)
      #expect(try directory.files() == ["\(name.text.prefix(2))/\(name)"])
    }
  }

  @Test("steps over an unfinished file of an earlier process with the same number")
  func sameProcessNumber() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 4)
      let store = try DirectoryBlobStore(directory: directory.path)
      let name = BlobName(using: &generator)
      let left = "\(name.text.prefix(2))/.unfinished-\(name)-\(getpid())-1"
      try directory.write([9, 9], to: left)
      try await store.put(name, [1])
      #expect(try await store.everything(name) == [1])
      #expect(try directory.read(left) == [9, 9])
    }
  }

  @Test("a writer that failed cannot commit")
  func failedCommit() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 5)
      let store = try DirectoryBlobStore(directory: directory.path)
      let name = BlobName(using: &generator)
      let writer = try await store.create(name)
      try await writer.append([1])
      // The folder goes away beneath the writer: the link has nowhere to be.
      try FileManager.default.removeItem(atPath: directory.path(String(name.text.prefix(2))))
      await #expect(throws: BlobError.self) { try await writer.commit() }
      await #expect(throws: BlobError.writerOver) { try await writer.commit() }
      await #expect(throws: BlobError.absent(name)) { try await store.size(name) }
    }
  }

  @Test(
    "a full file system is reported as such, and what was begun goes",
    .enabled(if: Self.canMount, "needs the right to mount a file system of one page")
  )
  func full() async throws {
    try await TemporaryDirectory.with { directory in
      var generator = SeededGenerator(seed: 6)
      let store = try DirectoryBlobStore(directory: directory.path)
      try #require(mount("tmpfs", directory.path("ff"), "tmpfs", 0, "size=4096") == 0)
      defer { umount(directory.path("ff")) }
      let writer = try await store.create(
        #require(BlobName("ff" + String(repeating: "0", count: 30)))
      )
      await #expect(throws: BlobError.full) {
        try await writer.append(generator.bytes(300_000))
      }
      await #expect(throws: BlobError.writerOver) { try await writer.commit() }
      #expect(try directory.files() == [])
    }
  }

  private static let canMount: Bool = {
    guard let directory = try? TemporaryDirectory() else { return false }
    guard mount("tmpfs", directory.path, "tmpfs", 0, "size=4096") == 0 else { return false }
    return umount(directory.path) == 0
  }()

  @Test("refuses names that are not 32 lower-case hexadecimal digits")
  func names() {
    #expect(BlobName("ab0123456789abcdef0123456789abcd")?.text.count == 32)
    for bad in [
      "", "ab", "AB0123456789abcdef0123456789abcd", "../../../../../../../etc/passwd00",
      "ab0123456789abcdef0123456789abcde", "ab0123456789abcdef0123456789abc/",
    ] {
      #expect(BlobName(bad) == nil)
    }
  }
}
