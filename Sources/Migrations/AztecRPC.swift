import SpartaJournal

/// The L2 JSON-RPC endpoint.
struct AztecRPC: Sendable {
  /// What a reply has to repeat (https://www.jsonrpc.org/specification#response_object).
  static let requestID: JSONValue = 1

  /// The whole history of all validators is hundreds of megabytes, and grows.
  private static let largestReply = 2 << 30

  private let url: String
  private let isRemote: Bool

  /// - Throws: `Refusal` when `AZTEC_RPC_URL` is missing or no URL that can be read.
  init(_ settings: Settings) throws {
    guard let url = settings[Variable.rpcURL] else {
      throw Refusal(
        "\(Variable.rpcURL) is not set, and there is no default, since a public address can't be relied on",
        remedy: "set it to the L2 JSON-RPC endpoint in the environment or in .env")
    }
    let address: WebAddress
    do throws(AddressError) { address = try WebAddress(url) } catch {
      throw Refusal(
        "\(Variable.rpcURL) is not a URL that can be read (\(error))",
        remedy: "correct it")
    }
    self.url = address.url
    isRemote = address.scheme != .file
  }

  /// A call without parameters; a file is read as the reply.
  func call(_ method: String, as name: String) -> InputRequest {
    guard isRemote else {
      return InputRequest(
        name: name, url: url, maximumBytes: Self.largestReply, addressVariable: Variable.rpcURL)
    }
    let body: JSONValue = ["jsonrpc": "2.0", "id": Self.requestID, "method": .string(method), "params": []]
    return InputRequest(
      name: name, method: "POST", url: url, headers: [(name: "content-type", value: "application/json")],
      body: body.bytes(), maximumBytes: Self.largestReply, addressVariable: Variable.rpcURL)
  }
}

/// An error that a JSON-RPC server replied with.
///
/// Source: https://www.jsonrpc.org/specification#error_object
struct RPCFailure {
  private static let longestMessage = 200

  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  /// Code and message; a stranger's words are cut and kept on one line.
  var description: String {
    let code = value["code"]?.numberText ?? "unknown"
    let message = value["message"]?.stringValue ?? "no message"
    let line = message.unicodeScalars.prefix(Self.longestMessage).map {
      $0.properties.generalCategory == .control ? " " : String($0)
    }
    return "the server reports error \(code): \(line.joined())"
  }
}
