/// Finds a server that hands out pages in a circle, so that a scan of it would never end.
///
/// One key is kept, and another one after twice as many pages, so that a circle of any length is found (Brent's algorithm)
/// and a scan of any size costs nothing.
/// Source: R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20 (1980), section 7
package struct ScanWatch: Sendable {
  private var kept: Key?
  private var pages = 0
  private var next = 1

  /// No page was seen.
  package init() {}

  /// Takes in the key that a page ends with.
  ///
  /// - Throws: `StoreError` when a page before it ended with the same one.
  package mutating func check(_ lastKey: Key?, of table: String) throws(StoreError) {
    guard let lastKey else { return }
    if lastKey == kept {
      throw StoreError(
        .unavailable, code: "UnreadableReply",
        "the scan of table '\(table)' leads back to a page that was read already: check what stands at the endpoint, then go on"
      )
    }
    pages += 1
    guard pages == next else { return }
    kept = lastKey
    next *= 2
  }
}
