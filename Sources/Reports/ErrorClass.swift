import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents

extension ErrorClass {
  /// The classes under which a report groups what went wrong with a run.
  static let ofRuns: [ErrorClass] = [.validation, .api, .database, .data]

  /// The name in a heading.
  var heading: String {
    switch self {
    case .validation: "validation errors"
    case .api: "API errors"
    case .database: "database errors"
    case .data: "data errors"
    case .usage, .journal, .internal: "other errors"
    }
  }
}

extension ErrorClass {
  /// The class of a change that failed, by the code of its failure.
  init(failure code: String) {
    switch code {
    case "conflict": self = .data
    case "ValidationException", "ItemCollectionSizeLimitExceededException": self = .validation
    default: self = .database
    }
  }

  /// The class of why a run stopped; nil where nothing was wrong but the run's own end.
  init?(_ cause: InterruptedDetail.Cause) {
    switch cause {
    case .input: self = .api
    case .target: self = .database
    case .configuration: self = .validation
    case .signal, .died, .heldElsewhere: return nil
    }
  }

  /// The class of a finding; nil for those that are no errors.
  init?(_ category: NoteDetail.Category) {
    switch category {
    case .data, .conflict: self = .data
    case .skipped, .warning: return nil
    }
  }
}

extension DetailedReport {
  /// What stopped the run as a whole, with its class: an interruption, or a plan that was refused.
  var stops: [(class: ErrorClass, message: String)] {
    let interruption = run.interruption.flatMap { detail in
      ErrorClass(detail.cause).map { ($0, detail.message) }
    }
    let refusal = run.fold.plan?.refusal.map { (ErrorClass.validation, $0) }
    return [interruption, refusal].compactMap { $0 }
  }

  /// How many errors there are of each class: `[{"class": "validation", "count": 0}, …]`.
  var errorTally: JSONValue {
    .array(ErrorClass.ofRuns.map { ["class": .string($0.rawValue), "count": .number(count(of: $0))] })
  }

  private func count(of errorClass: ErrorClass) -> Int {
    let failed = failures.filter { ErrorClass(failure: $0.code) == errorClass }.reduce(0) { $0 + $1.count }
    let found = notes.filter { ErrorClass($0.category) == errorClass }.reduce(0) { $0 + $1.count }
    return failed + found + stops.filter { $0.class == errorClass }.count
  }
}
