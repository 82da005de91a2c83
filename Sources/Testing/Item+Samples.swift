import DynamoJournalTables

extension AttributeMap {
  /// The attributes together with others, which win.
  public func with(_ more: AttributeMap) -> AttributeMap {
    var all = self
    for entry in more.entries { all[entry.name] = entry.value }
    return all
  }

  /// The attributes without some.
  public func without(_ names: Text...) -> AttributeMap {
    var rest = self
    for name in names { rest[name] = nil }
    return rest
  }
}
