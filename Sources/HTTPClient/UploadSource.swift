import Glibc

/// Where the read callback takes the request's body from. Used on the loop thread only.
enum UploadSource {
  case none
  case file(FileUpload)
  case stream(StreamUpload)

  /// What one read came to.
  enum Step: Equatable {
    /// This many bytes were copied; 0 at the end.
    case copied(Int)
    /// Nothing is there yet; the source asks for a resumption when there is.
    case wait
    case failed(String)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
    switch self {
    case .none: .copied(0)
    case .file(let file): file.read(into: buffer)
    case .stream(let stream): stream.read(into: buffer)
    }
  }

  /// Goes back to the start, which libcurl asks for when a kept connection turns out to be closed.
  func rewind() -> Bool {
    switch self {
    case .none: true
    case .file(let file): file.rewind()
    case .stream(let stream): stream.isUntouched
    }
  }

  func cancel() {
    if case .stream(let stream) = self { stream.cancel() }
  }
}

/// Reads a file of the size it had at the start, on the loop thread: mostly from the page cache, and
/// at worst one read of the disk while other transfers wait.
final class FileUpload {
  let size: Int64
  private let descriptor: Int32
  private var offset: Int64 = 0

  init(path: String) throws(HTTPClientError) {
    // Without blocking: a named pipe would hold up the loop until someone wrote to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw HTTPClientError(.bodyFailed, "\(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw HTTPClientError(.bodyFailed, "\(path): not a regular file")
    }
    self.descriptor = descriptor
    self.size = Int64(status.st_size)
  }

  deinit {
    close(descriptor)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> UploadSource.Step {
    let wanted = min(Int64(buffer.count), size - offset)
    guard wanted > 0 else { return .copied(0) }
    while true {
      let count = pread(descriptor, buffer.baseAddress, Int(wanted), off_t(offset))
      if count > 0 {
        offset += Int64(count)
        return .copied(count)
      }
      if count == 0 { return .failed("the file became shorter than \(size) bytes") }
      if errno != EINTR { return .failed(String(cString: strerror(errno))) }
    }
  }

  func rewind() -> Bool {
    offset = 0
    return true
  }
}
