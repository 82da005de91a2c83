import CDynamoJournalCurl
import DynamoJournalAddresses
import Foundation
import Logging

/// Sends requests over libcurl: many at once, by one thread of its own, over connections that are kept.
///
/// Certificates are always verified, redirects are never followed, and the proxy variables (`https_proxy`,
/// `no_proxy` …) work as ``ProxyRules`` says. Needs libcurl 7.87 or newer.
/// Call ``shutdown()`` to wait for the end; a client that is let go ends its thread too.
package final class HTTPClient: Sendable {
  /// The limits of a client.
  package struct Configuration: Sendable {
    /// The most connections, and so the most requests under way; others wait their turn in order.
    package var maximumConnections = 128
    /// A PEM file of authorities to trust, in place of libcurl's built-in file.
    ///
    /// libcurl's built-in folder, where it has one, stays trusted beside it.
    package var certificateAuthorityFile: String?
    /// A folder of authorities as `openssl rehash` makes it, in place of libcurl's built-in folder.
    package var certificateAuthorityFolder: String?
    /// The most bytes of a stream that wait for its reader.
    package var streamBufferBytes = 1 << 20

    /// Which requests go through a proxy.
    package var proxies: ProxyRules

    /// Proxies as the environment says; authorities from `CURL_CA_BUNDLE`, else `SSL_CERT_DIR` and `SSL_CERT_FILE`, as the tool curl reads them;
    /// else the system's.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
      proxies = ProxyRules(environment: environment)
      let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
      certificateAuthorityFile = value("CURL_CA_BUNDLE")
      guard certificateAuthorityFile == nil else { return }
      certificateAuthorityFile = value("SSL_CERT_FILE")
      certificateAuthorityFolder = value("SSL_CERT_DIR")
    }
  }

  let configuration: Configuration
  let inbox: Inbox
  private let logger: Logger?

  /// Starts the thread.
  ///
  /// A debug line per request goes to `logger`: method, host, path, status, bytes, time. Throws `HTTPError`
  /// if libcurl can't be set up.
  package init(configuration: Configuration = Configuration(), logger: Logger? = nil) throws(HTTPError) {
    var configuration = configuration
    configuration.maximumConnections = max(1, configuration.maximumConnections)
    configuration.streamBufferBytes = max(1, configuration.streamBufferBytes)
    self.configuration = configuration
    self.logger = logger
    inbox = try Self.startDriver(configuration)
  }

  deinit {
    inbox.close()
  }

  /// Ends all that is under way with `.shutDown`, ends the thread, and returns when it has let go of
  /// everything.
  ///
  /// Any number of calls do no harm; later requests are refused.
  package func shutdown() async {
    inbox.close()
    await inbox.waitForEnd()
  }

  /// Ends all that is under way, or waits for a connection, with `.cancelled`; later requests are taken as ever.
  package func cancelAll() {
    inbox.post(.cancelAll)
  }
}

// MARK: Requests

