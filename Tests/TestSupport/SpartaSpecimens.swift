import SpartaJournal
import SpartaJournalTesting
import SpartaMigrations

// MARK: The specimens

extension MigrationSpecimen {
  /// All migrations of the catalog, in its order.
  package static let all = [
    testMigration, updateNodeOperators, migrateValidators, populateValidators, addWasSlashed,
    removeDiscordUsername, populateHistory, addWallet,
  ]

  private static let testMigration = MigrationSpecimen(
    TestMigration(), Sparta.settings(), planned: 5, plannedAgain: 5, writes: 5,
    tables: [(Sparta.oldTable(), [Sparta.anOperator("1")])])

  private static let updateNodeOperators = MigrationSpecimen(
    UpdateNodeOperators(), Sparta.settings(), planned: 4, writes: 4,
    tables: [
      (
        TableSpec(name: Sparta.old, key: Sparta.oldTable().key),
        [
          Sparta.anOperator("1", ["updatedAt": .number(5)]).without("isApproved"),
          Sparta.anOperator("2").without("isApproved"), Sparta.anOperator("3"),
        ]
      )
    ])

  /// One list is longer than a transaction takes.
  private static let migrateValidators = MigrationSpecimen(
    MigrateValidators(), Sparta.settings(), planned: 7 + 121, writes: 6,
    tables: [
      (
        Sparta.oldTable(),
        [
          listing("1", ["0xAa", "0xBb", "0xaA"]), listing("2", ["0xCc"]), listing("4", []),
          listing("5", (0..<120).map { "0x5-\($0)" }), Sparta.anOperator("3"),
        ]
      )
    ])

  private static let populateValidators = MigrationSpecimen(
    PopulateValidators(), Sparta.settings(), planned: 3, writes: 3,
    replies: [
      "validators": Sparta.onChain(["0xAa", "0xBB", "0xCc", "0xDd"]),
      "operators-1": Sparta.operators([("1", "0xaA"), ("2", "0xbb")], next: "t"),
      "operators-2": Sparta.operators([("3", "0xcc"), ("4", "0xDD")]),
    ],
    laterReplies: [
      "validators": Sparta.onChain(["0xEe"]), "operators-1": Sparta.operators([("8", "0xee")]),
      "operators-2": Sparta.operators([("9", "0xee")]),
    ],
    tables: [
      (
        Sparta.validatorsTable(),
        [
          Sparta.validatorItem("0xbB", "7"), Sparta.validatorItem("0xCc", "3"),
          Sparta.validatorItem("0xdd", nil),
        ]
      )
    ])

  private static let addWasSlashed = MigrationSpecimen(
    AddWasSlashedField(), Sparta.settings(), planned: 4, writes: 2,
    replies: ["validators": Sparta.onChain(["0xeE", "0xf1", "0xF2", "0xF3"])],
    laterReplies: ["validators": Sparta.onChain(["0xA1", "0xA2", "0xB1", "0xEe", "0xF1", "0xF2", "0xF3"])],
    tables: [
      (
        Sparta.oldTable(),
        [
          Sparta.anOperator("1"),
          Sparta.anOperator("2", ["isApproved": .bool(false), "wasSlashed": .bool(true)]),
          Sparta.anOperator("3"),
        ]
      ),
      (
        Sparta.validatorsTable(),
        [
          Sparta.validatorItem("0xA1", "1"), Sparta.validatorItem("0xA2", "1"),
          Sparta.validatorItem("0xB1", "2"), Sparta.validatorItem("0xEe", "1"),
          Sparta.validatorItem("0xF1", "3"), Sparta.validatorItem("0xF2", "3"),
          Sparta.validatorItem("0xF3", "3"),
        ]
      ),
    ])

  private static let removeDiscordUsername = MigrationSpecimen(
    RemoveDiscordUsername(), Sparta.settings(), planned: 2, writes: 2,
    tables: [
      (
        Sparta.oldTable(),
        [
          Sparta.anOperator("1", ["discordUsername": .string("ann")]),
          Sparta.anOperator("2", ["discordUsername": .null]), Sparta.anOperator("3"),
        ]
      )
    ])

  private static let populateHistory = MigrationSpecimen(
    PopulateValidatorHistory(),
    Sparta.settings([
      "VALIDATOR_HISTORY_TABLE_NAME": "history", "AZTEC_RPC_URL": "https://node.test/rpc",
    ]),
    planned: 2, writes: 2,
    replies: [
      "validators-stats": history(
        #""0xAb": {"history": [{"slot": "48211", "status": "sent"}, {"slot": 48212, "status": "sent"}]},"#
          + #""0xCd": {"history": [{"slot": 7, "status": "missed"}]}"#)
    ],
    laterReplies: ["validators-stats": history(#""0xAb": {"history": [{"slot": 9, "status": "sent"}]}"#)],
    tables: [
      (
        TableSpec(
          name: "history",
          key: KeySchema(
            partition: KeyAttribute("validatorAddress", .string), sort: KeyAttribute("slot", .number))),
        [
          [
            "validatorAddress": .string(Sparta.address("0xAb")), "slot": .number(48_212),
            "status": .string("other"),
            "timestamp": .number(1),
          ]
        ]
      )
    ])

  private static let addWallet = MigrationSpecimen(
    AddWalletToOperators(), Sparta.settings(options: [.createTarget]), planned: 5, writes: 3,
    replies: ["validators": Sparta.reply([Sparta.validator("0x1", "1"), Sparta.validator("0x2", "2")])],
    laterReplies: ["validators": Sparta.reply([Sparta.validator("0x9", "1")])],
    tables: [(Sparta.oldTable(), (1...3).map { Sparta.anOperator("\($0)") })])

  private static func listing(_ id: String, _ addresses: [String]) -> Item {
    Sparta.anOperator(id, ["validators": .list(addresses.map { .string($0) }), "updatedAt": .number(5)])
  }

  private static func history(_ stats: String) -> String {
    let whole = stats.replacing(/"(0x[0-9a-fA-F]{1,4})"/) { "\"\(Sparta.address(String($0.1)))\"" }
    return #"{"jsonrpc": "2.0", "id": 1, "result": {"stats": {\#(whole)}}}"#
  }
}
