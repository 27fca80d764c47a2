import Database
import Domain
import FoundationEssentials
import Glibc
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Key ring")
struct KeyRingTests {
  let directory: TemporaryDirectory
  let ambient = Ambient.simulated(seed: 9)
  var path: String { directory.path("ring.json") }

  init() throws { directory = try TemporaryDirectory() }

  func open(_ path: String? = nil) throws -> (ring: KeyRing, created: Bool) {
    try KeyRing.openOrCreate(
      KeyRingFile(path: path ?? self.path), outside: directory.path("data"), ambient: ambient)
  }

  @Test("the first start makes a ring that only its owner can read, the second opens the same one")
  func createsAndOpens() async throws {
    let (first, created) = try open()
    #expect(created)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o600)
    #expect(status.st_nlink == 1)
    #expect(try directory.files() == ["ring.json"])

    let (second, createdAgain) = try open()
    #expect(!createdAgain)
    #expect(second.signingKey.verificationKey == first.signingKey.verificationKey)
    let wrapped = try await first.holder.wrap([1, 2, 3], context: .sample)
    #expect(try await second.holder.unwrap(wrapped, context: .sample) == [1, 2, 3])
  }

  @Test(
    "a mode wider than 0600 is refused", arguments: [0o640, 0o604, 0o660, 0o777, 0o700] as [mode_t])
  func refusesModes(mode: mode_t) throws {
    _ = try open()
    chmod(path, mode)
    #expect(throws: KeyRingError.mode(path: path, mode: String(mode, radix: 8))) { try open() }
  }

  @Test("a narrower mode than 0600 is taken")
  func takesReadOnly() throws {
    _ = try open()
    chmod(path, 0o400)
    #expect(try !open().created)
  }

  @Test(
    "a ring inside the data directory is refused, also through links, dots and before it exists")
  func refusesDataDirectory() throws {
    let inside = [
      directory.path("data/ring.json"), directory.path("data/deep/ring.json"),
      directory.path("other/../data/ring.json"), directory.path("data"),
    ]
    for path in inside {
      #expect(throws: KeyRingError.insideDataDirectory(path: path)) { try open(path) }
    }
    mkdir(directory.path("data"), 0o700)
    symlink(directory.path("data"), directory.path("alias"))
    let alias = directory.path("alias/ring.json")
    #expect(throws: KeyRingError.insideDataDirectory(path: alias)) { try open(alias) }
    try directory.write([1], to: "data/real.json")
    symlink(directory.path("data/real.json"), directory.path("linked.json"))
    let linked = directory.path("linked.json")
    #expect(throws: KeyRingError.insideDataDirectory(path: linked)) { try open(linked) }
    // A name that only begins alike is another directory.
    mkdir(directory.path("database"), 0o700)
    #expect(try open(directory.path("database/ring.json")).created)
  }

  @Test("no ring is made beside data that another ring has sealed")
  func refusesToReplaceALostRing() throws {
    mkdir(directory.path("data"), 0o700)
    try directory.write([0], to: "data/everpart.sqlite")
    #expect(throws: KeyRingError.missing(path: path)) { try open() }
    #expect(try directory.files() == ["data/everpart.sqlite"])
  }

