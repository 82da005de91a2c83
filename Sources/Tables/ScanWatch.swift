/// Finds a server that hands out pages in a circle, or ever new ones with nothing on them, so that a scan would never end.
///
/// One key is kept, and another one after twice as many pages, so that a circle of any length is found (Brent's algorithm)
/// and a scan of any size costs nothing.
/// Source: R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20 (1980), section 7
package struct ScanWatch: Sendable {
  /// DynamoDB looks at a megabyte for each page, so that even one without a page's worth of items is rare.
  private static let mostEmptyPages = 1_000

  private var kept: Key?
  private var emptyPages = 0
  private var pages = 0
  private var next = 1

  /// No page was seen.
  package init() {}

  /// Takes in a page.
  ///
  /// - Throws: `StoreError` when a page before it ended with the same key, or too many had nothing on them.
  package mutating func check(_ page: ScanPage, of table: String) throws(StoreError) {
    guard let lastKey = page.lastKey else { return }
    if lastKey == kept { throw Self.endless(table, "leads back to a page that was read already") }
    emptyPages = page.scannedCount == 0 ? emptyPages + 1 : 0
    guard emptyPages < Self.mostEmptyPages else {
      throw Self.endless(table, "had \(emptyPages) pages in a row without an item")
    }
    pages += 1
    guard pages == next else { return }
    kept = lastKey
    next *= 2
  }

  private static func endless(_ table: String, _ what: String) -> StoreError {
    StoreError(
      .unavailable, code: "UnreadableReply",
      "the scan of table '\(table)' \(what): check what stands at the endpoint, then go on")
  }
}
