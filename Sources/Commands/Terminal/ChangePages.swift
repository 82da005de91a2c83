import DynamoJournalEvents
import DynamoJournalReports

/// Changes of a plan for a person: through a pager on a terminal.
enum ChangePages {
  /// Every change of a run's plan, while the run waits at its question.
  static func show(_ journal: Journal, _ fold: RunFold) async throws {
    let chosen = ChosenChanges(try await PlanReader(journal, fold), ChangeFilter())
    try await show(chosen, EvenSpread(of: chosen.planned, among: chosen.planned), Colour(.auto))
  }

  /// Some changes, and how many they are of how many.
  static func show(_ chosen: ChosenChanges, _ spread: EvenSpread, _ colour: Colour) async throws {
    let pager = Pager.open()
    defer { pager?.close() }
    try await chosen.forEach(spread) { Console.answer(text: try ChangeLines.text($0), colour) }
    Console.answer("\(spread.taken) of \(Printable.count(chosen.planned, "change"))")
  }
}
