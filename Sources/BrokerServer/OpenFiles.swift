import Glibc

/// How many files and connections this process may have open. A server that runs out of them cannot even
/// refuse politely, so it raises its limit and then takes no more connections than fit.
enum OpenFiles {
  /// Files that are open whatever the connections: the database, blobs, the log.
  static let reserve = 512

  /// Raises the limit as far as the system lets it for a number of connections, and returns how many of
  /// them fit.
  static func makeRoom(forConnections wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    let needed = rlim_t(wanted + reserve)
    if limit.rlim_cur < needed {
      let before = limit.rlim_cur
      limit.rlim_cur = min(limit.rlim_max, needed)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
        limit.rlim_cur = before
      }
    }
    let files = Int(clamping: limit.rlim_cur)
    return max(16, min(wanted, max(files - reserve, files / 2)))
  }
}
