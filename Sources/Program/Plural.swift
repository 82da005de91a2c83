/// Numbers with their nouns.
package enum Plural {
  /// `1 change`, `2 changes`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) " + (number == 1 ? singular : plural ?? singular + "s")
  }
}
