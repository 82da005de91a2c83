/// Numbers as people read them.
extension Printable {
  /// `45,001`.
  package static func number(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }

  /// A number with its noun: `1 change`, `45,001 changes`.
  static func many(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    number(count) + " " + (count == 1 ? singular : plural ?? singular + "s")
  }

  /// `512 bytes`, `12.3 MB`: powers of a thousand, as AWS's bills have them.
  static func size(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), "bytes")
    for next in ["KB", "MB", "GB", "TB"] where value >= 999.95 { (value, unit) = (value / 1_000, next) }
    return unit == "bytes" ? many(bytes, "byte") : "\(decimal(value, digits: 1)) \(unit)"
  }

  /// `350 ms`, `4.2 s`, `12 min 5 s`, `3 h 12 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "unknown" }
    if seconds < 1 { return "\(Int((seconds * 1_000).rounded())) ms" }
    if seconds < 59.95 { return "\(decimal(seconds, digits: 1)) s" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60)
    if hours == 0 { return "\(minutes) min" + (rest > 0 ? " \(rest) s" : "") }
    return "\(number(hours)) h" + (minutes > 0 ? " \(minutes) min" : "")
  }

  /// A number with so many digits behind its point at most, and no zero at its end: `12.3`, `12`.
  static func decimal(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "0" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value.magnitude * Double(scale)).rounded())
    var fraction = String(scaled % scale)
    fraction = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + String(scaled / scale) + (fraction.isEmpty || digits == 0 ? "" : "." + fraction)
  }
}
