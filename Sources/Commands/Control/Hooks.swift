import DynamoJournalAddresses
import DynamoJournalEvents
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalPrograms
import DynamoJournalRunner

/// Tells others what happens to a run, one event after the other, beside the work: whoever hangs or fails is warned of, and keeps
/// nobody waiting.
final class Hooks: Sendable {
  /// How long one may take.
  static let patience = Duration.seconds(10)
  /// How long all that is still to be told is waited for at the end; less long when somebody has asked to stop.
  private static let lastPatience = (usual: Duration.seconds(15), stopping: Duration.seconds(3))

  private let command: ShellCommand?
  private let address: WebAddress?
  private let client: HTTPClient?
  private let journal: Journal
  private let target: String
  private let warn: @Sendable (String) -> Void
  private let news: AsyncStream<HookEventDraft>.Continuation
  private let stream: AsyncStream<HookEventDraft>

  /// What is still to be made an event.
  struct HookEventDraft: Sendable {
    let news: RunNews
    let state: RunState?
  }

  /// - Parameter warn: told what went wrong with a hook; never told an address.
  init(
    _ options: HandOptions?, _ variables: Variables, _ journal: Journal, target: String,
    warn: @escaping @Sendable (String) -> Void
  ) throws {
    command = options?.onEvent.map { ShellCommand($0) }
    address = try options?.address(variables)
    client = try address.map { _ in try HTTPClient(configuration: .init(environment: variables.values)) }
    self.journal = journal
    self.target = target
    self.warn = warn
    (stream, news) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1_000))
  }

  private var isUsed: Bool { command != nil || address != nil }

  /// Takes in what happened.
  func tell(_ event: RunNews, state: RunState? = nil) {
    if isUsed { news.yield(HookEventDraft(news: event, state: state)) }
  }

  /// Begins to tell.
  func start() -> Task<Void, Never> {
    Task {
      for await draft in stream {
        if Task.isCancelled { return }
        await pass(draft)
      }
    }
  }

  /// Waits until all is told, but not for long.
  func finish(_ work: Task<Void, Never>, isStopping: Bool) async {
    news.finish()
    let bound = Task {
      try await Task.sleep(for: isStopping ? Self.lastPatience.stopping : Self.lastPatience.usual)
      work.cancel()
    }
    await work.value
    if work.isCancelled {
      warn("hooks took too long at the end: what they were still to be told is left out")
    }
    bound.cancel()
    await client?.shutdown()
  }

  private func pass(_ draft: HookEventDraft) async {
    let run = draft.news.status.run
    let fold: RunFold? = if let run { try? await journal.run(named: run) } else { nil }
    let event = HookEvent(
      news: draft.news, migration: fold?.started.migration, target: target, state: draft.state)
    async let ran: Void = runCommand(event)
    async let posted: Void = post(event)
    _ = await (ran, posted)
  }

  private func runCommand(_ event: HookEvent) async {
    guard let command else { return }
    let name = event.news.event.rawValue
    switch await command.run(
      Array((event.json.text() + "\n").utf8), within: Self.patience, keepsOutput: false)
    {
    case .ended(0, _): break
    case .ended(let status, _):
      warn("the command of --on-event ended with \(status) for '\(name)': the run goes on without it")
    case .timedOut:
      warn(
        "the command of --on-event took longer than 10 s for '\(name)' and was ended: the run goes on without it"
      )
    case .notStarted: warn("the command of --on-event could not be started: the run goes on without it")
    }
  }

  private func post(_ event: HookEvent) async {
    guard let address, let client else { return }
    let body = Array((["text": .string(event.slackText)] as JSONValue).text().utf8)
    let request = HTTPRequest(
      "POST", address.url, headers: [("Content-Type", "application/json")], body: body,
      connectTimeout: .seconds(5), totalTimeout: Self.patience, stallTimeout: Self.patience,
      maximumBodyBytes: 64 << 10)
    let place = address.server?.authority ?? ""
    do throws(HTTPError) {
      let reply = try await client.send(request)
      if !(200..<300).contains(reply.status) {
        warn("\(place) answered a notification with status \(reply.status): the run goes on without it")
      }
    } catch {
      // Only the kind of trouble: libcurl's own words could have the address in them.
      warn(
        "\(place) took no notification (\(HTTPError(error.kind, host: "").explanation.problem)): the run goes on without it"
      )
    }
  }
}
