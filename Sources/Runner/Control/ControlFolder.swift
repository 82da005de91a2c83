import DynamoJournalEvents
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder beside a journal through which another process of the same user has a hand on the run at work: `<journal>.control`.
///
/// The process that holds the journal's lock makes it, writes `status` into it, and takes wishes (`*.wish`) out of it, each of
/// which it answers (`*.answer`). Each file is made whole under another name first, so that whoever is killed on the way leaves
/// nothing that is half a wish. The folder has mode 0700 and is looked at before it is used: who can't write it can't ask.
package struct ControlFolder: Sendable {
  /// The most bytes of a file that are read.
  private static let longest = 64 << 10
  /// The most wishes that are looked at in one turn.
  private static let mostWishes = 100

  /// Its path.
  package let path: String

  /// The folder of a journal.
  ///
  /// - Parameter journal: the journal's own path, links followed (`Journal.path`).
  package init(besideJournal journal: String) { path = journal + ".control" }

  /// A file of a wish that was taken in hand.
  struct Taken: Hashable, Sendable {
    let name: String
    let wish: ControlWish
  }

  // MARK: The process at work

  /// Makes the folder, and empties it of what a process that died has left. Only the holder of the journal's lock may.
  ///
  /// - Throws: `Refusal` when it can't be made, or somebody else could write it.
  func prepare() throws {
    if mkdir(path, 0o700) != 0, errno != EEXIST {
      throw Refusal("'\(path)' can't be made (\(String(cString: strerror(errno))))")
    }
    if let flaw = flaw(owner: [geteuid()]) { throw Refusal("'\(path)' \(flaw)") }
    for name in names { unlink(path + "/" + name) }
  }

  /// Removes the folder and all that is in it.
  func remove() {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  /// Writes how the run stands.
  func write(_ status: RunStatus) throws { try write(status, as: "status") }

  /// Takes the wishes in hand that are there, the oldest first.
  func takeWishes() -> [Taken] {
    let found = names.filter { $0.hasSuffix(".wish") }.sorted().prefix(Self.mostWishes)
    return found.compactMap { name in
      let taken = String(name.dropLast(".wish".count)) + ".taken"
      guard rename("\(path)/\(name)", "\(path)/\(taken)") == 0 else { return nil }
      guard let (read, owner) = read(ControlWish.self, taken) else {
        unlink("\(path)/\(taken)")
        return nil
      }
      var wish = read
      wish.by = wish.by.vouched(uid: owner)
      return Taken(name: String(name.dropLast(".wish".count)), wish: wish)
    }
  }

  /// Answers a wish.
  func answer(_ taken: Taken, _ answer: ControlAnswer) {
    // Whoever asked may be gone, and the folder with the disk: then nobody waits.
    try? write(answer, as: taken.name + ".answer")
    unlink("\(path)/\(taken.name).taken")
  }

  /// Whether there is an answer that a process which still lives has not read.
  var hasAnswersForTheLiving: Bool {
    names.contains { name in
      let words = name.split(separator: "-")
      guard name.hasSuffix(".answer"), words.count == 3, let asker = Int32(words[1]) else { return false }
      return kill(asker, 0) == 0 || errno == EPERM
    }
  }

  // MARK: Another process

  /// How the run stands; nil when no process writes that.
  var status: RunStatus? {
    flaw(owner: [geteuid(), 0]) == nil || geteuid() == 0 ? read(RunStatus.self, "status")?.0 : nil
  }

  /// Leaves a wish.
  ///
  /// - Returns: its name.
  func leave(_ wish: ControlWish) throws -> String {
    let name = "\(Timestamp.now())-\(getpid())-\(UInt32.random(in: .min ... .max))"
    try write(wish, as: name + ".wish")
    return name
  }

  /// Takes a wish back that nobody has taken in hand.
  ///
  /// - Returns: whether it is as if it had never been asked.
  func withdraw(_ name: String) -> Bool { unlink("\(path)/\(name).wish") == 0 }

  /// The answer to a wish, read once; nil while there is none.
  func takeAnswer(_ name: String) -> ControlAnswer? {
    guard let (answer, _) = read(ControlAnswer.self, name + ".answer") else { return nil }
    unlink("\(path)/\(name).answer")
    return answer
  }

  /// Why this user can't ask through it; nil when that is possible.
  var flawOfAsking: String? { flaw(owner: geteuid() == 0 ? nil : [geteuid()]) }

  // MARK: Files

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix("/") }
  }

  /// - Parameter owner: whose it must be; nil for anybody's.
  private func flaw(owner: [UInt32]?) -> String? {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return "is not there" }
    guard facts.st_mode & S_IFMT == S_IFDIR else { return "is not a folder: remove it" }
    if let owner, !owner.contains(facts.st_uid) { return "belongs to another user (uid \(facts.st_uid))" }
    return facts.st_mode & (S_IWGRP | S_IWOTH) == 0 ? nil : "can be written by others: remove it"
  }

  private func write(_ value: some Encodable, as name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = Array(try encoder.encode(value))
    let temporary = "\(path)/\(name).new-\(getpid())"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      throw Refusal("'\(temporary)' can't be written (\(String(cString: strerror(errno))))")
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      rest = rest.dropFirst(count)
    }
    close(file)
    guard rest.isEmpty, rename(temporary, "\(path)/\(name)") == 0 else {
      unlink(temporary)
      throw Refusal("'\(path)/\(name)' can't be written (\(String(cString: strerror(errno))))")
    }
  }

  /// Reads a plain file of this user's, or of root's, with its owner.
  private func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> (Value, UInt32)? {
    let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= Self.longest,
      facts.st_uid == geteuid() || facts.st_uid == 0 || geteuid() == 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    let count = bytes.withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress, $0.count) }
    guard count == bytes.count, let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
      return nil
    }
    return (value, facts.st_uid)
  }
}

extension OperatorAccount {
  /// The account whose file it is, with what it claims beside.
  fileprivate func vouched(uid: UInt32) -> OperatorAccount {
    uid == self.uid ? self : .of(uid: uid, claiming: self)
  }
}
