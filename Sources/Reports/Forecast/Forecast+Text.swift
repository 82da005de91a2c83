import DynamoJournalJSON

extension Forecast {
  /// A few aligned lines, each ended.
  var text: String {
    var sheet = FactSheet()
    sheet.add("write units", writeText)
    sheet.add("read units", readUnits > 0 ? Printable.number(readUnits) : nil)
    sheet.add("money", moneyText)
    sheet.add("time", timeText)
    sheet.add(
      "backups",
      backedUpTables > 0
        ? "\(Printable.size(backupBytes)) in \(Printable.count(backedUpTables, "table"))" : nil)
    sheet.add("journal", "grows by about \(Printable.size(journalBytes))")
    let title = isCharged ? "forecast" : "forecast (on DynamoDB; the embedded store counts no units)"
    return title + "\n" + sheet.text.indented("  ")
  }

  private var writeText: String {
    let parts = [
      indexUnits > 0 ? "\(Printable.number(indexUnits)) of them for indexes" : nil,
      transactionUnits > 0 ? "\(Printable.number(transactionUnits)) as transactions cost double" : nil,
    ].compactMap { $0 }
    let least = isLeast ? "at least " : ""
    return least + Printable.number(writeUnits) + (parts.isEmpty ? "" : ", " + parts.joined(separator: ", "))
  }

  private var moneyText: String? {
    switch money {
    case nil: nil
    case .dollars(let dollars, let prices):
      "\(Self.dollars(dollars)) at the on-demand prices of \(prices.region) since \(prices.since)"
    case .unknown(let region, let elsewhere, let prices):
      "no price is known for \(Printable.text(region)); in \(prices.region) it would be \(Self.dollars(elsewhere)) on demand"
    }
  }

  private var timeText: String? {
    guard isCharged else { return nil }
    guard let seconds, let pace else { return "as fast as the tables take it; --max-write-units sets a pace" }
    return "\(Printable.duration(seconds)) at \(Printable.number(Int(pace))) write units a second"
  }

  /// `$1.50`; less than a cent is said to be so.
  static func dollars(_ amount: Double) -> String {
    let cents = Int((amount * 100).rounded(.up))
    if amount < 0.01 { return "less than $0.01" }
    let rest = cents % 100
    return "$\(Printable.number(cents / 100)).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// The forecast for scripts; what is not known is null.
  package var json: JSONValue {
    var dollars: JSONValue = .null
    var prices: JSONValue = .null
    if case .dollars(let amount, let table) = money {
      dollars = .number(Printable.decimal(amount, digits: 4))
      prices = ["region": .string(table.region), "since": .string(table.since)]
    }
    return [
      "writeUnits": .number(writeUnits), "isLeast": .bool(isLeast), "indexUnits": .number(indexUnits),
      "transactionUnits": .number(transactionUnits), "readUnits": .number(readUnits), "dollars": dollars,
      "prices": prices, "seconds": seconds.map { .number(Printable.decimal($0, digits: 1)) } ?? .null,
      "maxWriteUnits": pace.map { .number(Printable.decimal($0, digits: 1)) } ?? .null,
      "backups": ["tables": .number(backedUpTables), "bytes": .number(backupBytes)],
      "journalBytes": .number(journalBytes),
    ]
  }
}
