import Glibc
import TestSupport
import Testing

/// `seal` and `open` read ahead and write behind. Here are files of several of their blocks, and both ends
/// failing.
@Suite("Large files on the command line")
struct CommandLineFlowTests {
  /// Blocks are 2 MiB, and three of them go round.
  private static let plain: [UInt8] = {
    var random = SeededGenerator(seed: 43)
    return random.bytes((9 << 20) + 13)
  }()

  @Test("what several blocks hold comes back in order, through files and through pipes")
  func blocks() async throws {
    let folder = try CommandFolder()
    let (recipient, key) = (try await folder.key("key"), folder.path("key"))
    let file = try folder.files.write(Self.plain, to: "plain")
    let (sealed, back) = (folder.path("sealed"), folder.path("back"))
    _ = try await folder.run("seal", "-r", recipient, "-o", sealed, file).must()
    _ = try await folder.run("open", "-i", key, "-o", back, sealed).must()
    #expect(try folder.files.read("back") == Self.plain)
    // Exactly one block, and none of a full last chunk's bytes over it.
    let block = Array(Self.plain[..<(2 << 20)])
    let line = #"cat "$1" | "$0" seal -r "$2" | cat | "$0" open -i "$3" | cat"#
    for plain in [Self.plain, block] {
      let file = try folder.files.write(plain, to: "plain")
      #expect(try await folder.shell(line, file, recipient, key).must() == plain)
    }
  }

  @Test("plaintext of a pipe comes out as soon as it is authentic, before the pipe ends")
  func early() async throws {
    let folder = try CommandFolder()
    let (recipient, key) = (try await folder.key("key"), folder.path("key"))
    let file = try folder.files.write(Self.plain[..<300_000], to: "plain")
    let sealed = folder.path("sealed")
    _ = try await folder.run("seal", "-r", recipient, "-o", sealed, file).must()
    // The input stays open until the output has given the first three chunks.
    let line = #"""
      mkfifo "$2.in" "$2.out"
      "$0" open -i "$1" < "$2.in" > "$2.out" &
      open=$!
      exec 3> "$2.in" 4< "$2.out"
      # Written beside the reading: a pipe holds less.
      head -c 270000 "$2" >&3 &
      head -c 196608 <&4
      wait $!
      tail -c +270001 "$2" >&3 &
      exec 3>&-
      cat <&4
      wait $open
      """#
    #expect(
      try await folder.shell(line, key, sealed).must() == Array(Self.plain[..<300_000]))
  }

  @Test("an output that is a pipe takes the bytes and stays one; what a link leads to is replaced")
  func outputsThatAreThere() async throws {
    let folder = try CommandFolder()
    let (recipient, key) = (try await folder.key("key"), folder.path("key"))
    let file = try folder.files.write("a design".utf8, to: "plain")
    let sealed = folder.path("sealed")
    _ = try await folder.run("seal", "-r", recipient, "-o", sealed, file).must()
    let pipe = #"""
      mkfifo "$1.pipe"
      "$0" open -i "$2" -o "$1.pipe" "$1" &
      cat "$1.pipe"
      wait $! && test -p "$1.pipe"
      """#
    #expect(try await folder.shell(pipe, sealed, key).must() == Array("a design".utf8))
    _ = try folder.files.write("before".utf8, to: "target")
    let link = #"ln -s target "$1" && "$0" open -i "$2" -o "$1" "$3" && test -L "$1""#
    _ = try await folder.shell(link, folder.path("link"), key, sealed).must()
    #expect(try folder.files.read("target") == Array("a design".utf8))
  }

  @Test("a command that is killed in the middle leaves nothing under any name")
  func killed() async throws {
    let folder = try CommandFolder()
    let recipient = try await folder.key("key")
    let before = try folder.files.files()
    let input = folder.path("input")
    try #require(mkfifo(input, 0o600) == 0)
    let seal = try folder.start(["seal", "-r", recipient, "-o", folder.path("sealed"), input])
    // It reads when the pipe has another end, and its output is open before that.
    let pipe = open(input, O_WRONLY | O_CLOEXEC)
    try #require(pipe >= 0)
    let bytes = Array(Self.plain[..<(5 << 20)])
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(pipe, $0.baseAddress! + sent, bytes.count - sent) }
      try #require(count > 0)
      sent += count
    }
    seal.kill()
    close(pipe)
    #expect(try folder.files.files() == before)
  }

  @Test("an output that takes nothing more ends the command, and leaves no file")
  func brokenOutput() async throws {
    let folder = try CommandFolder()
    let (recipient, key) = (try await folder.key("key"), folder.path("key"))
    let file = try folder.files.write(Self.plain, to: "plain")
    let sealed = folder.path("sealed")
    _ = try await folder.run("seal", "-r", recipient, "-o", sealed, file).must()
    let before = try folder.files.files()
    for command in [#""$0" seal -r "$1" "$2""#, #""$0" open -i "$3" "$4""#] {
      let full = try await folder.shell(
        "\(command) > /dev/full", recipient, file, key, sealed)
      #expect(full.code == 1)
      #expect(full.errors == "everpart: standard output: No space left on device\n")
      // Nobody reads any more, while a silent input stays open.
      let gone = try await folder.shell(
        "{ \(command); echo $? >&2; } | head -c 5000 > /dev/null", recipient, file, key, sealed)
      #expect(gone.errors == "everpart: standard output: Broken pipe\n1\n")
    }
    // A limit on a file's size fails the write after some blocks.
    let cut = try await folder.shell(
      #"trap '' XFSZ; ulimit -f 8192; "$0" open -i "$1" -o "$2.new" "$2""#, key, sealed)
    #expect(cut.code == 1)
    #expect(cut.errors.hasSuffix("File too large\n"), "\(cut.errors)")
    #expect(try folder.files.files() == before)
  }
}
