import Crypto

/// Short digests of text, for names that have no room for the whole.
package enum ShortDigest {
  /// As in the ids of runs: no vowels and nothing that looks like something else, so that none spells a word or is misread.
  private static let letters = Array("23456789bcdfghjkmnpqrstvwxz")

  /// The first letters of the SHA-256 of a text, of an alphabet of 27: each holds some 4.7 bits.
  ///
  /// - Parameter count: how many, at most 32.
  package static func letters(of text: String, count: Int) -> String {
    String(SHA256.hash(data: Array(text.utf8)).prefix(count).map { letters[Int($0) % letters.count] })
  }

  /// Letters of the same alphabet, drawn by chance.
  package static func random(count: Int) -> String {
    String((0..<count).map { _ in letters[Int.random(in: letters.indices)] })
  }
}
