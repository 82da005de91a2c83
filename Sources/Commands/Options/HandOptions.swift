import ArgumentParser
import DynamoJournalAddresses
import DynamoJournalProgram
import DynamoJournalRunner

/// What watches over a run, and who is told of it.
struct HandOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hold while this command of the shell ends with 0; any other status lets the run go on.",
      valueName: "command"))
  var holdIf: String?

  @Option(help: ArgumentHelp("Run it every so many seconds. (default: 30)", valueName: "seconds"))
  var holdEvery: Double?

  @Option(
    help: ArgumentHelp(
      "Hold by itself from so many percent on of the requests that are refused for want of capacity or fail; or none. (default: 50)",
      valueName: "percent"))
  var holdAt: String?

  @Option(help: ArgumentHelp("Look at so many seconds for that. (default: 10)", valueName: "seconds"))
  var holdWindow: Double?

  @Option(
    help: ArgumentHelp(
      "Run this command of the shell at each event of the run, with JSON on its standard input.",
      valueName: "command"))
  var onEvent: String?

  @Option(
    help: ArgumentHelp(
      "Post to this address at each event, as Slack takes it. An option can be seen in the list of processes, a variable can't. (default: $\(Program.variable("NOTIFY")))",
      valueName: "url"))
  var notify: String?

  func validate() throws {
    for (name, seconds) in [("--hold-every", holdEvery), ("--hold-window", holdWindow)] {
      guard let seconds, !(0.1...86_400).contains(seconds) else { continue }
      throw ValidationError("\(name) must be from 0.1 seconds to a day")
    }
    if holdIf?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("--hold-if is empty: give a command")
    }
    if onEvent?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("--on-event is empty: give a command")
    }
    if holdEvery != nil && holdIf == nil { throw ValidationError("--hold-every needs --hold-if") }
    _ = try terms()
  }

  /// The bounds of holding by itself; nil for never.
  func terms() throws -> HealthRule.Terms? {
    guard let holdAt else { return HealthRule.Terms(window: holdWindow ?? 10) }
    if holdAt == "none" { return nil }
    guard let percent = Double(holdAt), percent > 0, percent <= 100 else {
      throw ValidationError("--hold-at must be a number of percent above 0 and up to 100, or none")
    }
    return HealthRule.Terms(share: percent / 100, window: holdWindow ?? 10)
  }

  /// Where to post; nil for nowhere. A variable counts from the environment alone: a file in a folder leads nothing away.
  ///
  /// - Throws: `Refusal` for an address that can't be read or would be sent to in the clear; none of it is told.
  func address(_ variables: Variables) throws -> WebAddress? {
    let name = Program.variable("NOTIFY")
    let known = variables.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    guard let text = notify ?? known else { return nil }
    let place = notify == nil ? name : "--notify"
    guard let address = try? WebAddress(text), address.scheme != .file else {
      throw Refusal("the address in \(place) can't be read", remedy: "write it as https://host/path")
    }
    if address.isPlainTextToAnotherMachine {
      throw Refusal(
        "the address in \(place) is plain http to another machine, and it is a secret",
        remedy: "use https")
    }
    return address
  }
}
