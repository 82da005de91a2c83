import Foundation
import DynamoJournalTables

/// The addresses among the settings: what can't be read is refused before anything is journaled, and a run that goes on
/// sends nothing to an address that only its journal names.
extension Settings {
  /// Refuses variables of the migration that are meant for an address and can't be read as one.
  ///
  /// - Throws: `Refusal` that names the variable, and nothing of its value.
  package func checkAddresses(of migration: some Migration) throws(Refusal) {
    for name in migration.variables.sorted() {
      guard let text = self[name], WebAddress.isMeant(by: text) else { continue }
      do throws(AddressError) { _ = try WebAddress(text) } catch {
        throw Refusal(
          "\(name) is not a URL that can be used (\(error)); nothing was journaled or sent",
          remedy: "correct it")
      }
    }
  }

  /// Refuses to go on planning when the environment does not name the addresses that the run was started with.
  ///
  /// - Throws: `Refusal` that shows both.
  static func checkAddresses(
    journaled: [String: String], migration: some Migration, current: [String: String]
  ) throws(Refusal) {
    for name in migration.variables.sorted() {
      let (then, now) = (journaled[name] ?? "", current[name] ?? "")
      let isAddress = WebAddress.isMeant(by: then) || WebAddress.isMeant(by: now)
      guard isAddress, !isFile(then), !isSame(now, as: then) else { continue }
      throw Refusal(
        "the run was started with \(name) \(named(then)), and the environment has \(named(now)); nothing was sent",
        remedy: "set \(name) to the address of the run, or start a new run")
    }
  }

  /// Whether it is a file of this machine, which nothing is sent to: a run keeps to the one that it was started with.
  static func isFile(_ text: String) -> Bool { (try? WebAddress(text))?.scheme == .file }

  private static func isSame(_ now: String, as then: String) -> Bool {
    guard !now.isEmpty, !then.isEmpty else { return now == then }
    guard let address = try? WebAddress(now) else { return false }
    return address.isShown(as: then)
  }

  /// What a journal has is shown already; it may have been written by anybody, so only an address's own form is repeated.
  private static func named(_ text: String) -> String {
    if text.isEmpty { return "not set" }
    if let secret = text.range(of: " [secret part ") {
      return WebAddress.shown(String(text[..<secret.lowerBound])) + text[secret.lowerBound...].prefix(23)
    }
    return SafeURL.text(text)
  }
}
