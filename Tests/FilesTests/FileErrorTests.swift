import Testing

@testable import DynamoJournalFiles

@Suite("What is wrong with a file is said in one sentence with its place") struct FileErrorTests {
  static let cases: [(text: String, sentence: String)] = [
    (
      "table: t\nwehre: a = 1\nset: a = 1\n",
      "x.yaml:2:1: there is no key 'wehre': did you mean 'where'?\nwehre: a = 1\n^^^^^"
    ),
    ("table: t\nput: {inot: u}\n", "x.yaml:2:7: there is no key 'inot' in 'put': did you mean 'into'?"),
    ("table: t\nset: a = 1\nset: b = 1\n", "x.yaml:3:1: the key 'set' stands here twice"),
    ("table: t\n\tset: a = 1\n", "x.yaml:2:1: a tab stands where YAML takes spaces alone"),
    ("table: &t users\nset: a = 1\n", "x.yaml:1:8: anchors and aliases are not used here"),
    ("table: t\nset: a = 1\nsummary: *x\n", "x.yaml:3:10: anchors and aliases are not used here"),
    ("table: !!str t\nset: a = 1\n", "x.yaml:1:8: tags such as !!str are not used here"),
    ("table: t\nset: [a, b]\n", "x.yaml:2:6: 'set' takes one text, not a list or keys"),
    ("table: t\ndeleteItem: 'true'\n", "x.yaml:2:13: 'deleteItem' takes true or false"),
    ("table: t\n? [a, b]\n: 1\n", "x.yaml:2:3: a key is a word"),
    ("table: t\nset: a = 1\n---\ntable: b\n", "x.yaml:4:1: a second document begins here"),
    ("table: t\nset: \"a = '\\ud83d\\ude00'\"\n", "x.yaml:2:"),
    ("{\"table\": \"t12\", \"set\": \"a = '\\ud83d'\"}", "half of a pair of surrogates is no character"),
    (
      "{\"table\": \"t12\", \"set\": \"a = '\\ud83d\\ude00', b = $nope\"}",
      "there is no variable '$nope'"
    ),
    ("table: t12\nadd: a 1\nset: a = 1\n", "'a' is changed twice, and an update changes a path once"),
    ("", "x.yaml:1:1: the file is empty"), ("# nothing\n", "x.yaml:1:1: the file is empty"),
    ("hello\n", "x.yaml:1:1: a migration takes keys and values"),
    ("table: t\nset: a = \u{7}1\n", "x.yaml:2:10: the character U+0007 has no place in a text"),
    ("table: t\nset: `my-attr` = 1\n", "x.yaml:2:6: in YAML a value can't begin with '`'"),
    (
      "table: t\nwhere: 'a' = b\nset: a = 1\n",
      "x.yaml:2:8: in YAML a value that begins with a quotation mark"
    ),
    ("table: t\nset: a = b: c\n", "x.yaml:2:11: in YAML a colon and a space begin a new value"),
    ("table: t\nset: \"a = 1\n", "x.yaml:2:6: the quotation mark that begins here is never closed"),
    ("set: a = 1\n", "'table' is missing"), ("table: t\nwhere: a = 1\n", "x.yaml:1:8: this changes nothing"),
    ("table: t\nset: a = 1\ndeleteItem: true\n", "x.yaml:3:13: 'deleteItem' takes the item away"),
    ("table: t\nset: a = 1\neach: b AS c\n", "x.yaml:3:7: 'each' makes a put for each element"),
    ("table: ${T\nset: a = 1\n", "x.yaml:1:8: 'table' is not the name of a table"),
    ("table: ${NOPE}\nset: a = 1\n", "x.yaml:1:8: NOPE is not set"),
    ("table: ${AWS_SECRET_ACCESS_KEY}\nset: a = 1\n", "x.yaml:1:8: AWS_SECRET_ACCESS_KEY holds a secret"),
    ("table: a b\nset: a = 1\n", "x.yaml:1:8: the table name 'a b' must be"),
    ("table: t12\nset: a = $nope\n", "x.yaml:2:10: there is no variable '$nope'"),
    ("table: t12\nset: a = $index\n", "x.yaml:2:10: there is no variable '$index'"),
    (
      "table: t12\nset: a = 1\nguard: {maxDeleteShare: 5}\n",
      "x.yaml:3:25: 'maxDeleteShare' takes a share from 0 to 1"
    ),
    ("table: t12\nset: a = 1\nguard: {maxChanges: 1.5}\n", "x.yaml:3:21: 'maxChanges' takes a whole number"),
    ("table: t12\nset: a = 1\nonError: stop\n", "x.yaml:3:10: 'onError' takes fail or note"),
    ("table: t12\nset: a = 1\nnote: [{where: a = 1}]\n", "x.yaml:3:8: a note has 'where' and 'text'"),
    ("table: t12\nset: a = 1\nenv: [A]\n", "x.yaml:3:6: 'env' is for a program"),
    ("table: t12\nexec: node x\n", "x.yaml:2:7: 'exec' takes a list"),
    ("table: t12\nset: a = 1\nexec: [x]\n", "x.yaml:3:7: 'exec' plans in place of expressions"),
    ("table: t12\nparams: {p: strin}\nset: a = 1\n", "x.yaml:2:13: 'strin' is not a type of parameters"),
    ("table: t12\nparams: {now: string}\nset: a = 1\n", "x.yaml:2:10: every run has a '$now' of its own"),
    (
      "table: t12\nparams: {n: {type: number, default: x}}\nset: a = 1\n",
      "x.yaml:2:37: the parameter 'n' is a number"
    ),
    ("name: a b\ntable: t12\nset: a = 1\n", "x.yaml:1:7: 'a b' is not a name for a migration"),
    ("table: t12\nput: {into: u12, set: a = b, c = d}\n", "a comma inside {…} begins the next key"),
  ]

