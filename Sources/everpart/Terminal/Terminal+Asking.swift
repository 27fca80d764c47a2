import Glibc

extension Terminal {
  /// What a person answers on the terminal, wherever the standard files lead; nil where there is none.
  ///
  /// - Parameter isHidden: whether what is typed stays off the screen.
  static func answer(to question: String, isHidden: Bool = false) -> String? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var before = termios()
    tcgetattr(terminal, &before)
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    if isHidden { tcsetattr(terminal, TCSAFLUSH, &silent) }
    defer { if isHidden { tcsetattr(terminal, TCSAFLUSH, &before) } }
    _ = question.withCString { Glibc.write(terminal, $0, strlen($0)) }
    var (line, byte): ([UInt8], UInt8) = ([], 0)
    while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    if isHidden { _ = Glibc.write(terminal, "\n", 1) }
    return String(decoding: line, as: UTF8.self)
  }
}
