import ArgumentParser
import DynamoJournalTables

/// The design of a table, as options.
struct TableDesignOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The partition key, such as discordId:S. Types: S, N, B.", valueName: "name:type"))
  var key: String?

  @Option(help: ArgumentHelp("The sort key, such as slot:N.", valueName: "name:type"))
  var sort: String?

  @Option(
    name: .customLong("index"), parsing: .singleValue,
    help: ArgumentHelp(
      "An index, such as DiscordIdIndex=discordId:S or ByTime=id:S,time:N.", valueName: "index"))
  var indexes: [String] = []

  /// The specification that the options spell, or nil when there is no `--key`.
  func spec(named table: String) throws -> TableSpec? {
    guard let key else {
      guard sort == nil, indexes.isEmpty else {
        throw ValidationError("--sort and --index need --key, such as --key discordId:S")
      }
      return nil
    }
    let schema = KeySchema(partition: try attribute(key), sort: try sort.map(attribute))
    return TableSpec(name: table, key: schema, indexes: try indexes.map(index))
  }

  private func attribute(_ text: String) throws -> KeyAttribute {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let type = KeyType(rawValue: String(text[text.index(after: colon)...]))
    else { throw ValidationError("'\(text)' is not a key attribute: write NAME:TYPE with type S, N or B") }
    let name = text[..<colon]
    if KeyType.allCases.contains(where: { name.contains(":\($0.rawValue),") }) {
      throw ValidationError(
        "'\(text)' is two attributes: name the second one with --sort, such as --sort slot:N")
    }
    return KeyAttribute(Text(String(name)), type)
  }

  private func index(_ text: String) throws -> IndexSpec {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let attributes = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
    guard let name = parts.first, (1...2).contains(attributes.count) else {
      throw ValidationError(
        "'\(text)' is not an index: write NAME=ATTRIBUTE:TYPE or NAME=ATTRIBUTE:TYPE,ATTRIBUTE:TYPE")
    }
    let key = KeySchema(
      partition: try attribute(attributes[0]), sort: try attributes.dropFirst().first.map(attribute))
    return IndexSpec(name: name, key: key)
  }
}
