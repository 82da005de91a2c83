import Foundation
import TestSupport

/// Stands where AWS is: a proxy on loopback that takes `CONNECT sts.….amazonaws.com:443`, speaks TLS under a certificate
/// of its own, and hands on what it hears to an emulator. So the program runs with the target `aws` as it does at its users'.
struct AmazonFront {
  let process: Child
  private let port: String
  private let folder: String

  /// The variables with which the program reaches it and nothing else.
  var environment: [String: String] {
    [
      "HTTPS_PROXY": "http://127.0.0.1:\(port)", "AWS_CA_BUNDLE": folder + "/certificate.pem",
      "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-2",
      "AWS_EC2_METADATA_DISABLED": "true", "SPARTA_TARGET": "aws",
    ]
  }

  /// The hosts that were asked for, each once, sorted.
  func hosts() throws -> [String] {
    Set(try process.errors().split(separator: "\n").map(String.init)).sorted()
  }

  /// - Parameter unreachable: what a host's name begins with when nobody answers for it.
  static func start(before emulator: String, unreachable: String = "nothing", in folder: String) async throws
    -> AmazonFront
  {
    try write(program, to: folder + "/front.py")
    let made = try await Shell.run(
      "/bin/sh",
      [
        "-c",
        """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout '\(folder)/key.pem' \
        -out '\(folder)/certificate.pem' -days 2 -subj /CN=front -addext "subjectAltName=\(names)"
        """,
      ])
    guard made.status == 0 else { throw UnexpectedEnd(outcome: made) }
    let process = try await Child.start(
      "/bin/sh", ["-c", "exec python3 '\(folder)/front.py' '\(folder)' '\(emulator)' '\(unreachable)'"],
      environment: ProcessInfo.processInfo.environment, folder: folder, scratch: folder)
    while true {
      if let port = try process.output().split(separator: "\n").first {
        return AmazonFront(process: process, port: String(port), folder: folder)
      }
      guard process.isRunning else { throw NoFront(errors: try process.errors()) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  struct NoFront: Error { let errors: String }

  private static let names = [
    "dynamodb.eu-west-2.amazonaws.com", "sts.eu-west-2.amazonaws.com",
    "dynamodb-fips.eu-west-2.amazonaws.com",
    "sts-fips.eu-west-2.amazonaws.com", "dynamodb.eu-west-2.api.aws", "sts.eu-west-2.api.aws",
    "sts.us-east-2.amazonaws.com", "dynamodb.us-east-2.amazonaws.com",
    "vpce-1.dynamodb.eu-west-2.vpce.amazonaws.com",
  ].map { "DNS:" + $0 }.joined(separator: ",")

  private static let program = """
    import socket, ssl, sys, threading
    folder, emulator, unreachable = sys.argv[1:4]
    host, port = emulator.split('//')[1].rstrip('/').split(':')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + '/certificate.pem', folder + '/key.pem')
    def copy(one, other):
        try:
            while True:
                data = one.recv(65536)
                if not data: break
                other.sendall(data)
        except OSError: pass
        for end in (one, other):
            try: end.shutdown(socket.SHUT_RDWR)
            except OSError: pass
    def serve(client):
        head = b''
        while b'\\r\\n\\r\\n' not in head:
            data = client.recv(4096)
            if not data: return client.close()
            head += data
        name = head.split()[1].decode().split(':')[0]
        print(name, file=sys.stderr, flush=True)
        if name.startswith(unreachable):
            client.sendall(b'HTTP/1.1 502 Bad Gateway\\r\\nContent-Length: 0\\r\\n\\r\\n')
            return client.close()
        client.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')
        try: secure = context.wrap_socket(client, server_side=True)
        except (OSError, ssl.SSLError): return client.close()
        upstream = socket.create_connection((host, int(port)))
        threading.Thread(target=copy, args=(secure, upstream), daemon=True).start()
        copy(upstream, secure)
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client = listener.accept()[0]
        threading.Thread(target=serve, args=(client,), daemon=True).start()
    """
}
