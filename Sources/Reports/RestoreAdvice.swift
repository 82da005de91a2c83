import DynamoJournalJSON
import DynamoJournalTables

/// What a restored table lacks, and the commands that put it back.
package struct RestoreAdvice: Sendable {
  /// A setting that the table had, in words.
  package let settings: [String]
  /// Commands for a shell that put settings back.
  package let commands: [String]
  /// What no command here puts back.
  package let remarks: [String]

  /// Advice for a table that was restored.
  ///
  /// - Parameters:
  ///   - settings: as stores give them (`TableStore.settings`, `settingsBeyondSpec`).
  ///   - source: the table that the backup was made of.
  ///   - options: those that take the `aws` command to the target; nil where it can't be used.
  package init(_ settings: [String: String], of source: String, to table: String, awsOptions options: String?)
  {
    let sorted = settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    self.settings = sorted.map { Printable.text("\($0.key) = \($0.value)") }
    guard let options else {
      (commands, remarks) = ([], [])
      return
    }
    let writer = CommandWriter(table: table, options: options, settings: settings)
    commands = writer.commands
    remarks =
      writer.remarks + [
        "auto scaling, alarms and policies belong to other services: see those of the table with "
          + "'aws application-autoscaling describe-scalable-targets --service-namespace dynamodb "
          + "--resource-ids \(ShellWord.text("table/" + source))'"
      ]
  }

  /// `{"settings": […], "commands": […], "remarks": […]}` as members.
  package var members: [JSONValue.Member] {
    [
      .init(name: "commands", value: .array(commands.map { .string($0) })),
      .init(name: "remarks", value: .array(remarks.map { .string($0) })),
    ]
  }
}

/// Writes the commands.
///
/// Source: https://docs.aws.amazon.com/cli/latest/reference/dynamodb/
private struct CommandWriter {
  let table: String
  let options: String
  let settings: [String: String]

  var commands: [String] {
    [timeToLive, tags, recovery, stream, throughput, encryption, tableClass, deletionProtection].compactMap {
      $0
    }
  }

  var remarks: [String] {
    let projections = named("projection.").map {
      "index \($0.name) projected \($0.value), and projects all attributes now"
    }
    let locals = named("localIndex.").map {
      "the local index \($0.name) (\($0.value)) can't be added to a table that exists"
    }
    let unread = settings["unread"].map { ["not read when the backup was made: \($0)"] } ?? []
    return (projections + locals + unread).map(Printable.text)
  }

  private func command(_ name: String, _ rest: String) -> String {
    "aws dynamodb \(name) \(options) --table-name \(ShellWord.text(table)) \(rest)"
  }

  private func named(_ prefix: String) -> [(name: String, value: String)] {
    settings.filter { $0.key.hasPrefix(prefix) }
      .map { (name: String($0.key.dropFirst(prefix.count)), value: $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private var timeToLive: String? {
    settings["timeToLive"].map {
      let words: JSONValue = ["Enabled": true, "AttributeName": .string($0)]
      return command("update-time-to-live", "--time-to-live-specification \(ShellWord.text(words.text()))")
    }
  }

  /// Tags of AWS's own can't be set by others.
  private var tags: String? {
    let own = named("tag.").filter { !$0.name.hasPrefix("aws:") }
    if own.isEmpty { return nil }
    let words = JSONValue.array(own.map { ["Key": .string($0.name), "Value": .string($0.value)] }).text()
    let name = ShellWord.text(table)
    return "aws dynamodb tag-resource \(options) --resource-arn \"$(aws dynamodb describe-table \(options) "
      + "--table-name \(name) --query Table.TableArn --output text)\" --tags \(ShellWord.text(words))"
  }

  private var recovery: String? {
    settings["pointInTimeRecovery"].map {
      let days = $0.split(separator: " ").first.flatMap { Int($0) }
      let period = days.map { ",RecoveryPeriodInDays=\($0)" } ?? ""
      return command(
        "update-continuous-backups",
        "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true" + period)
    }
  }

  private var stream: String? {
    settings["stream"].map {
      let view = $0 == "on" ? "" : ",StreamViewType=\($0)"
      return command("update-table", "--stream-specification " + ShellWord.text("StreamEnabled=true" + view))
    }
  }

  /// Table and indexes in one, since all of them change together.
  private var throughput: String? {
    settings["provisionedThroughput"].map {
      let indexes = named("provisionedThroughput.").map { index in
        "Update={IndexName=\(index.name),ProvisionedThroughput={\(index.value)}}"
      }
      let rest = indexes.map { " " + ShellWord.text($0) }.joined()
      return command(
        "update-table",
        "--billing-mode PROVISIONED --provisioned-throughput " + ShellWord.text($0)
          + (rest.isEmpty ? "" : " --global-secondary-index-updates" + rest))
    }
  }

  private var encryption: String? {
    settings["encryption"].map {
      command(
        "update-table",
        "--sse-specification " + ShellWord.text("Enabled=true,SSEType=KMS,KMSMasterKeyId=" + $0))
    }
  }

  private var tableClass: String? {
    settings["tableClass"].flatMap {
      $0 == "STANDARD" ? nil : command("update-table", "--table-class " + ShellWord.text($0))
    }
  }

  private var deletionProtection: String? {
    settings["deletionProtection"].map { _ in command("update-table", "--deletion-protection-enabled") }
  }
}
