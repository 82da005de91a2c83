import Foundation
import TestSupport
import Testing

@Suite("Files that the program keeps") struct FileTrustTests {
  private func run(_ product: Product, _ command: String...) async throws -> (status: Int32, errors: String) {
    let outcome = try await product.run(command)
    return (outcome.status, outcome.errors)
  }

  @Test("a journal's or a store's path that names no file is refused, and '~/' is the home folder")
  func paths() async throws {
    try await withOperators { data in
      let product = data.product()
      for path in [":memory:", "file:j.sqlite", "FILE:///tmp/j", "~other/j.sqlite", "~", "folder/", "j\u{1}"]
      {
        let journal = try await product.run("run", rekeying, "--journal=" + path)
        #expect(journal.status == 64, "\(path): \(journal.errors)")
        let store = try await product.run("tables", "list", "--target=local:" + path)
        #expect(store.status == 64, "\(path): \(store.errors)")
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: data.folder).allSatisfy { !$0.contains(":") })
      try await product.succeed("run", rekeying, "--dry-run", "--journal=~/sub/j.sqlite")
      #expect(FileManager.default.fileExists(atPath: data.folder + "/sub/j.sqlite"))
      #expect(!FileManager.default.fileExists(atPath: data.folder + "/~"))
      try await product.succeed("tables", "create", "toys", "--key", "id:S", "--target=local:~/sub/t.sqlite")
      #expect(FileManager.default.fileExists(atPath: data.folder + "/sub/t.sqlite"))
    }
  }

  @Test(
    "a journal and a store that others can write, that lead nowhere, or have a link beside them are refused")
  func hands() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      for file in ["journal.sqlite", "tables.sqlite"] {
        let path = data.folder + "/.sparta/" + file
        #expect(chmod(path, 0o666) == 0)
        let (status, errors) = try await run(product, "run", rekeying, "--dry-run")
        #expect([2, 4].contains(status) && errors.contains("chmod go-w .sparta/\(file)"), "\(errors)")
        #expect(chmod(path, 0o600) == 0)
        for sibling in ["-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: path + sibling)
          try write("precious", to: data.folder + "/victim")
          #expect(symlink(data.folder + "/victim", path + sibling) == 0)
          let (status, errors) = try await run(product, "run", rekeying, "--dry-run")
          #expect([2, 4].contains(status) && errors.contains("which is not a file"), "\(errors)")
          #expect(try String(contentsOfFile: data.folder + "/victim", encoding: .utf8) == "precious")
          try FileManager.default.removeItem(atPath: path + sibling)
        }
      }
      #expect(symlink("nowhere", data.folder + "/dangling") == 0)
      let (status, errors) = try await run(product, "run", rekeying, "--journal", "dangling")
      #expect(status == 4 && errors.contains("a link that leads nowhere"), "\(errors)")
      #expect(!FileManager.default.fileExists(atPath: data.folder + "/nowhere"))
      let store = try await run(
        product, "tables", "create", "toys", "--key", "id:S", "--target", "local:dangling")
      #expect(store.status == 2 && store.errors.contains("a link that leads nowhere"), "\(store.errors)")
    }
  }

  @Test("a link to a journal works, has the same lock, and a lock that is a link is not followed")
  func links() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      #expect(symlink(".sparta/journal.sqlite", data.folder + "/link.sqlite") == 0)
      try await product.succeed("run", rekeying, "--dry-run", "--journal", "link.sqlite")
      #expect(try await product.succeed("runs").split(separator: "\n").count >= 2)
      #expect(!FileManager.default.fileExists(atPath: data.folder + "/link.sqlite.lock"))
      let lock = data.folder + "/.sparta/journal.sqlite.lock"
      try write("precious", to: data.folder + "/victim")
      for makes in [symlink, link] as [(UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32] {
        try FileManager.default.removeItem(atPath: lock)
        #expect(makes(data.folder + "/victim", lock) == 0)
        let (status, errors) = try await run(product, "run", rekeying, "--dry-run")
        #expect(status == 4 && errors.contains("journal.sqlite.lock"), "\(errors)")
        #expect(try String(contentsOfFile: data.folder + "/victim", encoding: .utf8) == "precious")
      }
    }
  }

  @Test("an export into a file that anybody can read is warned of")
  func readable() async throws {
    try await withOperators { data in
      let product = data.product()
      for (mask, isWarned) in [("022", true), ("077", false)] {
        let words = "umask \(mask); rm -f out; '\(Product.path)' tables export \(source) > out"
        let outcome = try await Shell.run(
          "/bin/sh", ["-c", words], environment: product.environment, folder: data.folder)
        #expect(
          outcome.status == 0 && outcome.errors.contains("other users can read") == isWarned,
          "\(outcome.errors)")
      }
    }
  }

  @Test("text after the mark of its byte order is read: items, images, and a migration's file")
  func byteOrderMarks() async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      try write("\u{FEFF}{\"id\":{\"S\":\"1\"}}\n", to: folder + "/items.jsonl")
      try await product.succeed("tables", "import", "toys", "items.jsonl", "--key", "id:S")
      try write(
        "\u{FEFF}{\"table\":\"toys\",\"key\":{\"id\":{\"S\":\"1\"}},\"after\":null}\n",
        to: folder + "/images.jsonl")
      try await product.succeed("plan", "--from", "images.jsonl", "--reason", "r")
      try write(
        "\u{FEFF}name: 01_mark\nsummary: s\ntable: toys\nset: plan = 'free'\n", to: folder + "/01_mark.yaml")
      try await product.succeed("run", "./01_mark.yaml", "--dry-run")
    }
  }
}
