import Foundation
import TestSupport
import Testing

/// What people type: the built program in a folder with three users and a folder of migrations.
@Suite("Commands with migrations in files") struct CommandTests {
  private static let users = """
    {"id":{"S":"1"},"email":{"S":"A@x"},"total":{"S":"12.5"}}
    {"id":{"S":"2"},"email":{"S":"B@x"},"plan":{"S":"pro"}}
    {"id":{"S":"3"},"email":{"S":"C@x"},"total":{"S":"oops"}}

    """
  private static let backfill = """
    name: 07_backfill
    summary: Gives every user a plan
    table: ${USERS_TABLE:-users}
    params:
      plan: {type: string, default: free}
    where: attribute_not_exists(plan)
    set: plan = $plan
    """

  /// Runs `body` in such a folder.
  private func withFolder(_ body: (Product, (String, String) throws -> Void) async throws -> Void)
    async throws
  {
    try await withTemporaryFolder { folder in
      let write = { (text: String, file: String) in
        let path = "\(folder)/\(file)"
        try FileManager.default.createDirectory(
          atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
      }
      let product = Product(in: folder)
      try write(Self.users, "users.jsonl")
      try write(Self.backfill, "migrations/07_backfill.yaml")
      try await product.succeed(
        "tables", "import", "users", "users.jsonl", "--key", "id:S", "--index", "ByEmail=email:S")
      try await body(product, write)
    }
  }

  /// Expects a refusal that leaves the tables as they are.
  private func expect(
    _ product: Product, _ arguments: [String], _ status: Int32, _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await product.export("users")
    let outcome = try await product.run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(try await product.export("users") == before, sourceLocation: sourceLocation)
  }

  @Test("a file is found by its name and by its path, and list and the order of runs know it")
  func found() async throws {
    try await withFolder { product, write in
      try write("table: users\nset: x = 1\n", "migrations/09_later.yml")
      let list = try await product.succeed("list")
      let names = list.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
      #expect(names.suffix(3) == ["06_add_wallet_to_operators", "07_backfill", "09_later"])
      #expect(list.contains("Gives every user a plan"))
      try await expect(product, ["run", "09_later", "--require-order"], 2, "05, 06 and 07 are not applied")
      try await product.succeed("run", "07_backfill", "--param", "plan=basic")
      #expect(try await product.export("users").joined().contains(#""plan":{"S":"basic"}"#))
      #expect(try await product.succeed("run", "./migrations/07_backfill.yaml").contains("nothing to do"))
      try write(Self.backfill + "\n# a word\n", "migrations/07_backfill.yaml")
      #expect(try await product.succeed("list").contains("changed since (version 1, other code)"))
      #expect(try await product.succeed("history", "users", "id=1").contains("07_backfill"))
      #expect(
        try await product.succeed("verify", "07_backfill").contains("2 changes are as the run left them"))
    }
  }

  @Test("a dry run is applied as it was planned when the file and the variable are gone")
  func gone() async throws {
    try await withFolder { product, write in
      try write("USERS_TABLE=users\n", ".env")
      try write(Self.backfill.replacing(":-users", with: ""), "migrations/07_backfill.yaml")
      let planned = try await product.run("run", "07_backfill", "--dry-run")
      #expect(planned.status == 0 && !planned.errors.contains("USERS_TABLE"), "\(planned.errors)")
      try FileManager.default.removeItem(atPath: product.folder + "/migrations")
      try FileManager.default.removeItem(atPath: product.folder + "/.env")
      try await product.succeed("resume", "latest", "--yes")
      #expect(try await product.succeed("show", "07_backfill").contains("2 planned, 2 applied"))
      try await product.succeed("rollback", "07_backfill", "--yes")
      #expect(!(try await product.export("users").joined().contains("free")))
    }
  }