  @Test("what is no key ring is refused, and stays as it is")
  func refusesOtherFiles() throws {
    for text in ["", "{}", #"{"format": "everpart-key-ring-2"}"#] {
      try directory.write(text.utf8, to: "ring.json")
      chmod(path, 0o600)
      #expect(throws: KeyRingError.format(path: path)) { try open() }
      #expect(try directory.read("ring.json") == Array(text.utf8))
    }
    mkdir(directory.path("folder"), 0o700)
    #expect(throws: KeyRingError.owner(path: directory.path("folder"))) {
      try open(directory.path("folder"))
    }
  }

  @Test("a folder that everybody can write to is refused unless it is sticky")
  func refusesOpenFolders() throws {
    mkdir(directory.path("open"), 0o700)
    chmod(directory.path("open"), 0o777)
    #expect(throws: KeyRingError.folder(path: directory.path("open"))) {
      try open(directory.path("open/ring.json"))
    }
    chmod(directory.path("open"), 0o1777)
    #expect(try open(directory.path("open/ring.json")).created)
  }

  @Test("of two that make a ring at once, both end up with the same one")
  func racesToCreate() throws {
    _ = try open()
    let first = try directory.read("ring.json")
    let other = try KeyRing.generate(ambient: .simulated(seed: 77))
    #expect(
      try !KeyRingFile(path: path).create(
        KeyRingFormat.encode(other, nil, path: path), unique: "other"))
    #expect(try directory.read("ring.json") == first)
    #expect(try directory.files() == ["ring.json"])
  }

  @Test("a new version wraps from now on, and the old one still unwraps")
  func rotates() async throws {
    var (ring, _) = try open()
    let old = try await ring.holder.wrap([7], context: .sample)
    ring.addWrappingVersion()
    let both = directory.path("both.json")
    _ = try KeyRingFile(path: both).create(
      KeyRingFormat.encode(ring, nil, path: both), unique: "both")
    let holder = try open(both).ring.holder
    let new = try await holder.wrap([8], context: .sample)
    #expect([old.version, new.version] == [1, 2])
    #expect(try await holder.unwrap(old, context: .sample) == [7])
    #expect(try await holder.unwrap(new, context: .sample) == [8])
  }

  @Test("data knows its ring, and once a newer version is in use, an older copy is refused")
  func check() async throws {
    var (ring, _) = try open()
    let database = try Database.open(directory: directory.path("data"))
    try await database.migrate()
    let (older, path) = (ring, path)
    for _ in 0..<2 { try await ring.check(against: database, path: path) }
    let other = try KeyRing.generate(ambient: .simulated(seed: 77))
    await #expect(throws: KeyRingError.other(path: path)) {
      try await other.check(against: database, path: path)
    }
    ring.addWrappingVersion()
    for _ in 0..<2 { try await ring.check(against: database, path: path) }
    await #expect(throws: KeyRingError.other(path: path)) {
      try await older.check(against: database, path: path)
    }
    try await database.close()
  }

  @Test("a replacement is whole, keeps mode and links, and leaves nothing else behind")
  func replaces() throws {
    _ = try open()
    symlink(path, directory.path("alias.json"))
    let alias = directory.path("alias.json")
    let file = KeyRingFile(path: alias)
    var ring = try #require(try KeyRingFormat.open(file, nil, ambient))
    ring.addWrappingVersion()
    // What a crash has left of another replacement; the next start removes it.
    try directory.write([1], to: ".ring.json.new-dead")
    try file.replace(KeyRingFormat.encode(ring, nil, path: alias), unique: "u")
    var status = stat()
    #expect(lstat(alias, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    file.release()
    #expect(try open().ring.wrapping.map(\.number) == [1, 2])
    #expect(try directory.files() == ["ring.json"])
  }

  @Test("a ring that is in use is refused to a second one, also after it was replaced")
  func locks() async throws {
    let keeper = try KeyRingKeeper(
      path: path, outside: directory.path("data"), ambient: ambient)
    #expect(throws: KeyRingError.inUse(path: path)) { try open() }
    _ = try await keeper.add(2)
    #expect(throws: KeyRingError.inUse(path: path)) { try open() }
    #expect(throws: KeyRingError.inUse(path: path)) {
      try KeyRingKeeper.seal(path: path, from: nil, with: nil, ambient: ambient)
    }
    keeper.release()
    #expect(try open().ring.wrapping.count == 2)
  }

  @Test("a sealed ring opens with its passphrase alone, and holds nothing in the clear")
  func passphrase() async throws {
    let key = Data(try open().ring.wrapping[0].key.bytes).base64EncodedString()
    func seal(_ current: String?, _ new: String?) throws {
      try KeyRingKeeper.seal(
        path: path, from: try current.map(passphrase), with: try new.map(passphrase),
        ambient: ambient)
    }
    func keeper(_ text: String?) throws -> KeyRingKeeper {
      try KeyRingKeeper(
        path: path, outside: directory.path("data"), passphrase: try text.map(passphrase),
        ambient: ambient)
    }
    try seal(nil, "correct horse battery")
    var text = String(decoding: try directory.read("ring.json"), as: UTF8.self)
    #expect(text.hasPrefix("-----BEGIN AGE ENCRYPTED FILE-----"))
    #expect(!text.contains(key) && !text.contains("correct"))
    #expect(throws: KeyRingError.passphrase(path: path, .missing)) { try keeper(nil) }
    #expect(throws: KeyRingError.passphrase(path: path, .wrong)) { try keeper("battery") }
    #expect(throws: KeyRingError.passphrase(path: path, .wrong)) {
      try seal("battery", "a secret of some words")
    }
    do {
      // A version that is added is sealed as well.
      let keeper = try keeper("correct horse battery")
      #expect(keeper.isSealed)
      _ = try await keeper.add(2)
      let file = KeyRingFile(path: path)
      let again = try #require(try file.read())
      #expect(KeyRingFormat.isSealed(again))
      let ring = try KeyRingFormat.decode(
        again, passphrase("correct horse battery"), path: path, ambient: ambient)
      #expect(ring.wrapping.count == 2)
      // What added may hold it for another moment.
      keeper.release()
    }
    try seal("correct horse battery", "battery staple horse")
    #expect(throws: KeyRingError.passphrase(path: path, .wrong)) {
      try keeper("correct horse battery")
    }
    // A short one is none for a new seal. What one has sealed before there was a minimum opens, and goes on.
    let short = KeyRingError.passphrase(path: path, .short)
    #expect(throws: short) { try seal("battery staple horse", "fourteen chars") }
    let before = try KeyRing.openOrCreate(
      KeyRingFile(path: path), outside: directory.path("data"),
      passphrase: passphrase("battery staple horse"), ambient: ambient
    ).ring
    try KeyRingFile(path: path).replace(
      KeyRingFormat.encode(before, passphrase("x"), path: path), unique: "old")
    let third = try keeper("x")
    _ = try await third.add(3)
    third.release()
    #expect(try keeper("x").current.wrapping.map(\.number) == [1, 2, 3])
    try seal("x", "fifteen letters")
    try seal("fifteen letters", nil)
    text = String(decoding: try directory.read("ring.json"), as: UTF8.self)
    #expect(text.contains(key))
    #expect(throws: KeyRingError.passphrase(path: path, .notSealed)) { try keeper("x") }
    #expect(try keeper(nil).isSealed == false)
    #expect(try directory.files() == ["ring.json"])
  }

  @Test("a first start with a passphrase makes a sealed ring; one that is damaged is refused")
  func sealedFromTheStart() throws {
    let sealed = try KeyRing.openOrCreate(
      KeyRingFile(path: path), outside: directory.path("data"),
      passphrase: passphrase("a secret of some words"),
      ambient: ambient)
    #expect(sealed.created)
    let short = KeyRingFile(path: directory.path("short.json"))
    #expect(throws: KeyRingError.passphrase(path: short.path, .short)) {
      try KeyRing.openOrCreate(
        short, outside: directory.path("data"), passphrase: passphrase("fourteen chars"),
        ambient: ambient)
    }
    #expect(try directory.files() == ["ring.json"])
    var bytes = try directory.read("ring.json")
    #expect(KeyRingFormat.isSealed(bytes))
    bytes.removeLast(60)
    try directory.write(bytes, to: "ring.json")
    chmod(path, 0o600)
    #expect(throws: KeyRingError.format(path: path)) {
      try KeyRing.openOrCreate(
        KeyRingFile(path: path), outside: directory.path("data"),
        passphrase: passphrase("a secret of some words"),
        ambient: ambient)
    }
  }

  @Test("a file with a passphrase has one line, and is for its owner only")
  func passphraseFile() throws {
    let path = directory.path("passphrase")
    for (text, taken) in [
      ("secret\n", "secret"), ("secret", "secret"), ("sé crét\r\n", "sé crét"), (" x ", " x "),
    ] {
      try directory.write(text.utf8, to: "passphrase")
      chmod(path, 0o600)
      #expect(try KeyRingPassphrase(file: path).text == taken)
    }
    for text in ["", "\n", "a\nb", "a\n\n", "a\u{0}", "\u{7F}"] {
      try directory.write(text.utf8, to: "passphrase")
      chmod(path, 0o600)
      #expect(throws: KeyRingError.passphrase(path: path, .unusable), "\(text.debugDescription)") {
        try KeyRingPassphrase(file: path)
      }
    }
    chmod(path, 0o640)
    #expect(throws: KeyRingError.mode(path: path, mode: "640")) {
      try KeyRingPassphrase(file: path)
    }
    unlink(path)
    #expect(throws: KeyRingError.self) { try KeyRingPassphrase(file: path) }
    var dumped = ""
    let secret = try KeyRingPassphrase("correct horse", from: "test")
    dump(secret, to: &dumped)
    #expect(!"\(secret) \(String(reflecting: secret))\(dumped)".contains("horse"))
  }

  /// Cheap enough to be tried often.
  private func passphrase(_ text: String) throws -> KeyRingPassphrase {
    var passphrase = try KeyRingPassphrase(text, from: "test")
    passphrase.workFactor = 4
    return passphrase
  }

  @Test("descriptions and dumps show no key")
  func redacts() throws {
    let ring = try open().ring
    let key = Data(ring.wrapping[0].key.bytes)
    var dumped = ""
    dump(ring, to: &dumped)
    dump(ring.holder, to: &dumped)
    let text = "\(ring) \(String(reflecting: ring)) \(ring.holder) \(ring.wrapping[0])" + dumped
    #expect(!text.contains(key.base64EncodedString()))
    #expect(!text.contains("\(Array(key))"))
    #expect(!text.contains("BEGIN EVERPART"))
    #expect(text.contains("redacted"))
  }
}

extension KeyContext {
  static var sample: KeyContext {
    KeyContext(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_1", revision: "rev_1", file: "fil_1",
      record: ["payload_sha256": "00"])
  }
}
