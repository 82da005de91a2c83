import Foundation
import DynamoJournalHTTP
import TestSupport
import Testing

@Suite(
  "https:", .enabled(if: OpenSSL.path != nil, "needs the command openssl"), .timeLimit(.minutes(10)))
struct TLSTests {
  @Test("a self-signed certificate is refused, unless it is the authority that the client was given")
  func selfSigned() async throws {
    try await withTemporaryFolder { folder in
      let (certificate, key) = try await OpenSSL.makeCertificate(in: folder)
      let server = try await OpenSSL.Server(certificate: certificate, key: key, in: folder)
      let request = HTTPRequest.patient("GET", "https://127.0.0.1:\(server.port)/")
      try await withClient { client in
        let error = await failure(client, request)
        #expect(error?.kind == .tls)
        #expect(error?.mayHaveReachedServer == false)
      }
      try await withClient(authorities: certificate) { client in
        let reply = try await client.send(request)
        #expect(reply.status == 200)
        #expect(String(decoding: reply.body, as: UTF8.self).contains("s_server"))
        // The certificate is for 127.0.0.1 alone.
        let other = await failure(client, HTTPRequest.patient("GET", "https://localhost:\(server.port)/"))
        #expect(other?.kind == .tls)
      }
      withExtendedLifetime(server) {}
    }
  }

  @Test("a file of authorities that is missing is an error, not a free pass")
  func missingAuthorities() async throws {
    try await withTemporaryFolder { folder in
      let (certificate, key) = try await OpenSSL.makeCertificate(in: folder)
      let server = try await OpenSSL.Server(certificate: certificate, key: key, in: folder)
      try await withClient(authorities: folder.path + "/missing.pem") { client in
        let error = await failure(client, HTTPRequest.patient("GET", "https://127.0.0.1:\(server.port)/"))
        #expect(error?.kind == .tls)
      }
      withExtendedLifetime(server) {}
    }
  }

  @Test("the authorities come from the variables that curl reads, in its order")
  func variables() {
    let configuration = { HTTPClient.Configuration(environment: $0) }
    #expect(configuration([:]).certificateAuthorityFile == nil)
    #expect(configuration(["SSL_CERT_FILE": "/a"]).certificateAuthorityFile == "/a")
    #expect(configuration(["SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": "/b"]).certificateAuthorityFile == "/b")
    #expect(configuration(["SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": ""]).certificateAuthorityFile == "/a")
    #expect(configuration(["SSL_CERT_DIR": "/c"]).certificateAuthorityFolder == "/c")
    #expect(configuration(["SSL_CERT_DIR": "/c", "CURL_CA_BUNDLE": "/b"]).certificateAuthorityFolder == nil)
  }
}

/// The command openssl.
enum OpenSSL {
  static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    .map { "\($0)/openssl" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failure: Error {
    let arguments: [String]
  }

  /// A key and a certificate for 127.0.0.1 that it has signed itself.
  static func makeCertificate(in folder: URL) async throws -> (certificate: String, key: String) {
    let (certificate, key) = (folder.path + "/certificate.pem", folder.path + "/key.pem")
    let arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
      "-out",
      certificate, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
    ]
    let outcome = try await Shell.run(try command(), arguments)
    guard outcome.status == 0 else { throw Failure(arguments: arguments) }
    return (certificate, key)
  }

  /// `openssl s_server -www` on a free port of 127.0.0.1; it ends when it is let go of.
  final class Server {
    let port: Int
    private let process: Child

    /// - Parameter folder: for its output; the caller removes it.
    init(certificate: String, key: String, in folder: URL) async throws {
      let arguments = ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key]
      process = try await Child.start(try command(), arguments, scratch: folder.path)
      // It prints "ACCEPT 127.0.0.1:40123" once it listens.
      while true {
        let lines = try process.output().split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        if let line = lines.first(where: { $0.hasPrefix("ACCEPT ") }),
          let port = line.split(separator: ":").last.flatMap({ Int($0) })
        {
          self.port = port
          return
        }
        guard process.isRunning else { throw Failure(arguments: arguments) }
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    deinit { process.send(SIGKILL) }
  }

  private static func command() throws -> String {
    guard let path else { throw Failure(arguments: []) }
    return path
  }
}