extension HTTPClient {
  /// Sends `request` and gathers the whole reply, of whatever status.
  ///
  /// Cancelling the task ends the transfer.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPReply {
    let target = try check(request)
    do throws(HTTPError) {
      let reply = try await reply(to: request, target)
      log(request, target, status: reply.status, bytes: reply.body.count, reply.elapsed)
      return reply
    } catch {
      log(request, target, error)
      throw error
    }
  }

  /// Sends `request` and returns once the reply's head is there; the body is read from the stream.
  ///
  /// `maximumBodyBytes` and `totalTimeout` hold for the stream too: raise them for large bodies.
  package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPStream {
    let target = try check(request)
    do throws(HTTPError) {
      let (facts, source) = try await open(request, target)
      log(request, target, status: facts.status, bytes: nil, facts.elapsed)
      return HTTPStream(facts, source: source, client: self)
    } catch {
      log(request, target, error)
      throw error
    }
  }

  /// Host and port of the proxy that requests to a URL go through and the variable that names it; nil for none.
  package func proxy(for url: String) -> String? { configuration.proxies.shown(for: url) }

  private func check(_ request: HTTPRequest) throws(HTTPError) -> Target {
    var target = try Target(parsing: request.url)
    try request.check(host: target.host)
    if let server = target.server { target.proxy = try configuration.proxies.proxy(for: server) }
    return target
  }

  private func reply(to request: HTTPRequest, _ target: Target) async throws(HTTPError) -> HTTPReply {
    guard target.scheme != .file else {
      let start = ContinuousClock.now
      let body = try FileReader(request, path: target.path).readAll()
      return HTTPReply(status: 200, body: body, timesSent: 0, elapsed: start.duration(to: .now))
    }
    let (facts, body) = try await collect(request, target)
    return HTTPReply(
      status: facts.status, headers: HTTPHeaders(parsing: facts.head), body: body,
      connectionsOpened: facts.connectionsOpened, timesSent: facts.timesSent, elapsed: facts.elapsed,
      proxy: target.proxyShown)
  }

  private func collect(
    _ request: HTTPRequest, _ target: Target
  ) async throws(HTTPError) -> (facts: ReplyFacts, body: [UInt8]) {
    let sink = CollectingSink()
    let transfer = Transfer(request, target: target, sink: sink)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        sink.continuation = continuation
        guard !inbox.post(.start(transfer)) else { return }
        sink.ended(.failure(HTTPError(.shutDown, host: target.host)))
      }
    } onCancel: {
      inbox.post(.cancel(transfer))
    }
    return try outcome.get()
  }

  private func open(
    _ request: HTTPRequest, _ target: Target
  ) async throws(HTTPError) -> (ReplyFacts, HTTPStream.Source) {
    guard target.scheme != .file else {
      return (ReplyFacts(status: 200), .file(try FileReader(request, path: target.path)))
    }
    let sink = BufferingSink(capacity: configuration.streamBufferBytes)
    let transfer = Transfer(request, target: target, sink: sink)
    let head = await withTaskCancellationHandler {
      await sink.head { inbox.post(.start(transfer)) }
    } onCancel: {
      inbox.post(.cancel(transfer))
    }
    guard let head else { throw HTTPError(.shutDown, host: target.host) }
    return (try head.get(), .network(sink, transfer))
  }
}

// MARK: Log

extension HTTPClient {
  private func log(_ request: HTTPRequest, _ target: Target, status: Int, bytes: Int?, _ elapsed: Duration) {
    logger?.debug(
      "http request",
      metadata: about(request, target).merging([
        "status": "\(status)", "bytes": "\(bytes.map(String.init) ?? "streamed")",
        "ms": "\(elapsed.curlMilliseconds)",
      ]) { $1 })
  }

  private func log(_ request: HTTPRequest, _ target: Target, _ error: HTTPError) {
    logger?.debug(
      "http request failed", metadata: about(request, target).merging(["error": "\(error)"]) { $1 })
  }

  /// Neither query nor headers: they may hold a key. A path may be one, too, unless the request says that it is not.
  func about(_ request: HTTPRequest, _ target: Target) -> Logger.Metadata {
    var about: Logger.Metadata = ["method": "\(request.method)", "host": "\(target.host)"]
    if request.isPathPublic { about["path"] = "\(target.path)" }
    if let proxy = target.proxy { about["proxy"] = "\(proxy.shown)" }
    return about
  }
}

// MARK: The thread

extension HTTPClient {
  /// Once per process, before any other call (`man curl_global_init`).
  private static let globalInit = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  private static func startDriver(_ configuration: Configuration) throws(HTTPError) -> Inbox {
    guard globalInit == CURLE_OK, let multi = curl_multi_init() else {
      throw HTTPError(
        .other(code: Int(CURLE_FAILED_INIT.rawValue)), host: "", detail: "libcurl can't be set up")
    }
    let most = configuration.maximumConnections
    for option in [CURLMOPT_MAX_TOTAL_CONNECTIONS, CURLMOPT_MAXCONNECTS] {
      let code = sj_multi_set_long(multi, option, most)
      guard code == CURLM_OK else {
        curl_multi_cleanup(multi)
        throw HTTPError(
          .other(code: Int(code.rawValue)), host: "", detail: "libcurl refused a limit of connections")
      }
    }
    let inbox = Inbox(multi: multi)
    let thread = Thread { inbox.drive(configuration) }
    thread.name = "http"
    thread.start()
    return inbox
  }
}
