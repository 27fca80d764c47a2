import CCurl

/// What the loop thread does: carry out commands, let libcurl work, answer what is done, look at the
/// clock, sleep.
///
/// Never leaves its thread. Every transfer that was started is answered exactly once: it is in
/// `transfers` until `finish`.
final class TransferRunner {
  private static let idleHandlesMax = 64
  private static let sleepMillisecondsMax = 60_000

  private let multi: UnsafeMutableRawPointer
  private let loop: TransferLoop
  private var transfers: [TransferTicket: Transfer] = [:]
  /// Handles to use again; making one costs more than a small request.
  private var idleHandles: [EasyHandle] = []
  private var nextCheck: TransferClock.Instant?

  init(_ multi: UnsafeMutableRawPointer, _ loop: TransferLoop) {
    self.multi = multi
    self.loop = loop
    let configuration = loop.configuration
    let limits = [
      (CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)),
      (CURLMOPT_MAX_HOST_CONNECTIONS, max(1, configuration.connectionsPerHostMax)),
      (CURLMOPT_MAXCONNECTS, max(1, configuration.idleConnectionsMax)),
    ]
    for (option, value) in limits { everpart_curl_multi_set_long(multi, option, value) }
  }

  /// Returns when the client was shut down and everything is answered.
  func run() {
    while true {
      let (commands, isClosed) = loop.take()
      for command in commands { carryOut(command) }
      if isClosed { break }

      var running: Int32 = 0
      let result = curl_multi_perform(multi, &running)
      finishDone()
      checkClocks()
      // Either failure would come back at once and for ever.
      guard result == CURLM_OK,
        curl_multi_poll(multi, nil, 0, sleepMilliseconds(), nil) == CURLM_OK
      else {
        finishAll(HTTPClientError(.failed, "libcurl cannot go on: no memory"))
        loop.shutdown()
        continue
      }
    }
    finishAll(HTTPClientError(.shutDown, "the client was shut down"))
    for handle in idleHandles { curl_easy_cleanup(handle.raw) }
  }

  private func carryOut(_ command: TransferLoop.Command) {
    switch command {
    case .start(let ticket, let request, let receiver):
      start(ticket, request, receiver)
    case .cancel(let ticket):
      guard let transfer = transfers[ticket] else { return }
      finish(transfer, .failure(HTTPClientError(.cancelled, "the task was cancelled")))
    case .resume(let ticket, let direction):
      guard let transfer = transfers[ticket] else { return }
      resume(transfer, direction)
    }
  }

  private func start(_ ticket: TransferTicket, _ request: HTTPRequest, _ receiver: Receiver) {
    guard !ticket.isCancelled else {
      receiver.refuse(HTTPClientError(.cancelled, "the task was cancelled"))
      return
    }
    guard let handle = idleHandles.popLast() ?? curl_easy_init().map(EasyHandle.init) else {
      receiver.refuse(HTTPClientError(.failed, "no memory for a transfer"))
      return
    }
    let policy = loop.configuration.addressPolicy
    let transfer = Transfer(ticket, request, receiver, policy, handle)
    transfers[ticket] = transfer
    do throws(HTTPClientError) {
      try transfer.configure(loop.configuration)
      guard curl_multi_add_handle(multi, handle.raw) == CURLM_OK else {
        throw HTTPClientError(.failed, "libcurl did not take the transfer")
      }
      schedule(transfer.clock, after: .now)
    } catch {
      finish(transfer, .failure(error))
    }
  }

  private func resume(_ transfer: Transfer, _ direction: TransferTicket.Direction) {
    // Before the call: libcurl may call back within it and pause again.
    switch direction {
    case .receiving: transfer.isReceivingPaused = false
    case .sending: transfer.isSendingPaused = false
    }
    transfer.clock.noteMovement()
    var pauses: Int32 = 0
    if transfer.isReceivingPaused { pauses |= CURLPAUSE_RECV }
    if transfer.isSendingPaused { pauses |= CURLPAUSE_SEND }
    let result = curl_easy_pause(transfer.handle.raw, pauses)
    if result != CURLE_OK { finish(transfer, transfer.outcome(of: result)) }
  }

  private func finishDone() {
    var result = CURLE_OK
    while let handle = everpart_curl_multi_next_done(multi, &result) {
      guard let context = everpart_curl_private(handle) else { continue }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      finish(transfer, transfer.outcome(of: result))
    }
  }

  /// Takes the transfer from libcurl, then answers. Resetting forgets every pointer into the transfer;
  /// connections and sessions stay with the multi handle.
  private func finish(_ transfer: Transfer, _ end: Result<Void, HTTPClientError>) {
    let handle = transfer.handle
    curl_multi_remove_handle(multi, handle.raw)
    curl_easy_reset(handle.raw)
    if idleHandles.count < Self.idleHandlesMax {
      idleHandles.append(handle)
    } else {
      curl_easy_cleanup(handle.raw)
    }
    transfers[transfer.ticket] = nil
    transfer.complete(end)
  }

  private func finishAll(_ error: HTTPClientError) {
    for transfer in Array(transfers.values) { finish(transfer, .failure(error)) }
  }
}

// Time.
extension TransferRunner {
  private func checkClocks() {
    guard let check = nextCheck else { return }
    let now = TransferClock.Instant.now
    guard now >= check else { return }
    nextCheck = nil
    for transfer in Array(transfers.values) {
      let error = transfer.clock.expired(
        now: now,
        bytesMoved: transfer.handle.bytesMoved,
        // A transfer that waits for a connection has nothing it could move.
        isHeldBack: transfer.isReceivingPaused || transfer.isSendingPaused || !transfer.isConnected
      )
      if let error {
        finish(transfer, .failure(error))
      } else {
        schedule(transfer.clock, after: now)
      }
    }
  }

  private func schedule(_ clock: TransferClock, after now: TransferClock.Instant) {
    guard let check = clock.nextCheck(after: now) else { return }
    nextCheck = nextCheck.map { min($0, check) } ?? check
  }

  private func sleepMilliseconds() -> Int32 {
    guard let nextCheck else { return Int32(Self.sleepMillisecondsMax) }
    let left = nextCheck - .now
    guard left > .zero else { return 0 }
    // Rounded up, or the last millisecond would be spent spinning.
    let milliseconds = Int64((left / .milliseconds(1)).rounded(.up))
    return Int32(min(milliseconds, Int64(Self.sleepMillisecondsMax)))
  }
}
