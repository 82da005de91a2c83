import DynamoJournalProgram
import DynamoJournalClient
import Foundation
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What was found of a target, and what its tables can be looked at with.
struct TargetFindings {
  /// How the tables can be looked at.
  enum Access {
    case store(any TableStore)
    /// Not at all, and why.
    case none(since: String)
  }

  /// What permissions are tried with; the embedded store has none.
  struct Wire {
    let client: DynamoDBClient
    /// Whose credentials they are, where the server tells.
    let caller: CallerIdentity?
  }

  let checks: [Check]
  let access: Access
  var wire: Wire?
}

/// What the operating system says of files, without opening one.
enum FileFacts {
  /// Whether the file exists and may be written.
  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The nearest folder above that exists.
  static func folder(of path: String) -> String {
    var folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if folder.isEmpty { folder = "/" }
    return FileManager.default.fileExists(atPath: folder) ? folder : self.folder(of: folder)
  }

  /// Whether it is a folder in which files can be made.
  static func takesFiles(_ folder: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue
      && access(folder, W_OK | X_OK) == 0
  }

  /// Bytes that are free where the folder is.
  static func free(in folder: String) -> Int64? {
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return (facts?[.systemFreeSize] as? NSNumber)?.int64Value
  }
}

/// Looks at an embedded store.
enum LocalExamination {
  static func examine(_ path: String, _ name: String) -> TargetFindings {
    guard FileManager.default.fileExists(atPath: path) else {
      return failed(name, OpenTarget.missingStore(path).explanation, "there is no store")
    }
    let store: EmbeddedStore
    do { store = try EmbeddedStore(lookingAt: path) } catch {
      let words = (error as? StoreError).map { Explanation(cutting: $0.message) }
      return failed(name, words ?? Ending.explanation(error), "the store can't be opened")
    }
    let isWritable = FileFacts.isWritable(path) && FileFacts.takesFiles(FileFacts.folder(of: path))
    let check =
      isWritable
      ? Check(.target, of: name, .ok, "an embedded store that can be read and written")
      : Check(.target, of: name, .fail, "can't be written", remedy: "make the file and its folder writable")
    return TargetFindings(checks: [check], access: .store(store))
  }

  private static func failed(_ name: String, _ explanation: Explanation, _ reason: String) -> TargetFindings {
    TargetFindings(
      checks: [Check(.target, of: name, saying: explanation)], access: .none(since: reason))
  }
}
