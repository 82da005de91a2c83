import SpartaJournal

/// Sparta's migrations, in the order of their numbers.
public enum SpartaMigrations {
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
    // `new` adds the next migration above this line.
  ]

  /// They as a catalog.
  package static let catalog = Catalog(all)
}
