import CDynamoJournalCurl

/// The loop of the driver's thread: the only place that touches libcurl's multi and easy handles.
final class DriverLoop {
  private let multi: UnsafeMutableRawPointer
  private let inbox: Inbox
  private let configuration: HTTPClient.Configuration
  private var waiting = Queue<Transfer>()
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]

  init(multi: UnsafeMutableRawPointer, inbox: Inbox, configuration: HTTPClient.Configuration) {
    self.multi = multi
    self.inbox = inbox
    self.configuration = configuration
  }

  /// Returns once the inbox is closed and everybody who waited has an answer.
  func run() {
    Platform.blockBrokenPipeSignal()
    var failure: HTTPError?
    while failure == nil, inbox.isOpen {
      failure = turn()
    }
    tearDown(failure)
  }

  /// One round: what was asked, what arrived, what is done; then sleep, unless a connection came free.
  private func turn() -> HTTPError? {
    for command in inbox.take() { obey(command) }
    startWaiting()
    var running: Int32 = 0
    if let failure = failed(curl_multi_perform(multi, &running)) { return failure }
    guard !collectFinished() else { return nil }
    var code = CURLM_OK
    inbox.sleep { code = curl_multi_poll(multi, nil, 0, 10_000, nil) }
    return failed(code)
  }

  private func obey(_ command: Command) {
    switch command {
    case .start(let transfer):
      transfer.state = .waiting
      waiting.append(transfer)
      if transfer.isCancelled { end(transfer, with: .cancelled) }
    case .cancel(let transfer):
      transfer.isCancelled = true
      // The command to start a new one is still to come, and finds it cancelled.
      if case .new = transfer.state { return }
      end(transfer, with: .cancelled)
    case .cancelAll:
      for transfer in Array(active.values) + waiting.removeAll() { end(transfer, with: .cancelled) }
    case .resume(let transfer):
      guard case .active(let easy) = transfer.state else { return }
      let code = curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
      if code != CURLE_OK { end(transfer, code) }
    }
  }

  private func failed(_ code: CURLMcode) -> HTTPError? {
    guard code != CURLM_OK else { return nil }
    return HTTPError(
      .other(code: Int(code.rawValue)), host: "", detail: String(cString: curl_multi_strerror(code)))
  }
}

// MARK: Starting

extension DriverLoop {
  /// Starts what a connection is free for.
  ///
  /// libcurl could queue too, but then its clock for the total time-out would run while nothing can happen.
  private func startWaiting() {
    while active.count < configuration.maximumConnections, let transfer = waiting.popFirst() {
      // One that was cancelled while it waited has ended.
      if case .waiting = transfer.state { start(transfer) }
    }
  }

  private func start(_ transfer: Transfer) {
    do throws(HTTPError) {
      // Never one that was used before: to libcurl before 8.4 the first line of a reply's head, when it begins with a blank,
      // goes on with a header of the reply before, whose memory is free. Connections are kept by the multi handle.
      let easy = try EasyHandle()
      transfer.state = .active(easy)
      active[easy.pointer] = transfer
      try add(easy, transfer)
    } catch {
      finish(transfer, .failure(error))
    }
  }

  private func add(_ easy: EasyHandle, _ transfer: Transfer) throws(HTTPError) {
    do throws(CurlFailure) {
      try easy.prepare(transfer, configuration)
    } catch {
      throw self.error(transfer, easy, error.code)
    }
    if let failure = failed(curl_multi_add_handle(multi, easy.pointer)) { throw failure }
  }
}

// MARK: Ending

extension DriverLoop {
  private func collectFinished() -> Bool {
    var hasFinished = false
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let transfer = active[message.pointee.easy_handle] else {
        continue
      }
      hasFinished = true
      end(transfer, sj_message_result(message))
    }
    return hasFinished
  }

  private func end(_ transfer: Transfer, _ code: CURLcode) {
    guard case .active(let easy) = transfer.state else { return }
    if code == CURLE_OK {
      finish(transfer, .success(easy.facts(of: transfer)))
    } else {
      finish(transfer, .failure(error(transfer, easy, code)))
    }
  }

  private func end(_ transfer: Transfer, with kind: HTTPError.Kind) {
    finish(
      transfer,
      .failure(
        HTTPError(
          kind, host: transfer.target.host, mayHaveReachedServer: transfer.timesSent > 0,
          proxy: transfer.target.proxyShown)))
  }

  private func finish(_ transfer: Transfer, _ result: Result<ReplyFacts, HTTPError>) {
    if case .active(let easy) = transfer.state {
      active[easy.pointer] = nil
      curl_multi_remove_handle(multi, easy.pointer)
    }
    if case .ended = transfer.state { return }
    transfer.state = .ended
    transfer.sink.ended(result)
  }

  private func error(_ transfer: Transfer, _ easy: EasyHandle, _ code: CURLcode) -> HTTPError {
    let outcome = CurlOutcome(
      code: code, refusal: transfer.refusal, wasSent: transfer.timesSent > 0,
      hasReplyBegun: transfer.hasReplyBegun, elapsed: easy.facts(of: transfer).elapsed,
      totalTimeout: transfer.request.totalTimeout)
    return HTTPError(
      outcome.kind, host: transfer.target.host,
      detail: transfer.refusal == nil ? easy.message(for: code) : "", mayHaveReachedServer: outcome.wasSent,
      proxy: transfer.target.proxyShown)
  }

  /// Answers everybody, frees everything, then lets `shutdown` return.
  private func tearDown(_ failure: HTTPError?) {
    inbox.close()
    for command in inbox.take() {
      if case .start(let transfer) = command { waiting.append(transfer) }
    }
    let left = Array(active.values) + waiting.removeAll()
    for transfer in left {
      if let failure {
        finish(transfer, .failure(failure.about(transfer)))
      } else {
        end(transfer, with: transfer.isCancelled ? .cancelled : .shutDown)
      }
    }
    inbox.forgetMulti()
    curl_multi_cleanup(multi)
    inbox.ended()
  }
}

extension HTTPError {
  /// The same failure of libcurl as a whole, told of one transfer.
  fileprivate func about(_ transfer: Transfer) -> HTTPError {
    HTTPError(
      kind, host: transfer.target.host, detail: detail, mayHaveReachedServer: transfer.timesSent > 0,
      proxy: transfer.target.proxyShown)
  }
}
