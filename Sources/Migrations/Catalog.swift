import Runner

/// All migrations, in the order of their numbers.
public enum Catalog {
  /// The migrations; the test comes first, as the first thing to run.
  public static let all: [any Migration] = [
    TestMigration(),
    UpdateNodeOperators(),
    MigrateValidators(),
    PopulateValidators(),
    AddWasSlashedField(),
    RemoveDiscordUsername(),
    PopulateValidatorHistory(),
    AddWalletToOperators(),
    // `sparta-journal new` adds the next migration above this line.
  ]

  /// The migration of exactly that name, or nil.
  public static func migration(named name: String) -> (any Migration)? { all.first { $0.name == name } }

  /// The migration of exactly that name.
  ///
  /// - Throws: `Refusal`, with the name that was probably meant: what was meant is never run unasked.
  public static func require(_ name: String) throws -> any Migration {
    if let found = migration(named: name) { return found }
    let hint = nearest(to: name).map { "did you mean '\($0)'?" } ?? "'sparta-journal list' names them all"
    throw Refusal("unknown migration '\(name)': \(hint)")
  }

  /// The name that was probably meant, or nil when nothing is near: by number, by a prefix of one name only, or by a
  /// few mistyped letters.
  public static func nearest(to typed: String) -> String? { nearest(to: typed, among: all.map(\.name)) }

  static func nearest(to typed: String, among names: [String]) -> String? {
    let wanted = typed.lowercased()
    guard !wanted.isEmpty else { return nil }
    if let number = Int(wanted.prefix { $0.isNumber }) {
      let numbered = names.filter { Int($0.prefix { $0.isNumber }) == number }
      if numbered.count == 1 { return numbered[0] }
    }
    let prefixed = names.filter { $0.lowercased().hasPrefix(wanted) }
    if prefixed.count == 1 { return prefixed[0] }
    let ranked = names.map { (name: $0, distance: EditDistance.between(wanted, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    // A third of the letters wrong is another word, not a slip.
    return best.distance <= max(1, best.name.count / 3) ? best.name : nil
  }
}

/// Levenshtein's distance: how many letters to insert, remove or replace to make one text of another.
enum EditDistance {
  static func between(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let replaced = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
