import SpartaJournal

/// The operators of the API's pages, by wallet.
///
/// `{"operators": [{"discordId": "…", "walletAddress": "0x…"}], "nextPageToken": "…"}`, the token missing or null on the
/// last page.
struct APIOperators {
  /// One entry of a page.
  struct Entry {
    let discordID: String
    let wallet: String
  }

  /// What a page says.
  struct Page {
    let entries: [JSONValue]
    let nextToken: String?

    /// - Throws: `InputError` that says what was missing.
    init(_ input: CapturedInput) throws {
      let value: JSONValue
      do {
        var reader = try input.reader()
        value = try reader.readValue()
        _ = try reader.next()
      } catch let error as JSONError {
        throw input.unusable("it is not valid JSON: \(error)")
      }
      guard value.objectValue != nil else { throw input.unusable("it is not an object") }
      guard let operators = value["operators"] else { throw input.unusable("'operators' is missing") }
      guard let entries = operators.arrayValue else { throw input.unusable("'operators' is not an array") }
      self.entries = entries
      switch value["nextPageToken"] {
      case nil, .null?, .string("")?: nextToken = nil
      case .string(let token)?: nextToken = token
      default: throw input.unusable("'nextPageToken' is not a string")
      }
    }
  }

  /// Fetches all pages, and hands on their entries in order; nil for one that is no operator.
  static func forEach(_ planner: Planner, _ body: (Entry?) throws -> Void) async throws {
    let api = try SpartaAPI(planner.settings)
    var token: String?
    var seen: Set<String> = []
    repeat {
      let name = "operators-\(seen.count + 1)"
      let reply = try await planner.input(api.get("/api/operator/operators", as: name, pageToken: token))
      let page = try Page(reply)
      try page.entries.forEach { try body(entry($0)) }
      token = page.nextToken
      if let token, !seen.insert(token).inserted {
        throw reply.unusable("its 'nextPageToken' leads back to a page that was read already")
      }
    } while token != nil
  }

  private static func entry(_ value: JSONValue) -> Entry? {
    guard let id = value["discordId"]?.stringValue, let wallet = value["walletAddress"]?.stringValue,
      KeyLimits.isUsable(id), KeyLimits.isUsable(wallet)
    else { return nil }
    return Entry(discordID: id, wallet: wallet)
  }
}
