import CPlatform
import Glibc

/// The inside of a worker that has a converter: isolates this process, says so, gives the converter what comes
/// in and answers with what it has made. This process looks at neither.
struct ConverterMain {
  let converter: StepConverter
  let byteCount: Int
  let budget: WorkerBudget

  /// Runs it to its end; the exit code.
  func run(parent: Int32) -> Int32 {
    var has = everpart_confinement()
    guard everpart_isolate(parent, &has) == 0 else { return 3 }
    let confinement = WorkerConfinement(
      filter: has.filter, firstToGo: has.first_to_go, network: has.network, nobody: has.nobody)
    guard let line = try? StrictJSON.encode(confinement),
      WorkerMain.say(line + [UInt8(ascii: "\n")])
    else { return 4 }
    let (input, output) = (everpart_memory_file("part.step"), everpart_memory_file("part.stl"))
    guard input > STDERR_FILENO, output > STDERR_FILENO, receive(into: input) else { return 4 }
    let code = convert(input, output)
    guard code == 0 else { return code }
    return answer(from: output) ? 0 : 5
  }

  /// All that comes in, and no byte more than was announced.
  private func receive(into file: Int32) -> Bool {
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    var received = 0
    while true {
      let count = read(STDIN_FILENO, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 && received == byteCount }
      received += count
      guard received <= byteCount, WorkerMain.say(piece[..<count], to: file) else { return false }
    }
  }

  private func convert(_ input: Int32, _ output: Int32) -> Int32 {
    func pointers(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
      words.map { strdup($0) } + [nil]
    }
    let arguments = pointers(byteCount == 0 ? converter.idleArguments : converter.arguments)
    let hidden = pointers(converter.hidden)
    defer { (arguments + hidden).forEach { free($0) } }
    var limits = everpart_converter_limits(
      memory_bytes: UInt64(budget.memoryBytes), cpu_seconds: UInt64(budget.cpuSeconds),
      output_bytes: UInt64(budget.convertedBytesMax))
    return everpart_convert(arguments, input, output, hidden, &limits)
  }

  private func answer(from file: Int32) -> Bool {
    guard lseek(file, 0, SEEK_SET) == 0 else { return false }
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(file, &piece, piece.count)
      guard count > 0 else { return count == 0 }
      guard WorkerMain.say(piece[..<count]) else { return false }
    }
  }
}
