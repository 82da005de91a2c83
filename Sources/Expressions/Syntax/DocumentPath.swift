import DynamoJournalTables

/// A path such as `a.b[2]`.
///
/// Source: "Document paths" in
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html
struct DocumentPath: Hashable, Sendable {
  /// A step into a map or a list.
  enum Element: Hashable, Sendable {
    case name(Text)
    /// Counted from 0.
    case index(Int)
  }

  /// The attribute, or the name that `each` binds.
  var root: Text
  /// Whether the root is a name that `each` binds.
  var isBound = false
  var elements: [Element] = []

  /// What the path leads to, starting from the root's value; nil where it leads nowhere.
  func value(from root: AttributeValue?) -> AttributeValue? {
    guard var value = root else { return nil }
    for element in elements {
      switch (element, value) {
      case (.name(let name), .map(let map)):
        guard let member = map[name] else { return nil }
        value = member
      case (.index(let index), .list(let list)):
        guard index < list.count else { return nil }
        value = list[index]
      default: return nil
      }
    }
    return value
  }
}

extension DocumentPath: CustomStringConvertible {
  /// The path as it can be typed.
  var description: String {
    elements.reduce(DocumentPath.shown(root)) { text, element in
      switch element {
      case .name(let name): text + "." + DocumentPath.shown(name)
      case .index(let index): text + "[\(index)]"
      }
    }
  }

  private static func shown(_ name: Text) -> String {
    let isPlain = name.string.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
      default: false
      }
    }
    return isPlain && name.byteCount > 0 ? name.string : "`" + name.string.replacing("`", with: "``") + "`"
  }
}
