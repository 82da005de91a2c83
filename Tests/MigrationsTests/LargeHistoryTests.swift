#if os(Linux)
  import Foundation
  import TestSupport
  import DynamoJournalTables
  import Testing

  @Suite("05_populate_validator_history, large")
  struct LargeHistoryTests {
    private static let validators = 100
    private static let entries = 150
    /// Bytes that each entry has beside what is read of it.
    private static let ballast = 20_000

    private static func address(_ validator: Int) -> String {
      Sparta.address("0x\(1_000 + validator)")
    }

    /// A reply of 300 MB; most of it is what other versions of the node may send along.
    private func write(_ path: String) throws -> Int {
      try Data().write(to: URL(fileURLWithPath: path))
      let file = try #require(FileHandle(forWritingAtPath: path))
      let proof = String(repeating: "ab", count: Self.ballast / 2)
      try file.write(contentsOf: Data(#"{"jsonrpc": "2.0", "id": 1, "result": {"stats": {"#.utf8))
      for validator in 0..<Self.validators {
        let history = (0..<Self.entries).map {
          #"{"slot": "\#($0)", "proof": "\#(proof)", "status": "attestation-sent"}"#
        }
        let text = #""\#(Self.address(validator))": {"history": [\#(history.joined(separator: ","))]}"#
        try file.write(contentsOf: Data(((validator == 0 ? "" : ",") + text).utf8))
      }
      try file.write(contentsOf: Data("}}}".utf8))
      let size = try file.offset()
      try file.close()
      return Int(size)
    }

    /// The largest size in memory that a process has had until its end, in kB.
    ///
    /// Looked at by a thread of its own, which gets its turn however busy the tests' own are.
    private func peak(of process: Int32) async -> Int {
      await withCheckedContinuation { continuation in
        Thread {
          var largest = 0
          // The figure only ever grows, so that the last look tells.
          while let size = Self.peakSoFar(of: process) {
            largest = max(largest, size)
            usleep(2_000)
          }
          continuation.resume(returning: largest)
        }.start()
      }
    }

    /// The same so far; nil once the process has ended.
    private static func peakSoFar(of process: Int32) -> Int? {
      let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line.flatMap { Int($0.filter(\.isNumber)) }
    }

    @Test("a reply of 300 MB is planned from in less than 200 MB of memory")
    func memory() async throws {
      try await withTemporaryFolder { folder in
        #expect(try write(folder + "/reply") > 300_000_000)
        let known: [Item] = (0..<Self.validators - 1).flatMap { validator in
          (0..<Self.entries).map {
            ["validatorAddress": .string(Self.address(validator)), "slot": .number(Int64($0))]
          }
        }
        let variables = [
          "VALIDATOR_HISTORY_TABLE_NAME": "history", "AZTEC_RPC_URL": "file://\(folder)/reply",
        ]
        let product = Product(in: folder, environment: variables)
        let lines = known.map { DynamoDBJSON.text($0) + "\n" }.joined()
        try lines.write(toFile: folder + "/known.jsonl", atomically: true, encoding: .utf8)
        try await product.succeed(
          "tables", "import", "history", "known.jsonl", "--key", "validatorAddress:S", "--sort", "slot:N")

        let arguments = ["run", "05_populate_validator_history", "--dry-run"]
        let child = try await product.start(arguments, scratch: try scratch(in: folder))
        async let peak = peak(of: child.processIdentifier)
        #expect(try await child.wait() == 0)
        let largest = await peak
        #expect(try child.output().contains("\(Self.entries) planned"))
        print("peak of 05 on 300 MB: \(largest) kB")
        #expect(largest > 10_000 && largest < 200_000)
      }
    }

    private func scratch(in folder: String) throws -> String {
      try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
      return folder + "/out"
    }
  }
#endif