  @Test("each of them", arguments: cases.indices)
  func errors(_ index: Int) {
    let (text, sentence) = Self.cases[index]
    let found = refusal(text)
    #expect(found.contains(sentence), "\(found)")
    // One sentence, and perhaps the place below it.
    #expect(
      [1, 3].contains(found.split(separator: "\n", omittingEmptySubsequences: false).count), "\(found)")
  }

  static let places: [(text: String, place: String)] = [
    ("where: sise(b) = 1", "3:8"), ("where: |\n  attribute_exists(a)\n  AND sise(b) = 1", "5:7"),
    ("where: >-\n  attribute_exists(a)\n\n  AND sise(b) = 1", "6:7"),
    ("where: attribute_exists(a)\n    AND sise(b) = 1  # why", "4:9"),
    ("where: \"x = \\u0027a\\u0027 AND sise(b) = 1\"", "3:31"),
    ("where: \"x = 1\n   AND sise(b) = 1\"", "4:8"), ("where: 'x = ''a'' AND sise(b) = 1'", "3:23"),
    ("where: 'é = ''😀'' AND sise(b) = 1'", "3:23"),
    ("put: {into: u12, item: {id: id, n: sise(b)}}", "3:36"),
    ("put:\n  into: u12\n  item:\n    id: id\n    n:\n      - sise(b)", "8:9"),
    ("put:\n  into: u12\n  item: {\"id\": \"id\", \"n\": \"sise(b)\"}", "5:28"),
  ]

  @Test(
    "an error in an expression is shown where it stands in the file, whatever the quoting",
    arguments: places.indices)
  func expressions(_ index: Int) {
    let (text, place) = Self.places[index]
    let found = refusal("table: t12\nremove: zzz\n\(text)\n")
    #expect(found.hasPrefix("x.yaml:\(place): there is no function 'sise'"), "\(found)")
    let lines = found.split(separator: "\n")
    let caret = lines.last?.prefix { $0 == " " }.count ?? 0
    #expect(
      lines.count == 3 && lines[1].unicodeScalars.dropFirst(caret).starts(with: "sise".unicodeScalars),
      "\(found)")
  }

  @Test("what a bomb of aliases would become is never worked out, and depth ends early")
  func bombs() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    var text = "table: t12\na: &a [x,x,x,x,x,x,x,x,x]\n"
    for (last, name) in zip(names, names.dropFirst()) {
      text += "\(name): &\(name) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ",") + "]\n"
    }
    #expect(refusal(text + "? *i\n: x\n").contains("anchors and aliases are not used here"))
    let deep = "table: t12\nset: " + String(repeating: "[", count: 100_000)
    #expect(refusal(deep).contains("nested too deeply"))
  }

  @Test("a byte order mark and the line ends of Windows are no fault")
  func marks() throws {
    #expect(try migration("\u{FEFF}table: t12\r\nset: a = 1\r\n").name == "x")
  }

  @Test("parameters are typed")
  func parameters() {
    let text = "table: t12\nparams: {n: number, b: {type: boolean, default: true}}\nset: a = $n, c = $b\n"
    #expect(refusal(text).contains("the parameter 'n' of x has no value: add --param n=…"))
    #expect(refusal(text, parameters: ["n": "abc"]).contains("the parameter 'n' of x is a number"))
    #expect(refusal(text, parameters: ["n": "1", "m": "1"]).contains("has no parameter 'm'"))
    #expect(
      refusal(text, parameters: ["n": "1", "b": "yes"]).contains("is a boolean: give it true or false"))
    #expect(refusal(text, parameters: ["n": "1"]) == "(none)")
  }
}