  @Test("what can't be run is refused in one sentence and changes nothing")
  func refusals() async throws {
    try await withFolder { product, write in
      try write("table: users\nset: a = 1\n", "migrations/04_remove_discord_username_attribute.yaml")
      try write("name: 08_b\ntable: users\nset: a = 1\n", "migrations/08_a.yaml")
      try write("table: users\nset: a = 1\n", "migrations/10_c.yaml")
      try write("table: users\nset: a = 1\n", "migrations/10_c.json")
      try write("table: users\nset: a = sise(b)\n", "migrations/11_d.yaml")
      try write(String(repeating: "#", count: 300_000), "large.yaml")
      let cases: [([String], Int32, String)] = [
        (
          ["run", "04_remove_discord_username_attribute"], 2,
          "names both a migration of this program and the one in"
        ),
        (["run", "08_a"], 2, "migrations/08_a.yaml:1:7: the file is called '08_a' and names itself '08_b'"),
        (["run", "10_c"], 2, "stands in 'migrations/10_c.json' and 'migrations/10_c.yaml'"),
        (
          ["run", "11_d"], 2,
          "migrations/11_d.yaml:2:10: there is no function 'sise'; did you mean 'size'?\nset: a = sise(b)\n         ^^^^"
        ),
        (["run", "07_bakfill"], 64, "there is no migration '07_bakfill', did you mean '07_backfill'?"),
        (["run", "./nope.yaml"], 2, "there is no file './nope.yaml'"),
        (["run", "./migrations/"], 2, "is a folder"),
        (["run", "large.yaml"], 2, "larger than 256 KB"),
        (["run", "07_backfill", "--migrations", "nope"], 2, "there is no folder 'nope'"),
        (["run", "07_backfill", "--param", "plam=x"], 64, "has no parameter 'plam': did you mean 'plan'?"),
        (["run", "07_backfill", "--param", "plan"], 64, "--param takes a name and a value"),
        (["run", "test-migration", "--param", "a=1"], 64, "test-migration has no parameter 'a'"),
        (["run", "test-migration", "--segments", "2"], 64, "leave out --segments"),
        (["run", "07_backfill", "--create-target"], 64, "has no option --create-target"),
      ]
      for (arguments, status, words) in cases { try await expect(product, arguments, status, words) }
      let doctor = try await product.run("doctor")
      #expect(doctor.status == 2)
      for words in [
        "migrations/08_a.yaml:1:7", "migrations/11_d.yaml:2:10", "of the first 3 items, 2 would change",
      ] {
        #expect(doctor.output.contains(words), "\(doctor.output)")
      }
      #expect(!(try await product.run("runs").output.contains("-20")), "a refused file was journaled")
    }
  }

  @Test("doctor tells of an index that an item would break")
  func doctorOfIndexes() async throws {
    try await withFolder { product, write in
      try write("table: users\nset: email = substr(email, 3)\n", "migrations/12_e.yaml")
      let outcome = try await product.run("doctor", "12_e")
      #expect(outcome.status == 2)
      #expect(outcome.output.contains("a key of index 'ByEmail', must not be empty"), "\(outcome.output)")
    }
  }

  @Test("a change is planned, journaled, resumed and undone")
  func change() async throws {
    try await withFolder { product, _ in
      let start = try await product.export("users")
      let typed = [
        "change", "--table", "users", "--where", "attribute_type(total, 'S')", "--set",
        "total = number(total)",
        "--expect", "attribute_type(total, 'N')", "--reason", "OPS-7",
      ]
      try await expect(product, typed, 2, "item id=3 of table 'users' can't be changed: 'number'")
      let planned = try await product.run(typed + ["--on-error", "note", "--dry-run"])
      #expect(planned.status == 0, "\(planned.errors)")
      try await product.succeed("resume", "latest", "--yes")
      #expect(try await product.export("users").joined().contains(#""total":{"N":"12.5"}"#))
      #expect(
        try await product.succeed("report", "change").contains("users id=3: the item was left as it is"))
      #expect(
        try await product.succeed("audit", "--migration", "change", "--format", "json").contains("OPS-7"))
      try await product.succeed("rollback", "change", "--yes")
      #expect(try await product.export("users") == start)
      let cases: [([String], Int32, String)] = [
        (
          ["--set", "a = sise(b)", "--reason", "x"], 64,
          "'--set', line 1, column 5: there is no function 'sise'; did you mean 'size'?\na = sise(b)\n    ^^^^"
        ),
        (["--set", "id = 'x'", "--reason", "x"], 64, "'id' is part of the table's key"),
        (["--set", "a = 1"], 64, "--reason is missing"),
        (["--reason", "x"], 64, "this changes nothing: add '--set'"),
        (["--put-item", "{a: 1}", "--reason", "x"], 64, "--put-item needs --put-into"),
        (["--delete-item", "--set", "a = 1", "--reason", "x"], 64, "'--delete-item' takes the item away"),
        (["--set", "a = 1", "--on-error", "x", "--reason", "x"], 64, "--on-error takes fail or note"),
        (["--set", "a = 1", "--max-changes", "1", "--reason", "x"], 2, "--max-changes allows 1"),
        (["--set", "a = 1", "--put-into", "nope", "--reason", "x"], 2, "there is no table 'nope'"),
      ]
      for (arguments, status, words) in cases {
        try await expect(product, ["change", "--table", "users"] + arguments, status, words)
      }
    }
  }

  @Test("new --yaml makes a file that can be read, and never two of one number")
  func new() async throws {
    try await withFolder { product, write in
      #expect(try await product.succeed("new", "08_x", "--yaml").contains("migrations/08_x.yaml"))
      try write("ITEMS_TABLE=users\n", ".env")
      #expect(try await product.succeed("doctor", "08_x").contains("of the first 3 items, 2 would change"))
      for (name, words) in [
        ("08_y", "the number 08 is taken by 08_x"), ("06_y", "the number 06 is taken"), ("08_x", "already"),
      ] {
        try await expect(product, ["new", name, "--yaml"], 2, words)
      }
    }
  }
}
