import DynamoJournalTables

/// Looks for bytes in bytes in linear time, whatever they are.
enum ByteSearch {
  /// Where the needle first begins at or after `start`; an empty needle is found at once.
  static func first(
    _ needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int? {
    if needle.isEmpty { return start <= hay.count ? start : nil }
    guard hay.count - start >= needle.count else { return nil }
    return needle.count <= short ? firstShort(needle, hay, start) : firstLong(needle, hay, start)
  }

  /// Needles up to here are compared at each place: that is bounded, and needs no table.
  private static let short = 16

  private static func firstShort(
    _ needle: UnsafeBufferPointer<UInt8>, _ hay: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    for place in start...(hay.count - needle.count) where hay[place] == needle[0] {
      var matched = 1
      while matched < needle.count, hay[place + matched] == needle[matched] { matched += 1 }
      if matched == needle.count { return place }
    }
    return nil
  }

  /// Knuth, Morris and Pratt: no byte of the hay is looked at twice.
  private static func firstLong(
    _ needle: UnsafeBufferPointer<UInt8>, _ hay: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    let borders = borders(of: needle)
    var matched = 0
    for place in start..<hay.count {
      while matched > 0, hay[place] != needle[matched] { matched = borders[matched - 1] }
      if hay[place] == needle[matched] { matched += 1 }
      if matched == needle.count { return place - matched + 1 }
    }
    return nil
  }

  /// For each start of the needle, how long its longest own start is that is also its end.
  private static func borders(of needle: UnsafeBufferPointer<UInt8>) -> [Int] {
    var borders = [Int](repeating: 0, count: needle.count)
    var length = 0
    for place in 1..<needle.count {
      while length > 0, needle[place] != needle[length] { length = borders[length - 1] }
      if needle[place] == needle[length] { length += 1 }
      borders[place] = length
    }
    return borders
  }

  /// Where the needle begins, again and again after its end; the needle must not be empty.
  static func all(_ needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>) -> [Int] {
    var places: [Int] = []
    var start = 0
    while let place = first(needle, in: hay, from: start) {
      places.append(place)
      start = place + needle.count
    }
    return places
  }

  /// Whether the bytes of one text are in another.
  static func contains(_ hay: Text, _ needle: Text) -> Bool {
    hay.withBytes { hay in needle.withBytes { first($0, in: hay) != nil } }
  }

  /// Whether some bytes are in others.
  static func contains(_ hay: [UInt8], _ needle: [UInt8]) -> Bool {
    hay.withUnsafeBufferPointer { hay in needle.withUnsafeBufferPointer { first($0, in: hay) != nil } }
  }
}

extension Text {
  /// Lends the UTF-8 bytes.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    // A text's storage is contiguous (see its initializer); the copy is for the compiler.
    if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(string.utf8).withUnsafeBufferPointer(body)
  }
}
