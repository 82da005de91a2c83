import DynamoJournalJSON

extension ItemReader {
  /// The item of an object that is whole; nil for one that holds items in members of its own, which wait then.
  ///
  /// - Parameter source: where it stands, which is how plain JSON is told to be converted.
  func object(_ bytes: [UInt8], from source: JSONForm.Source = .object) throws -> Item? {
    do { return try DynamoDBJSON.item(fromLine: bytes) } catch {
      return try otherObject(bytes, error, source)
    }
  }

  func item(_ bytes: [UInt8]) throws -> Item {
    do { return try DynamoDBJSON.item(from: bytes) } catch { throw self.error("\(error)") }
  }

  /// An object that is no item by itself.
  private func otherObject(_ bytes: [UInt8], _ flaw: DynamoDBJSONError, _ source: JSONForm.Source) throws
    -> Item?
  {
    guard let members = try? JSONValue(parsing: bytes).objectValue else { throw error("\(flaw)") }
    let names = Set(members.map(\.name))
    if names.isSubset(of: ["PutRequest", "DeleteRequest"]), !names.isEmpty { return try request(bytes) }
    if let form = JSONForm.named(names, file: file.typed, table: table) { throw refusal(form) }
    if let requests = members.first(where: { $0.name == "RequestItems" })?.value.objectValue {
      try wait(for: requests)
      return nil
    }
    // `get-item` says more than the item when it is asked to.
    if let inner = members.first(where: { $0.name == "Item" })?.value, inner.objectValue != nil,
      names.isSubset(of: ["Item", "ConsumedCapacity"])
    {
      return try item(inner.bytes())
    }
    if JSONForm.isPlain(members) { throw refusal(JSONForm.plain(file: file.typed, from: source)) }
    throw error("\(flaw)")
  }

  // MARK: Requests

  /// The item that a request puts.
  func request(_ bytes: [UInt8]) throws -> Item? {
    guard let members = try? JSONValue(parsing: bytes).objectValue else { throw error("it is not JSON") }
    return try item(try put(.object(members)).bytes())
  }

  private func put(_ request: JSONValue) throws -> JSONValue {
    if request["DeleteRequest"] != nil {
      throw error(
        "it is a DeleteRequest, and an import only puts items",
        remedy: "take the DeleteRequests out, and plan them with 'plan --from' or 'change --delete-item'")
    }
    guard let item = request["PutRequest"]?["Item"] else {
      throw refusal(JSONForm.plain(file: file.typed))
    }
    return item
  }

  /// The input of `batch-write-item` as one document.
  private func wait(for requests: [JSONValue.Member]) throws {
    for entry in requests {
      try expect(table: entry.name)
      waiting += try (entry.value.arrayValue ?? []).map { try put($0).bytes() }
    }
  }

  /// All requests of a file must be for one table: items of another would be written into the wrong one.
  func expect(table name: String) throws {
    if let other = requestedTable, other != name {
      throw error(
        "its requests are for the tables '\(other)' and '\(name)'",
        remedy:
          "write a file for each table: jq '{\"\(name)\": .[\"\(name)\"]}' \(ShellWord.text(file.typed))")
    }
    requestedTable = name
  }
}
