import Crypto
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalTables
import Foundation
import Mustache

/// A run as one HTML file that needs no network: it opens from the disk, wherever it is sent.
///
/// The page's parts are embedded in the program. Everything that the page shows comes through the template, which escapes it, or as
/// JSON through the script, which puts it into the page as text; a policy in the page lets no other script run.
struct PageReport {
  /// Where the changes go; no text of a report has it, since what is data is escaped.
  private static let dataPlace = "<!--the changes-->"

  private let report: DetailedReport

  init(_ report: DetailedReport) { self.report = report }

  /// Writes the page; `emit` gets it in pieces, in order.
  ///
  /// - Throws: `JournalError`, and what `emit` throws.
  func write(_ emit: (String) throws -> Void) async throws {
    let changes = try await ReportedChanges(report.journal, report.run.fold)
    let page = try await page(hasChanges: changes != nil)
    guard let changes, let place = page.firstRange(of: Self.dataPlace) else { return try emit(page) }
    try emit(String(page[..<place.lowerBound]))
    let data = PageData(tables: report.tally.map(\.table))
    try emit(data.head)
    var separator = ""
    try await changes.forEach(limit: PageData.mostChanges) {
      try emit(separator + data.row($0))
      separator = ",\n"
    }
    try emit(data.tail + page[place.upperBound...])
  }

  private func page(hasChanges: Bool) async throws -> String {
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    let template = try MustacheTemplate(
      string: String(decoding: PackageResources.report_mustache, as: UTF8.self))
    let all = report.run.fold.plan?.changes ?? 0
    var values = PageModel(report, script: script).values(
      notes: try await notes(), groups: try await groups(),
      changes: hasChanges && all > 0 ? .init(shown: min(all, PageData.mostChanges), all: all) : nil)
    values["style"] = String(decoding: PackageResources.report_css, as: UTF8.self)
    values["scriptDigest"] =
      "sha256-" + Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    values["data"] = Self.dataPlace
    return template.render(values)
  }

  // MARK: Tables

  private func groups() async throws -> [[String: Any]] {
    var groups: [[String: Any]] = []
    for group in report.failures { groups.append(Self.group(try await report.table(of: group))) }
    for table in report.figureTables { groups.append(Self.group(table)) }
    if let backups = report.backupTable { groups.append(Self.group(backups)) }
    return groups
  }

  private static func group(_ table: ReportTable) -> [String: Any] {
    var group: [String: Any] = [
      "title": table.title,
      "columns": table.columns.map { ["name": $0.name, "isNumber": $0.isNumber] as [String: Any] },
      "rows": table.rows.map { row in
        [
          "cells": zip(row, table.columns).map { text, column -> [String: Any] in
            column.isNumber ? ["text": text, "class": "n"] : ["text": text]
          }
        ]
      },
    ]
    group["more"] = table.more
    return group
  }

  private func notes() async throws -> [[String: Any]] {
    var notes: [[String: Any]] = []
    for tally in report.notes {
      var lines: [String] = []
      try await report.forEachShownNote(tally) { lines.append($0) }
      notes.append(["title": report.title(tally), "lines": lines, "isOpen": notes.isEmpty])
    }
    return notes
  }
}
