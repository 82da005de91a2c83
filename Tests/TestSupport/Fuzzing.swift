import Foundation

/// Mutated inputs for whatever reads what others wrote.
///
/// They begin with the files of `Tests/Corpora/NAME`, among them every input that ever failed, and are mutated by a seeded
/// generator. Under `make test` they are few and always the same; with `FUZZ_SECONDS` they go on for that long from a seed
/// that is printed, or from `FUZZ_SEED`. The input at hand is kept in a file as long as it is worked on, so that one that
/// ends the process is found.
package struct Fuzzing {
  /// What an input did that no input may do.
  package struct Finding: Error, CustomStringConvertible {
    /// What it did.
    package let description: String

    /// A finding.
    package init(_ description: String) { self.description = description }
  }

  /// How long one input may take before the process is ended as hanging.
  private static let patience = 60.0
  /// Longer inputs are cut.
  private static let longest = 64 << 10

  private let name: String
  private let corpus: [[UInt8]]
  private let dictionary: [[UInt8]]
  private let fewInputs: Int

  /// A target.
  ///
  /// - Parameters:
  ///   - name: the folder in `Tests/Corpora`.
  ///   - tokens: what is put in, beside bytes.
  ///   - fewInputs: how many inputs the short form tries.
  package init(_ name: String, tokens: [String] = [], fewInputs: Int = 3_000) throws {
    self.name = name
    self.fewInputs = fewInputs
    let folder = CheckoutCopy.original + "/Tests/Corpora/" + name
    corpus = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .map { Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
    guard !corpus.isEmpty else { throw Finding("there is no corpus in \(folder)") }
    dictionary = tokens.map { Array($0.utf8) } + Self.usual
  }

  /// Tries inputs; what `body` throws ends it, and the input is kept in the folder of `TMPDIR` that is named.
  package func run(_ body: ([UInt8]) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["FUZZ_SECONDS"].flatMap(Double.init)
    let seed =
      environment["FUZZ_SEED"].flatMap(UInt64.init) ?? (seconds == nil ? 1 : UInt64.random(in: 0...(.max)))
    let record = try FuzzRecord(name, patience: Self.patience)
    var generator = SeededGenerator(seed: seed)
    let end = ContinuousClock.now + .seconds(seconds ?? 0)
    var tried = 0
    for input in corpus { try await attempt(input, record, &tried, body) }
    while seconds == nil ? tried < fewInputs : ContinuousClock.now < end {
      try await attempt(mutated(&generator), record, &tried, body)
    }
    record.finish()
    if seconds != nil { print("fuzzed \(name): \(tried) inputs, seed \(seed)") }
  }

  private func attempt(
    _ input: [UInt8], _ record: FuzzRecord, _ tried: inout Int, _ body: ([UInt8]) async throws -> Void
  ) async throws {
    record.begin(input)
    do { try await body(input) } catch {
      throw Finding("\(name), input \(tried), kept in \(record.path): \(error)")
    }
    tried += 1
  }
}

// MARK: Mutations

extension Fuzzing {
  /// Numbers and bytes at which readers turn.
  private static let usual =
    [
      "0", "-1", "-0", "1e999", "1E-400", "9223372036854775807", "9223372036854775808",
      "-9223372036854775808",
      "18446744073709551616", "4294967296", "0x10", "NaN", "null", "true", "[", "]", "{", "}", "\"", "\\",
      "\\u0000",
      "\\ud800", "\n", "\r\n", "\t", " ", ",", ":", "=", "#", "'", "`", "%00", "../", "\u{202E}", "\u{2028}",
      "é", "e\u{301}",
      "😀",
    ].map { Array($0.utf8) } + [
      [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0x1B, 0x5B],
    ]

  private func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    for _ in 0..<(1 << Int.random(in: 0...4, using: &random)) { mutate(&bytes, &random) }
    return Array(bytes.prefix(Self.longest))
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    guard !bytes.isEmpty else {
      bytes = dictionary[Int.random(in: 0..<dictionary.count, using: &random)]
      return
    }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let piece = place..<min(bytes.count, place + Int.random(in: 1...24, using: &random))
    switch Int.random(in: 0..<9, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(piece)
    case 3: bytes.insert(contentsOf: bytes[piece], at: place)
    case 4:
      bytes.insert(contentsOf: dictionary[Int.random(in: 0..<dictionary.count, using: &random)], at: place)
    case 5:
      bytes.replaceSubrange(piece, with: dictionary[Int.random(in: 0..<dictionary.count, using: &random)])
    case 6: splice(&bytes, at: place, &random)
    case 7:
      // The same again and again: depth, and sizes.
      let times = 1 << Int.random(in: 1...9, using: &random)
      bytes.insert(contentsOf: Array(repeatElement(bytes[piece], count: times).joined()), at: place)
    default: bytes.removeSubrange(place...)
    }
    if bytes.count > Self.longest { bytes.removeSubrange(Self.longest...) }
  }

  private func splice(_ bytes: inout [UInt8], at place: Int, _ random: inout SeededGenerator) {
    let other = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    guard !other.isEmpty else { return }
    bytes.replaceSubrange(place..., with: other[Int.random(in: 0..<other.count, using: &random)...])
  }
}

/// The input at hand, in memory that is a file: it is there when the process is not any more.
///
/// `@unchecked Sendable`: the lock guards what varies.
private final class FuzzRecord: @unchecked Sendable {
  private static let size = 128 << 10

  let path: String
  private let memory: UnsafeMutableRawPointer
  private let lock = NSLock()
  private var began: Date?

  init(_ name: String, patience: Double) throws {
    path = NSTemporaryDirectory() + "fuzz-\(name)-\(ProcessInfo.processInfo.processIdentifier)"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0, ftruncate(file, off_t(Self.size)) == 0,
      let mapped = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED
    else { throw Fuzzing.Finding("no file for the input at hand at \(path)") }
    close(file)
    memory = mapped
    watch(patience)
  }

  /// The number of its bytes as text, a line break, and the bytes.
  func begin(_ input: [UInt8]) {
    let head = Array("\(input.count)\n".utf8) + input
    head.withUnsafeBytes {
      memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
    }
    lock.withLock { began = Date() }
  }

  /// Nothing failed.
  func finish() {
    lock.withLock { began = nil }
    unlink(path)
  }

  private func watch(_ patience: Double) {
    Thread.detachNewThread { [weak self] in
      while let self {
        if let began = self.lock.withLock({ self.began }), Date().timeIntervalSince(began) > patience {
          fatalError("an input takes more than \(patience) s: \(self.path)")
        }
        Thread.sleep(forTimeInterval: 1)
      }
    }
  }

  deinit { munmap(memory, Self.size) }
}
