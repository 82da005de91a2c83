/// Reads the parts of a time from the left.
struct TimeReader {
  var bytes: ArraySlice<UInt8>

  mutating func number(_ count: Int) -> Int? {
    let digits = bytes.prefix(count)
    guard digits.count == count, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
    bytes = bytes.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard bytes.first == UInt8(ascii: letter) else { return false }
    bytes = bytes.dropFirst()
    return true
  }

  mutating func timeOfDay() -> Int? {
    guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
      hour < 24, minute < 60, second < 60
    else { return nil }
    return hour * 3_600 + minute * 60 + second
  }

  mutating func fraction() -> [Int] {
    guard bytes.first == UInt8(ascii: "."),
      bytes.dropFirst().first.map({ $0 &- UInt8(ascii: "0") < 10 }) == true
    else { return [] }
    bytes = bytes.dropFirst()
    let digits = bytes.prefix { $0 &- UInt8(ascii: "0") < 10 }
    bytes = bytes.dropFirst(digits.count)
    return digits.map { Int($0 - UInt8(ascii: "0")) }
  }

  mutating func takeUTC() -> Bool {
    if take("Z") || take("z") { return true }
    guard bytes.elementsEqual("+00:00".utf8) else { return false }
    bytes = bytes.dropFirst(6)
    return true
  }
}
